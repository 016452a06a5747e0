//===- GroupSite.cpp - A group on its way to a kernel ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

std::string GroupSite::name() {
  SmallVector<Operation *> named = members();
  // Transposes around another operation are its strides.
  if (!isa<graph::TransposeOp>(root()) || attention())
    llvm::erase_if(named,
                   [](Operation *op) { return isa<graph::TransposeOp>(op); });
  SmallVector<StringRef> names;
  for (Operation *op : named) {
    StringRef name = op->getName().stripDialect();
    if (!llvm::is_contained(names, name))
      names.push_back(name);
  }
  if (names.size() > 4)
    names.resize(4);
  return llvm::join(names, "_");
}

std::string GroupSite::summary() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::interleave(
      members(), stream,
      [&](Operation *op) { stream << op->getName().stripDialect(); }, " + ");
  return text;
}

SmallVector<Operation *> GroupSite::members() {
  return llvm::map_to_vector(group.getBody().front().without_terminator(),
                             [](Operation &op) { return &op; });
}

Operation *GroupSite::root() {
  return group.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
}

graph::MatmulOp GroupSite::product() {
  for (Operation *op : members())
    if (auto product = dyn_cast<graph::MatmulOp>(op))
      return product;
  return {};
}

graph::MatmulOp GroupSite::panelProduct() {
  graph::MatmulOp found = product();
  bool isOfBytes = found && (found.isByteProduct() || found.isGrouped());
  if (!isOfBytes)
    return found && found.getType().getElementType().isF32()
               ? found
               : graph::MatmulOp();
  auto isWeight = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && group.getInputs()[argument.getArgNumber()]
                           .getDefiningOp<weight::GetOp>();
  };
  bool fits = found.isGrouped()
                  ? isWeight(found.getRhs()) && isWeight(found.getScales()) &&
                        (!found.getZeros() || isWeight(found.getZeros()))
                  : found.isProductOfWords();
  return fits ? found : graph::MatmulOp();
}

const GroupInput &GroupSite::inputOf(Value value) const {
  return inputs[cast<BlockArgument>(value).getArgNumber()];
}

graph::AttentionOp GroupSite::attention() {
  for (Operation *op : members())
    if (auto attention = dyn_cast<graph::AttentionOp>(op))
      return attention;
  return {};
}

StridedTensor denseTensor(const graph::DimSpace &space, Value buffer,
                          Type type) {
  StridedTensor tensor;
  tensor.buffer = buffer;
  tensor.sizes = space.sizes(cast<RankedTensorType>(type));
  tensor.strides.resize(tensor.sizes.size());
  AffineExpr stride = space.number(1);
  for (size_t axis = tensor.sizes.size(); axis-- > 0;) {
    tensor.strides[axis] = stride;
    stride = space.multiply(stride, tensor.sizes[axis]);
  }
  return tensor;
}

StridedTensor stridedOperand(const graph::DimSpace &space, GroupSite &site,
                             Value value) {
  auto transpose = value.getDefiningOp<graph::TransposeOp>();
  if (!transpose) {
    const GroupInput &input = site.inputOf(value);
    StridedTensor tensor = denseTensor(space, input.buffer, value.getType());
    if (!input.strides.empty())
      tensor.strides = input.strides;
    return tensor;
  }
  StridedTensor tensor = stridedOperand(space, site, transpose.getInput());
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  tensor.sizes = applyPermutation(tensor.sizes, permutation);
  tensor.strides = applyPermutation(tensor.strides, permutation);
  return tensor;
}

StridedTensor stridedResult(const graph::DimSpace &space, GroupSite &site,
                            Value value) {
  auto transpose = dyn_cast<graph::TransposeOp>(*value.user_begin());
  if (!transpose)
    return denseTensor(space, site.output, value.getType());
  StridedTensor tensor = stridedResult(space, site, transpose.getResult());
  SmallVector<int64_t> inverse =
      invertPermutationVector(transpose.getPermutation());
  tensor.sizes = applyPermutation(tensor.sizes, inverse);
  tensor.strides = applyPermutation(tensor.strides, inverse);
  return tensor;
}

} // namespace lmcc
