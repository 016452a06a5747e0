//===- TensorType.cpp - ONNX types as MLIR types and as text --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorType.h"

#include "compiler/Import/Onnx.pb.h"
#include "dialects/Graph/SizePolynomial.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using lmcc::onnx::TensorProto;

namespace lmcc::import {

Type elementType(int32_t dataType, MLIRContext *context) {
  auto integer = [&](unsigned bits) { return IntegerType::get(context, bits); };
  auto natural = [&](unsigned bits) {
    return IntegerType::get(context, bits, IntegerType::Unsigned);
  };
  switch (dataType) {
  case TensorProto::BOOL: return integer(1);
  case TensorProto::INT8: return integer(8);
  case TensorProto::INT16: return integer(16);
  case TensorProto::INT32: return integer(32);
  case TensorProto::INT64: return integer(64);
  case TensorProto::UINT8: return natural(8);
  case TensorProto::UINT16: return natural(16);
  case TensorProto::UINT32: return natural(32);
  case TensorProto::UINT64: return natural(64);
  case TensorProto::FLOAT16: return Float16Type::get(context);
  case TensorProto::BFLOAT16: return BFloat16Type::get(context);
  case TensorProto::FLOAT: return Float32Type::get(context);
  case TensorProto::DOUBLE: return Float64Type::get(context);
  default: return {};
  }
}

static std::string elementText(Type element) {
  if (element.isInteger(1))
    return "bool";
  std::string bits = std::to_string(element.getIntOrFloatBitWidth());
  if (element.isBF16())
    return "bfloat" + bits;
  if (isa<FloatType>(element))
    return "float" + bits;
  return (element.isUnsignedInteger() ? "uint" : "int") + bits;
}

std::string typeText(RankedTensorType type, const graph::DimSpace &space) {
  std::string text = elementText(type.getElementType()) + "[";
  for (auto [axis, size] : llvm::enumerate(space.sizes(type)))
    text += (axis ? ", " : "") + space.text(size);
  return text + "]";
}

std::string quoted(StringRef text) {
  constexpr size_t longest = 200;
  std::string result;
  llvm::raw_string_ostream stream(result);
  stream << '\'';
  stream.write_escaped(text.take_front(longest), /*UseHexEscapes=*/true);
  stream << (text.size() > longest ? "...'" : "'");
  return result;
}

Location namedLocation(StringRef name, MLIRContext *context) {
  constexpr size_t longest = 500;
  return NameLoc::get(StringAttr::get(
      context, name.empty() ? "unnamed" : name.take_front(longest)));
}

LogicalResult checkSizes(RankedTensorType type, const graph::DimSpace &space,
                         Location location) {
  std::optional<int64_t> count = 1;
  for (AffineExpr size : space.sizes(type)) {
    if (!graph::isShortSize(size))
      return emitError(location) << "a size of the tensor has hundreds of "
                                    "terms in the sizes of the "
                                    "inputs; give these as numbers with --dim";
    graph::SizeRange range = space.range(size);
    // An empty axis must not hide that the others are absurd.
    int64_t most = std::max<int64_t>(range.high.value_or(range.low), 1);
    count = llvm::checkedMul(*count, most);
    if (!count || *count > maximumElements)
      return emitError(location)
             << "the tensor " << typeText(type, space) << " may have more than "
             << maximumElements
             << " elements; lower the bounds of its sizes with --dim";
  }
  return success();
}

} // namespace lmcc::import
