//===- Views.cpp - Sizes and addresses of buffer views --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace lmcc::kernel {

static MemRefType typeOf(Value buffer) {
  return cast<MemRefType>(buffer.getType());
}

static OpFoldResult number(Value anything, int64_t value) {
  return IntegerAttr::get(IndexType::get(anything.getContext()), value);
}

SmallVector<OpFoldResult> sizesOf(Value buffer) {
  MemRefType type = typeOf(buffer);
  SmallVector<OpFoldResult> sizes;
  if (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>()) {
    sizes = cast.getConstifiedMixedSizes();
  } else if (auto view = buffer.getDefiningOp<memref::SubViewOp>()) {
    llvm::SmallBitVector dropped = view.getDroppedDims();
    for (auto [axis, size] : llvm::enumerate(view.getMixedSizes()))
      if (!dropped.test(axis))
        sizes.push_back(size);
  } else {
    for (int64_t size : type.getShape())
      sizes.push_back(number(buffer, size));
  }
  for (auto [axis, size] : llvm::enumerate(type.getShape()))
    if (!ShapedType::isDynamic(size))
      sizes[axis] = number(buffer, size);
  return sizes;
}

Value baseOf(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  return buffer;
}

bool isUnitStride(Value buffer, unsigned axis) {
  auto [strides, offset] = typeOf(buffer).getStridesAndOffset();
  return strides[axis] == 1;
}

bool isDynamicStride(Value buffer, unsigned axis) {
  auto [strides, offset] = typeOf(buffer).getStridesAndOffset();
  return ShapedType::isDynamic(strides[axis]);
}

namespace {
/// Where a view begins and how far apart its elements are.
struct Layout {
  Value base;
  OpFoldResult offset;
  SmallVector<OpFoldResult> strides;
};
} // namespace

static Layout layoutOf(OpBuilder &builder, Location location, Value buffer) {
  if (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>()) {
    Layout layout = layoutOf(builder, location, cast.getSource());
    // The views of kernels start at the flat buffer itself.
    layout.offset = addSizes(builder, location, layout.offset,
                             cast.getConstifiedMixedOffset());
    layout.strides = cast.getConstifiedMixedStrides();
    return layout;
  }
  if (auto view = buffer.getDefiningOp<memref::SubViewOp>()) {
    Layout layout = layoutOf(builder, location, view.getSource());
    llvm::SmallBitVector dropped = view.getDroppedDims();
    SmallVector<OpFoldResult> strides;
    for (unsigned axis = 0; axis < layout.strides.size(); ++axis) {
      OpFoldResult step = multiplySizes(builder, location, layout.strides[axis],
                                        view.getMixedOffsets()[axis]);
      layout.offset = addSizes(builder, location, layout.offset, step);
      if (!dropped.test(axis))
        strides.push_back(multiplySizes(builder, location, layout.strides[axis],
                                        view.getMixedStrides()[axis]));
    }
    layout.strides = std::move(strides);
    return layout;
  }
  // A flat argument or a local array of static shape.
  Layout layout{buffer, number(buffer, 0), {}};
  auto [strides, offset] = typeOf(buffer).getStridesAndOffset();
  for (int64_t stride : strides)
    layout.strides.push_back(number(buffer, stride));
  return layout;
}

OpFoldResult strideOf(OpBuilder &builder, Location location, Value buffer,
                      unsigned axis) {
  return layoutOf(builder, location, buffer).strides[axis];
}

Address addressOf(OpBuilder &builder, Location location, Value buffer,
                  ArrayRef<OpFoldResult> indices) {
  Layout layout = layoutOf(builder, location, buffer);
  OpFoldResult index = layout.offset;
  for (auto [place, stride] : llvm::zip(indices, layout.strides))
    index = addSizes(builder, location, index,
                     multiplySizes(builder, location, place, stride));
  return {layout.base, index};
}

