//===- ElementType.cpp - How ONNX tensors lie in memory -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/ElementType.h"

#include "compiler/Import/Onnx.pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace lmcc;
using namespace lmcc::import;
using llvm::Expected;
using llvm::Twine;
using onnx::TensorProto;

std::optional<ElementLayout> lmcc::import::layoutOf(int32_t dataType) {
  constexpr int floats = TensorProto::kFloatDataFieldNumber;
  constexpr int doubles = TensorProto::kDoubleDataFieldNumber;
  constexpr int int32s = TensorProto::kInt32DataFieldNumber;
  constexpr int int64s = TensorProto::kInt64DataFieldNumber;
  constexpr int uint64s = TensorProto::kUint64DataFieldNumber;

  switch (dataType) {
  case TensorProto::COMPLEX128: // A pair of doubles.
    return ElementLayout{128, doubles, 8};
  case TensorProto::DOUBLE: return ElementLayout{64, doubles, 8};
  case TensorProto::COMPLEX64: // A pair of floats.
    return ElementLayout{64, floats, 4};
  case TensorProto::FLOAT: return ElementLayout{32, floats, 4};
  case TensorProto::INT64: return ElementLayout{64, int64s, 8};
  case TensorProto::UINT64: return ElementLayout{64, uint64s, 8};
  case TensorProto::UINT32: return ElementLayout{32, uint64s, 4};
  case TensorProto::INT32: return ElementLayout{32, int32s, 4};
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16: return ElementLayout{16, int32s, 2};
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
  case TensorProto::FLOAT8E4M3FN:
  case TensorProto::FLOAT8E4M3FNUZ:
  case TensorProto::FLOAT8E5M2:
  case TensorProto::FLOAT8E5M2FNUZ:
  case TensorProto::FLOAT8E8M0: return ElementLayout{8, int32s, 1};
  case TensorProto::INT4: // A value holds a byte, that is, two elements.
  case TensorProto::UINT4:
  case TensorProto::FLOAT4E2M1: return ElementLayout{4, int32s, 1};
  case TensorProto::INT2: // A value holds a byte, that is, four elements.
  case TensorProto::UINT2: return ElementLayout{2, int32s, 1};
  default: return std::nullopt;
  }
}

std::string lmcc::import::elementTypeName(int32_t dataType) {
  if (TensorProto::DataType_IsValid(dataType))
    return TensorProto::DataType_Name(TensorProto::DataType(dataType));
  return "element type " + llvm::itostr(dataType);
}

std::string lmcc::import::describeShape(int32_t dataType,
                                        llvm::ArrayRef<int64_t> dims) {
  constexpr size_t shownAxes = 8;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "shape [";
  llvm::interleaveComma(dims.take_front(shownAxes), os);
  if (dims.size() > shownAxes)
    os << ", ... (" << dims.size() << " axes)";
  os << "] of " << elementTypeName(dataType);
  return text;
}

Expected<uint64_t> lmcc::import::denseBytes(int32_t dataType,
                                            llvm::ArrayRef<int64_t> dims) {
  std::optional<ElementLayout> layout = layoutOf(dataType);
  if (dataType == TensorProto::STRING)
    return llvm::createStringError("has strings, which cannot be compiled");
  if (!layout)
    return llvm::createStringError("has no known element type (" +
                                   elementTypeName(dataType) + ")");

  std::optional<int64_t> bits = layout->bits;
  for (int64_t dim : dims) {
    if (dim < 0)
      return llvm::createStringError(describeShape(dataType, dims) +
                                     " has a negative axis");
    if (dim != 0 && bits)
      bits = llvm::checkedMul(*bits, dim);
  }
  if (!bits)
    return llvm::createStringError(describeShape(dataType, dims) +
                                   " has more bits than 63-bit sizes hold");
  return llvm::is_contained(dims, 0) ? 0 : llvm::divideCeil(*bits, 8);
}
