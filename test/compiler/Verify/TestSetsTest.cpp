//===- TestSetsTest.cpp - Finding stored inputs and golden outputs --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/TestSets.h"
#include "compiler/Verify/Build.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace lmcc::verify;

namespace {

class TestSetsTest : public testing::Test {
protected:
  /// Creates empty files, given by their paths below the folder.
  void create(std::vector<std::string> files) {
    for (const std::string &name : files) {
      std::string file = folder.file(name);
      llvm::sys::fs::create_directories(llvm::sys::path::parent_path(file));
      std::error_code error;
      llvm::raw_fd_ostream(file, error) << "";
      ASSERT_FALSE(error) << error.message();
    }
  }

  /// The sets as text, or the error, with paths relative to the folder.
  std::string find(llvm::StringRef below = "") {
    llvm::Expected<std::vector<TestSet>> sets =
        findTestSets(below.empty() ? folder.path().str() : folder.file(below));
    std::string text;
    if (!sets) {
      text = llvm::toString(sets.takeError());
    } else {
      for (const TestSet &set : *sets) {
        text += set.path + ":";
        for (const std::string &file : set.inputs)
          text += " " + llvm::sys::path::filename(file).str();
        text += " ->";
        for (const std::string &file : set.outputs)
          text += " " + llvm::sys::path::filename(file).str();
        text += "\n";
      }
    }
    std::string prefix = folder.path().str();
    for (size_t at; (at = text.find(prefix)) != std::string::npos;)
      text.replace(at, prefix.size(), "DIR");
    return text;
  }

  TemporaryFolder folder =
      llvm::cantFail(TemporaryFolder::create("lmcc-test-sets-test"));
};

TEST_F(TestSetsTest, FolderIsASet) {
  create({"input_0.pb", "input_1.pb", "output_0.pb", "model.onnx",
          "input_names.pb", "nested/input_0.pb"});
  EXPECT_EQ(find(), "DIR: input_0.pb input_1.pb -> output_0.pb\n");
}

TEST_F(TestSetsTest, MoreThanTenInputsAreInNumericOrder) {
  std::vector<std::string> names;
  for (unsigned number = 0; number < 12; ++number)
    names.push_back("input_" + std::to_string(number) + ".pb");
  create(names);
  EXPECT_EQ(find(),
            "DIR: input_0.pb input_1.pb input_2.pb input_3.pb input_4.pb "
            "input_5.pb input_6.pb input_7.pb input_8.pb input_9.pb "
            "input_10.pb input_11.pb ->\n");
}

TEST_F(TestSetsTest, SubFoldersAreOrderedByNumberThenName) {
  create({"test_data_set_10/input_0.pb", "test_data_set_9/input_0.pb",
          "plain/input_0.pb", "b-2/input_0.pb", "a-2/input_0.pb",
          "empty/readme.txt", "model.onnx"});
  EXPECT_EQ(find(), "DIR/plain: input_0.pb ->\n"
                    "DIR/a-2: input_0.pb ->\n"
                    "DIR/b-2: input_0.pb ->\n"
                    "DIR/test_data_set_9: input_0.pb ->\n"
                    "DIR/test_data_set_10: input_0.pb ->\n");
}

TEST_F(TestSetsTest, OutputsAloneAreASet) {
  create({"test_data_set_0/output_0.pb"});
  EXPECT_EQ(find(), "DIR/test_data_set_0: -> output_0.pb\n");
}

TEST_F(TestSetsTest, MissingNumber) {
  create({"test_data_set_0/input_0.pb", "test_data_set_0/input_2.pb"});
  EXPECT_EQ(find(), "DIR/test_data_set_0 holds input_2.pb, but no input_1.pb; "
                    "add the missing file, or remove those behind it");
}

TEST_F(TestSetsTest, MissingFirstOutput) {
  create({"input_0.pb", "output_1.pb"});
  EXPECT_EQ(find(), "DIR holds output_1.pb, but no output_0.pb; add the "
                    "missing file, or remove those behind it");
}

TEST_F(TestSetsTest, TwoFilesOfOneNumber) {
  create({"input_0.pb", "input_00.pb"});
  EXPECT_EQ(find(), "DIR/input_0.pb and DIR/input_00.pb have the same number; "
                    "remove one of them");
}

TEST_F(TestSetsTest, NothingThere) {
  EXPECT_EQ(find(), "DIR holds no test set: expected input_N.pb and "
                    "output_N.pb files, or sub folders with such files");
  EXPECT_EQ(find("absent"), "no test data at DIR/absent: not a folder");
}

} // namespace