/// The strides of a dense row-major view.
static SmallVector<OpFoldResult> denseStrides(OpBuilder &builder,
                                              Location location,
                                              ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> strides(sizes.size());
  OpFoldResult stride = builder.getIndexAttr(1);
  for (size_t axis = sizes.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride = multiplySizes(builder, location, stride, sizes[axis]);
  }
  return strides;
}

Value viewAt(OpBuilder &builder, Location location, const Address &address,
             ArrayRef<OpFoldResult> sizes, ArrayRef<OpFoldResult> strides) {
  auto numbers = [](ArrayRef<OpFoldResult> list) {
    return llvm::map_to_vector(list, [](OpFoldResult one) {
      return getConstantIntValue(one).value_or(ShapedType::kDynamic);
    });
  };
  auto type = MemRefType::get(
      numbers(sizes), typeOf(address.base).getElementType(),
      StridedLayoutAttr::get(
          builder.getContext(),
          getConstantIntValue(address.index).value_or(ShapedType::kDynamic),
          numbers(strides)));
  return memref::ReinterpretCastOp::create(
      builder, location, type, address.base, address.index, sizes, strides);
}

Value viewAs(OpBuilder &builder, Location location, Value base,
             ArrayRef<OpFoldResult> sizes) {
  return viewAs(builder, location, base, sizes,
                denseStrides(builder, location, sizes));
}

Value viewAs(OpBuilder &builder, Location location, Value base,
             ArrayRef<OpFoldResult> sizes, ArrayRef<OpFoldResult> strides) {
  return viewAt(builder, location, {base, builder.getIndexAttr(0)}, sizes,
                strides);
}

Value viewAt(OpBuilder &builder, Location location, const Address &address,
             ArrayRef<OpFoldResult> sizes) {
  return viewAt(builder, location, address, sizes,
                denseStrides(builder, location, sizes));
}

void loop(OpBuilder &builder, Location location, OpFoldResult from,
          OpFoldResult to, int64_t step,
          function_ref<void(OpFoldResult)> body) {
  if (isEqualConstantIntOrValue(from, to))
    return;
  auto value = [&](OpFoldResult index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  };
  Value first = value(from), end = value(to);
  auto forOp = scf::ForOp::create(builder, location, first, end,
                                  value(builder.getIndexAttr(step)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  body(forOp.getInductionVar());
}

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

static OpFoldResult apply(OpBuilder &builder, Location location,
                          AffineExpr expression,
                          ArrayRef<OpFoldResult> operands) {
  return affine::makeComposedFoldedAffineApply(builder, location, expression,
                                               operands);
}

OpFoldResult addSizes(OpBuilder &builder, Location location, OpFoldResult a,
                      OpFoldResult b) {
  AffineExpr x, y;
  bindDims(builder.getContext(), x, y);
  return apply(builder, location, x + y, {a, b});
}

OpFoldResult multiplySizes(OpBuilder &builder, Location location,
                           OpFoldResult a, OpFoldResult b) {
  // A product of two values is affine only if one of them is a symbol.
  MLIRContext *context = builder.getContext();
  if (getConstantIntValue(a))
    std::swap(a, b);
  if (std::optional<int64_t> factor = getConstantIntValue(b))
    return apply(builder, location, getAffineDimExpr(0, context) * *factor,
                 {a});
  return apply(builder, location,
               getAffineDimExpr(0, context) * getAffineSymbolExpr(0, context),
               {a, b});
}

OpFoldResult floorDivide(OpBuilder &builder, Location location, OpFoldResult a,
                         int64_t divisor) {
  return apply(builder, location,
               getAffineDimExpr(0, builder.getContext()).floorDiv(divisor),
               {a});
}

OpFoldResult remainder(OpBuilder &builder, Location location, OpFoldResult a,
                       int64_t divisor) {
  return apply(builder, location,
               getAffineDimExpr(0, builder.getContext()) % divisor, {a});
}

} // namespace lmcc::kernel
