//===- Tensor.cpp - A named tensor held in host memory --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Tensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

#include <fmt/format.h>

#include <optional>

using namespace lmcc;
using llvm::APFloat;

static constexpr verify::ElementType elementTypes[] = {
    {1, "float32", 32, verify::ElementKind::Float, APFloat::IEEEsingle},
    {2, "uint8", 8, verify::ElementKind::Unsigned, nullptr},
    {3, "int8", 8, verify::ElementKind::Signed, nullptr},
    {4, "uint16", 16, verify::ElementKind::Unsigned, nullptr},
    {5, "int16", 16, verify::ElementKind::Signed, nullptr},
    {6, "int32", 32, verify::ElementKind::Signed, nullptr},
    {7, "int64", 64, verify::ElementKind::Signed, nullptr},
    {9, "bool", 8, verify::ElementKind::Unsigned, nullptr},
    {10, "float16", 16, verify::ElementKind::Float, APFloat::IEEEhalf},
    {11, "float64", 64, verify::ElementKind::Float, APFloat::IEEEdouble},
    {12, "uint32", 32, verify::ElementKind::Unsigned, nullptr},
    {13, "uint64", 64, verify::ElementKind::Unsigned, nullptr},
    {16, "bfloat16", 16, verify::ElementKind::Float, APFloat::BFloat},
    {17, "float8e4m3fn", 8, verify::ElementKind::Float, APFloat::Float8E4M3FN},
    {18, "float8e4m3fnuz", 8, verify::ElementKind::Float,
     APFloat::Float8E4M3FNUZ},
    {19, "float8e5m2", 8, verify::ElementKind::Float, APFloat::Float8E5M2},
    {20, "float8e5m2fnuz", 8, verify::ElementKind::Float,
     APFloat::Float8E5M2FNUZ},
    {21, "uint4", 4, verify::ElementKind::Unsigned, nullptr},
    {22, "int4", 4, verify::ElementKind::Signed, nullptr},
    {23, "float4e2m1", 4, verify::ElementKind::Float, APFloat::Float4E2M1FN},
    {24, "float8e8m0", 8, verify::ElementKind::Float, APFloat::Float8E8M0FNU},
    {25, "uint2", 2, verify::ElementKind::Unsigned, nullptr},
    {26, "int2", 2, verify::ElementKind::Signed, nullptr},
};

const verify::ElementType *verify::findElementType(int32_t code) {
  const ElementType *found = llvm::find_if(
      elementTypes, [&](const ElementType &type) { return type.code == code; });
  return found == std::end(elementTypes) ? nullptr : found;
}

std::string verify::elementTypeName(int32_t code) {
  if (const ElementType *type = findElementType(code))
    return type->name.str();
  return fmt::format("type {}", code);
}

std::string verify::dimsText(llvm::ArrayRef<int64_t> dims) {
  return fmt::format("[{}]", fmt::join(dims.begin(), dims.end(), ", "));
}

llvm::Expected<uint64_t> verify::countElements(llvm::ArrayRef<int64_t> dims) {
  // An empty tensor is empty whatever its other axes multiply to.
  if (llvm::is_contained(dims, 0) &&
      llvm::none_of(dims, [](int64_t dim) { return dim < 0; }))
    return 0;
  std::optional<int64_t> count = 1;
  for (int64_t dim : dims) {
    if (dim < 0)
      return llvm::createStringError(
          fmt::format("shape {} has a negative axis", dimsText(dims)));
    count = llvm::checkedMul(*count, dim);
    if (!count)
      return llvm::createStringError(fmt::format(
          "shape {} has more elements than 63 bits count", dimsText(dims)));
  }
  return static_cast<uint64_t>(*count);
}

llvm::Expected<uint64_t> verify::countBytes(int32_t elementType,
                                            llvm::ArrayRef<int64_t> dims) {
  const ElementType *type = findElementType(elementType);
  if (!type)
    return llvm::createStringError(
        fmt::format("elements of {} are not plain numbers; tensors of them "
                    "cannot be fed or compared",
                    elementTypeName(elementType)));
  llvm::Expected<uint64_t> count = countElements(dims);
  if (!count)
    return count.takeError();
  std::optional<uint64_t> bits =
      llvm::checkedMulUnsigned<uint64_t>(*count, type->bits);
  if (!bits)
    return llvm::createStringError(
        fmt::format("a {} tensor of shape {} has more bits than 64 bits count",
                    type->name.str(), dimsText(dims)));
  return *bits / 8 + (*bits % 8 != 0);
}
