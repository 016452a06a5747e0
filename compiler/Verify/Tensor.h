//===- Tensor.h - A named tensor held in host memory ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The form in which test data travels between the file reader, the evaluator,
// the built program and the comparison. It knows nothing of files.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_VERIFY_TENSOR_H
#define LMCC_COMPILER_VERIFY_TENSOR_H

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lmcc::verify {

/// A dense tensor. `bytes` are little endian in row-major order; elements
/// narrower than a byte are packed, the first one in the lowest bits, and only
/// the end of the tensor is padded to a whole byte.
struct Tensor {
  std::string name;
  int32_t elementType = 0; ///< TensorProto.DataType of ONNX.
  std::vector<int64_t> dims;
  std::vector<uint8_t> bytes;
};

enum class ElementKind { Float, Signed, Unsigned };

/// What a comparison has to know about one element type of ONNX.
struct ElementType {
  int32_t code; ///< TensorProto.DataType of ONNX.
  llvm::StringLiteral name;
  unsigned bits;
  ElementKind kind;
  /// The value of the bits; null unless `kind` is Float.
  const llvm::fltSemantics &(*semantics)();
};

/// The description of a TensorProto.DataType, or null for those that are not
/// plain numbers (strings, complex numbers) and for unknown codes.
const ElementType *findElementType(int32_t code);

/// `float32`, or `type 14` where the type has no description.
std::string elementTypeName(int32_t code);

/// `[1, 32, 128]`; `[]` for a scalar.
std::string dimsText(llvm::ArrayRef<int64_t> dims);

/// The number of elements of a shape; an error when an axis is negative or the
/// product leaves 63 bits.
llvm::Expected<uint64_t> countElements(llvm::ArrayRef<int64_t> dims);

/// The number of bytes that a dense tensor of the type and shape occupies; an
/// error as for `countElements`, and for types without a description.
llvm::Expected<uint64_t> countBytes(int32_t elementType,
                                    llvm::ArrayRef<int64_t> dims);

} // namespace lmcc::verify

#endif // LMCC_COMPILER_VERIFY_TENSOR_H
