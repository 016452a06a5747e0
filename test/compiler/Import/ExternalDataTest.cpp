//===- ExternalDataTest.cpp - Tensor data outside the model ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/compiler/Import/ImportFixtures.h"

#include <string>
#include <utility>

#include <sys/stat.h>

using namespace lmcc;
using namespace lmcc::import;
using onnx::TensorProto;

using ExternalDataTest = TensorFixture;

TEST_F(ExternalDataTest, Slice) {
  folder.makeFolder("sub");
  folder.write("sub/weights.bin", "0123456789abcdef");
  setDims({1});
  addExternal("location", "sub/weights.bin");
  addExternal("offset", "3");
  addExternal("length", "4");
  addExternal("checksum", "not looked at");
  EXPECT_EQ(bytes(), "3456");
  EXPECT_EQ(where.file, 1u);
  EXPECT_EQ(where.offset, 3u);
  EXPECT_EQ(file->files()[1].name, "sub/weights.bin");
}

TEST_F(ExternalDataTest, WithoutOffsetAndLength) {
  folder.write("weights.bin", "01234567");
  setDims({2});
  addExternal("location", "weights.bin");
  EXPECT_EQ(bytes(), "01234567");
  setDims({1});
  EXPECT_SAYS(tensorRefusal(), "takes 4 bytes, but external data 'weights.bin' "
                               "has 8");
}

TEST_F(ExternalDataTest, EachExternalFileIsMappedOnce) {
  folder.write("weights.bin", "01234567");
  folder.link("weights.bin", "alias.bin");
  setDims({2});
  for (const char *location : {"weights.bin", "./weights.bin", "alias.bin"}) {
    TensorProto &added = *model.mutable_graph()->add_initializer();
    added = tensor();
    added.set_data_location(TensorProto::EXTERNAL);
    onnx::StringStringEntryProto &entry = *added.add_external_data();
    entry.set_key("location");
    entry.set_value(location);
  }
  file = open(model);
  ASSERT_TRUE(file);
  for (int i = 1; i <= 3; ++i)
    for (int repeat = 0; repeat < 2; ++repeat)
      EXPECT_EQ(
          llvm::cantFail(file->bytes(file->model().graph().initializer(i)))
              .file,
          1u);
  EXPECT_EQ(file->files().size(), 2u);
}

