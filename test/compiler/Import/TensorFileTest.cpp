//===- TensorFileTest.cpp - One tensor in a file of its own ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorFile.h"
#include "test/compiler/Import/ImportFixtures.h"

#include <vector>

using namespace lmcc;
using namespace lmcc::import;
using llvm::StringRef;
using onnx::TensorProto;

using TensorFileTest = ModelFixture;

TEST_F(TensorFileTest, RoundTrip) {
  std::string path = folder.path("input_0.pb");
  for (size_t elements : {0, 3, 5000}) {
    std::vector<uint8_t> bytes(elements * 4, 'x');
    std::vector<int64_t> dims = {1, int64_t(elements)};
    ASSERT_FALSE(llvm::errorToBool(
        writeTensorFile(path, "input", TensorProto::FLOAT, dims, bytes)));
    DenseTensor tensor = llvm::cantFail(readTensorFile(path));
    EXPECT_EQ(tensor.name, "input");
    EXPECT_EQ(tensor.elementType, TensorProto::FLOAT);
    EXPECT_EQ(tensor.dims, dims);
    EXPECT_EQ(tensor.bytes, bytes);
  }
}

TEST_F(TensorFileTest, Refusals) {
  std::string path = folder.path("output_0.pb");
  uint8_t bytes[] = {1, 2, 3};
  EXPECT_SAYS(llvm::toString(
                  writeTensorFile(path, "y", TensorProto::FLOAT, {1}, bytes)),
              "output_0.pb': shape [1] of FLOAT takes 4 bytes, but there are "
              "3");
  EXPECT_SAYS(llvm::toString(writeTensorFile(path, "y", 99, {1}, bytes)),
              "(element type 99)");
  EXPECT_FALSE(llvm::sys::fs::exists(path));

  auto refusal = [&](StringRef contents) {
    return llvm::toString(
        readTensorFile(folder.write("t.pb", contents)).takeError());
  };
  EXPECT_SAYS(refusal(""), "t.pb': the file is empty");
  EXPECT_SAYS(refusal("\x0b"), "not a valid ONNX tensor");
  EXPECT_SAYS(refusal("\x10\x01\x08\x02\x4a\x01x"),
              "[2] of FLOAT takes 8 bytes, but raw_data has 1");
}
