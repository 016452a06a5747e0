//===- TensorFile.h - One tensor in a file of its own -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Test inputs and expected outputs of a model come as one serialized
// TensorProto per file, by custom `test_data_set_K/input_N.pb`.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_TENSORFILE_H
#define LMCC_COMPILER_IMPORT_TENSORFILE_H

#include "compiler/Import/ReadLimits.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lmcc::import {

/// A tensor with its data.
struct DenseTensor {
  std::string name;
  /// A TensorProto.DataType of ONNX.
  int32_t elementType;
  std::vector<int64_t> dims;
  /// Row by row, little-endian; elements below a byte are packed from the
  /// lowest bit on. As many as `denseBytes` says.
  std::vector<uint8_t> bytes;
};

/// Reads the tensor in `path`, with the checks of TensorReader::bytes.
llvm::Expected<DenseTensor> readTensorFile(llvm::StringRef path,
                                           const ReadLimits &limits = {});

/// Writes a tensor to `path`, all of it or nothing. Fails if `bytes` is not as
/// long as `elementType` and `dims` demand, or longer than protobuf can write.
llvm::Error writeTensorFile(llvm::StringRef path, llvm::StringRef name,
                            int32_t elementType, llvm::ArrayRef<int64_t> dims,
                            llvm::ArrayRef<uint8_t> bytes);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_TENSORFILE_H