TEST_F(ExternalDataTest, OfTextModel) {
  folder.write("weights.bin", "0123");
  auto opened = llvm::cantFail(ModelFile::open(folder.write("m.textproto", R"(
    graph { initializer { data_type: 1 dims: 1 data_location: EXTERNAL
      external_data { key: "location" value: "weights.bin" } } })")));
  TensorBytes found =
      llvm::cantFail(opened->bytes(opened->model().graph().initializer(0)));
  EXPECT_EQ(llvm::toStringRef(found.data), "0123");
}

TEST_F(ExternalDataTest, EmptyExternalFile) {
  folder.write("weights.bin", "");
  setDims({0});
  addExternal("location", "weights.bin");
  EXPECT_EQ(bytes(), "");
  setDims({1});
  EXPECT_SAYS(tensorRefusal(), "has 0");
}

TEST_F(ExternalDataTest, BeyondTheFile) {
  folder.write("weights.bin", std::string(1024, 'x'));
  setDims({1024});
  addExternal("location", "weights.bin");
  addExternal("offset", "64");
  addExternal("length", "4096");
  EXPECT_EQ(tensorRefusal(),
            "external data 'weights.bin' of tensor 'w': offset 64 + length "
            "4096 exceeds the file size 1024");
  tensor().mutable_external_data(1)->set_value("18446744073709551615");
  EXPECT_SAYS(tensorRefusal(),
              "offset 18446744073709551615 exceeds the file size 1024");
  tensor().mutable_external_data(1)->set_value("1");
  tensor().mutable_external_data(2)->set_value("18446744073709551615");
  EXPECT_SAYS(tensorRefusal(),
              "offset 1 + length 18446744073709551615 exceeds");
}

TEST_F(ExternalDataTest, LengthMustMatchTheShape) {
  folder.write("weights.bin", std::string(1024, 'x'));
  setDims({2});
  addExternal("location", "weights.bin");
  addExternal("length", "4");
  EXPECT_SAYS(tensorRefusal(), "shape [2] of FLOAT takes 8 bytes, but external "
                               "data 'weights.bin' has 4");
}

TEST_F(ExternalDataTest, NumbersMustBeNumbers) {
  folder.write("weights.bin", "0123");
  setDims({1});
  addExternal("location", "weights.bin");
  for (const char *text :
       {"", "-1", "+1", "0x10", "1 ", "18446744073709551616", "four"}) {
    addExternal("offset", text);
    EXPECT_SAYS(tensorRefusal(), "which is not a number of bytes");
    tensor().mutable_external_data()->RemoveLast();
  }
}

TEST_F(ExternalDataTest, EntriesMustMakeSense) {
  setDims({1});
  tensor().set_data_location(TensorProto::EXTERNAL);
  EXPECT_SAYS(tensorRefusal(), "external data has no 'location'");
  addExternal("location", "a");
  addExternal("location", "b");
  EXPECT_SAYS(tensorRefusal(), "external data has 'location' twice");
  tensor().add_float_data(1);
  EXPECT_SAYS(tensorRefusal(), "has external data and also data in the model");
  tensor().clear_float_data();
  tensor().set_raw_data(std::string(2000, 'x'));
  EXPECT_SAYS(tensorRefusal(), "has external data and also data in the model");
}

TEST_F(ExternalDataTest, StaysBeneathTheFolder) {
  folder.makeFolder("outside");
  folder.write("outside/secret.bin", "0123");
  folder.makeFolder("inside");
  folder.link("../outside/secret.bin", "inside/link.bin");
  folder.link("../outside", "inside/folder");
  folder.link(folder.path("outside/secret.bin"), "inside/absolute.bin");
  folder.link("round.bin", "inside/round.bin");
  folder.link("/proc/self/exe", "inside/proc.bin");
  setDims({1});
  tensor().set_data_location(TensorProto::EXTERNAL);
  onnx::StringStringEntryProto &entry = *tensor().add_external_data();
  entry.set_key("location");

  const std::pair<std::string, const char *> cases[] = {
      {"", "the location is empty"},
      {std::string("a\0b", 3), "the location has a zero byte in it"},
      {folder.path("outside/secret.bin"), "the location is absolute"},
      {"../outside/secret.bin", "the location has '..' in it"},
      {"x/../../outside/secret.bin", "the location has '..' in it"},
      {"..", "the location has '..' in it"},
      {"link.bin", "a symbolic link leads out of the folder"},
      {"folder/secret.bin", "a symbolic link leads out of the folder"},
      {"absolute.bin", "a symbolic link leads out of the folder"},
      {"proc.bin", "a symbolic link leads out of the folder"},
      {"round.bin", "its symbolic links go round in circles"},
      {"absent.bin", "'absent.bin' of tensor 'w': No such file"},
      {"a\nb", "external data 'a\\nb' of tensor 'w': No such file"},
  };
  for (const auto &[location, expected] : cases) {
    SCOPED_TRACE(location);
    entry.set_value(location);
    auto opened = llvm::cantFail(ModelFile::open(
        folder.write("inside/model.onnx", model.SerializeAsString())));
    auto found = opened->bytes(opened->model().graph().initializer(0));
    ASSERT_FALSE(found);
    EXPECT_SAYS(llvm::toString(found.takeError()), expected);
  }
}

TEST_F(ExternalDataTest, MustBeARegularFile) {
  folder.makeFolder("sub");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  setDims({1});
  addExternal("location", "sub");
  EXPECT_SAYS(tensorRefusal(), "external data 'sub' of tensor 'w': it is a "
                               "folder, not a regular file");
  tensor().mutable_external_data(0)->set_value("pipe");
  EXPECT_SAYS(tensorRefusal(), "it is a named pipe, not a regular file");
}

TEST_F(ExternalDataTest, SecondFolderForExternalData) {
  folder.makeFolder("second");
  folder.write("second/weights.bin", "second");
  folder.write("here.bin", "0123");
  folder.write("second/here.bin", "4567");
  folder.link("../here.bin", "second/link.bin");
  setDims({6});
  tensor().set_data_type(TensorProto::UINT8);
  addExternal("location", "weights.bin");
  EXPECT_SAYS(tensorRefusal(), "No such file");
  ReadLimits limits;
  limits.externalDataFolder = folder.path("second");
  EXPECT_EQ(bytes(limits), "second");

  setDims({4});
  tensor().mutable_external_data(0)->set_value("here.bin");
  EXPECT_EQ(bytes(limits), "0123"); // The folder of the model comes first.
  tensor().mutable_external_data(0)->set_value("link.bin");
  EXPECT_SAYS(tensorRefusal(limits), "leads out of the folder");
  limits.externalDataFolder = folder.path("absent");
  EXPECT_SAYS(refusalOf(folder.path("model.onnx"), limits),
              "cannot open folder");
}
