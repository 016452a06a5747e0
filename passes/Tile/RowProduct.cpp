//===- RowProduct.cpp - Kernels that compute row by row -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Tile/RowProduct.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace lmcc {

memref::ReinterpretCastOp viewOfArgument(Value value) {
  auto view = value.getDefiningOp<memref::ReinterpretCastOp>();
  return view && isa<BlockArgument>(view.getSource()) ? view : nullptr;
}

static unsigned argumentOf(Value value) {
  return cast<BlockArgument>(viewOfArgument(value).getSource()).getArgNumber();
}

/// A dense matrix in an argument, with a number of columns.
static bool isDenseMatrix(Value value) {
  memref::ReinterpretCastOp view = viewOfArgument(value);
  if (!view || view.getType().getRank() != 2)
    return false;
  auto [strides, offset] = view.getType().getStridesAndOffset();
  return offset == 0 && strides[1] == 1 && !ShapedType::isDynamic(strides[0]) &&
         strides[0] == view.getType().getDimSize(1);
}

/// The one product of the kernel, if all else are views of arguments.
static kernel::PanelProductOp onlyProduct(func::FuncOp kernel) {
  kernel::PanelProductOp found;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (auto product = dyn_cast<kernel::PanelProductOp>(op)) {
      if (found)
        return nullptr;
      found = product;
    } else if (!isa<memref::ReinterpretCastOp, affine::AffineApplyOp,
                    arith::ConstantOp>(op)) {
      return nullptr;
    }
  }
  return found;
}

std::optional<RowProduct> RowProduct::of(func::FuncOp kernel) {
  if (kernel.isExternal() || kernel.getNumResults() != 0)
    return std::nullopt;
  RowProduct result;
  result.kernel = kernel;
  result.product = onlyProduct(kernel);
  kernel::PanelProductOp product = result.product;
  // Starts are by row, and computed from all rows beforehand.
  if (!product || product.getContinues() || product.getStarts())
    return std::nullopt;

  SmallVector<Value> matrices = {product.getLhs(), product.getOutput()};
  SmallVector<Value> others = {product.getPanels()};
  for (auto [extra, map] :
       llvm::zip(product.getExtras(),
                 product.getExtraMaps().getAsValueRange<AffineMapAttr>()))
    (map.isFunctionOfDim(0) ? matrices : others).push_back(extra);
  if (!llvm::all_of(matrices, isDenseMatrix) ||
      !llvm::all_of(others, viewOfArgument))
    return std::nullopt;

  result.rows = viewOfArgument(product.getOutput()).getMixedSizes()[0];
  result.output = argumentOf(product.getOutput());
  for (Value matrix : matrices) {
    if (!isEqualConstantIntOrValue(viewOfArgument(matrix).getMixedSizes()[0],
                                   result.rows))
      return std::nullopt;
    result.byRow.push_back(argumentOf(matrix));
  }
  if (auto value = dyn_cast<Value>(result.rows);
      value && !isa<BlockArgument>(value))
    return std::nullopt;
  // Nothing is by row in one view and read whole in another, and the left side
  // stays while the output is written.
  if (result.output == argumentOf(product.getLhs()))
    return std::nullopt;
  for (Value other : others)
    if (result.isByRow(argumentOf(other)))
      return std::nullopt;
  return result;
}

bool RowProduct::widensRows() const {
  kernel::PanelProductOp op = product;
  return columnsOf(output) > columnsOf(argumentOf(op.getLhs()));
}

int64_t RowProduct::columnsOf(unsigned argument) const {
  func::FuncOp function = kernel;
  for (Operation *user : function.getArgument(argument).getUsers())
    if (auto view = dyn_cast<memref::ReinterpretCastOp>(user))
      return view.getType().getDimSize(1);
  return 0;
}

} // namespace lmcc
