//===- ElementType.h - How ONNX tensors lie in memory -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_ELEMENTTYPE_H
#define LMCC_COMPILER_IMPORT_ELEMENTTYPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lmcc::import {

/// How the elements of one type lie in dense bytes and in a typed field.
struct ElementLayout {
  /// Bits of one element in dense bytes. Elements of less than a byte are
  /// packed from the lowest bit on.
  unsigned bits;
  /// The number of the field of TensorProto that may hold them instead of
  /// raw_data, for instance that of `int32_data`.
  int typedField;
  /// How many dense bytes one value of that field stands for.
  unsigned valueBytes;
};

/// The layout of a TensorProto.DataType. Nothing for strings and for numbers
/// that name no type.
std::optional<ElementLayout> layoutOf(int32_t dataType);

/// The published name, for instance "FLOAT16". For a number that names no type,
/// the number.
std::string elementTypeName(int32_t dataType);

/// The bytes of a dense tensor, rounded up to whole bytes. Fails if the type
/// has no layout, an axis is negative, or the non-zero axes and the element
/// size multiply to more than fits int64_t. So no partial product of `dims`
/// overflows either, whatever its order.
llvm::Expected<uint64_t> denseBytes(int32_t dataType,
                                    llvm::ArrayRef<int64_t> dims);

/// For messages: "shape [2, 3] of FLOAT". Long shapes are cut.
std::string describeShape(int32_t dataType, llvm::ArrayRef<int64_t> dims);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_ELEMENTTYPE_H
