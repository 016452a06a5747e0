//===- BuilderContraction.cpp - Indexing, products, norms with shapes -----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"

using namespace mlir;

namespace lmcc::graph {

//===----------------------------------------------------------------------===//
// Indexing
//===----------------------------------------------------------------------===//

Value Builder::gather(Value input, Value indices, int64_t axis) {
  if (!input || !indices)
    return {};
  Sizes sizes = sizesOf(input), chosen = sizesOf(indices);
  sizes.erase(sizes.begin() + axis);
  sizes.insert(sizes.begin() + axis, chosen.begin(), chosen.end());
  return GatherOp::create(ops, location, dims.type(sizes, elementOf(input)),
                          input, indices, axis);
}

Value Builder::gatherElements(Value input, Value indices, int64_t axis) {
  if (!input || !indices)
    return {};
  if (rankOf(input) != rankOf(indices))
    return error("data and indices must have the same rank");
  return GatherElementsOp::create(ops, location,
                                  typeOf(indices).clone(elementOf(input)),
                                  input, indices, axis);
}

Value Builder::gatherNd(Value input, Value indices, int64_t batchAxes) {
  if (!input || !indices)
    return {};
  Sizes data = sizesOf(input), chosen = sizesOf(indices);
  std::optional<int64_t> length =
      chosen.empty() ? std::nullopt : dims.constant(chosen.back());
  int64_t rank = rankOf(input);
  if (!length || *length < 1 || batchAxes < 0 || batchAxes + *length > rank ||
      batchAxes >= static_cast<int64_t>(chosen.size()))
    return error("index tuples do not fit the axes of the data");
  for (int64_t axis = 0; axis < batchAxes; ++axis)
    if (!unify(data[axis], chosen[axis], "batch sizes of data and indices"))
      return {};
  Sizes sizes(chosen.begin(), chosen.end() - 1);
  sizes.append(data.begin() + batchAxes + *length, data.end());
  return GatherNdOp::create(ops, location, dims.type(sizes, elementOf(input)),
                            input, indices, batchAxes);
}

Value Builder::scatterElements(ScatterMode mode, Value input, Value indices,
                               Value updates, int64_t axis) {
  if (!input || !indices || !updates)
    return {};
  if (rankOf(input) != rankOf(indices) || rankOf(input) != rankOf(updates) ||
      elementOf(input) != elementOf(updates))
    return error("data, indices and updates do not fit each other");
  for (auto [a, b] : llvm::zip(sizesOf(indices), sizesOf(updates)))
    if (!unify(a, b, "sizes of indices and updates"))
      return {};
  return ScatterElementsOp::create(ops, location, input.getType(), input,
                                   indices, updates, axis, mode);
}

Value Builder::scatterNd(ScatterMode mode, Value input, Value indices,
                         Value updates) {
  if (!input || !indices || !updates)
    return {};
  Sizes data = sizesOf(input), chosen = sizesOf(indices);
  std::optional<int64_t> length =
      chosen.empty() ? std::nullopt : dims.constant(chosen.back());
  if (!length || *length < 1 || *length > rankOf(input) ||
      elementOf(input) != elementOf(updates))
    return error("index tuples do not fit the axes of the data");
  Sizes expected(chosen.begin(), chosen.end() - 1);
  expected.append(data.begin() + *length, data.end());
  Sizes given = sizesOf(updates);
  if (given.size() != expected.size())
    return error("updates have rank " + Twine(given.size()) + " instead of " +
                 Twine(expected.size()));
  for (auto [a, b] : llvm::zip(given, expected))
    if (!unify(a, b, "sizes of updates and indices"))
      return {};
  return ScatterNdOp::create(ops, location, input.getType(), input, indices,
                             updates, mode);
}

Value Builder::patches(Value input, Axes kernel, Axes strides, Axes dilations,
                       Axes low, Axes high) {
  if (!input)
    return {};
  Sizes old = sizesOf(input);
  Sizes sizes = {old[0]};
  for (size_t axis = 0; axis < kernel.size(); ++axis) {
    // o = floor((s + low + high - dilation * (k - 1) - 1) / stride) + 1
    int64_t reach = dilations[axis] * (kernel[axis] - 1) + 1;
    AffineExpr span =
        dims.add(old[axis + 2], dims.number(low[axis] + high[axis] - reach));
    if (std::optional<int64_t> number = dims.constant(span);
        number && *number < 0)
      return error("the kernel reaches over " + Twine(reach) +
                   " elements, but axis " + Twine(axis + 2) + " has only " +
                   Twine(*number + reach));
    sizes.push_back(
        dims.add(dims.simplify(span.floorDiv(strides[axis])), dims.number(1)));
  }
  sizes.push_back(old[1]);
  for (int64_t size : kernel)
    sizes.push_back(dims.number(size));
  return PatchesOp::create(ops, location, dims.type(sizes, elementOf(input)),
                           input, strides, dilations, low);
}

//===----------------------------------------------------------------------===//
// Products and reductions
//===----------------------------------------------------------------------===//

Value Builder::matmul(Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return {};
  Type left = elementOf(lhs), right = elementOf(rhs);
  bool areBytes = left.isInteger(8) && right.isSignlessInteger(8);
  bool isWidened = left.isF32() && rankOf(rhs) == 2 &&
                   (right.isF16() || right.isSignlessInteger(8));
  if (rankOf(lhs) < 2 || rankOf(rhs) < 2 ||
      (left != right && !areBytes && !isWidened))
    return error("a product needs two matrices of one element type");
  Sizes a = sizesOf(lhs), b = sizesOf(rhs);
  if (!unify(a.back(), b[b.size() - 2],
             "depths of a product of " + text(a) + " and " + text(b)))
    return {};
  std::optional<Sizes> sizes = productSizes(a, b, a[a.size() - 2], b.back());
  if (!sizes)
    return {};
  Type sum = areBytes ? ops.getI32Type() : left;
  return MatmulOp::create(ops, location, dims.type(*sizes, sum), lhs, rhs);
}

Value Builder::groupedMatmul(Value lhs, Value rhs, Value scales, Value zeros,
                             bool areBytes) {
  Sizes sizes = sizesOf(lhs);
  sizes.back() = sizesOf(rhs).back();
  return MatmulOp::create(ops, location, dims.type(sizes, ops.getF32Type()),
                          lhs, rhs, scales, zeros, areBytes);
}

Value Builder::lookUpColumns(Value matrix, Value scales, Value indices) {
  Sizes sizes = sizesOf(indices);
  sizes.push_back(sizesOf(matrix).front());
  return LookUpColumnsOp::create(ops, location,
                                 dims.type(sizes, ops.getF32Type()), matrix,
                                 scales, indices);
}

Value Builder::rowScales(Value input) {
  Sizes sizes = sizesOf(input);
  sizes.back() = dims.number(1);
  return RowScalesOp::create(ops, location, dims.type(sizes, elementOf(input)),
                             input);
}

Value Builder::quantizeRows(Value input, Value scales, Type element) {
  return QuantizeRowsOp::create(
      ops, location, dims.type(sizesOf(input), element), input, scales);
}

std::optional<Builder::Sizes> Builder::productSizes(ArrayRef<AffineExpr> a,
                                                    ArrayRef<AffineExpr> b,
                                                    AffineExpr rows,
                                                    AffineExpr columns) {
  Sizes sizes = {rows, columns};
  for (size_t fromBack = 3; fromBack <= std::max(a.size(), b.size());
       ++fromBack) {
    AffineExpr one = dims.number(1);
    std::optional<AffineExpr> both =
        dims.broadcast(fromBack <= a.size() ? a[a.size() - fromBack] : one,
                       fromBack <= b.size() ? b[b.size() - fromBack] : one);
    if (!both) {
      error("batch axes of " + text(a) + " and " + text(b) +
            " do not broadcast");
      return std::nullopt;
    }
    sizes.insert(sizes.begin(), *both);
  }
  return sizes;
}

Value Builder::reduce(Reduction reduction, Value input, Axes axes, bool keep) {
  if (!input)
    return {};
  SmallVector<int64_t> sorted(axes);
  llvm::sort(sorted);
  Sizes sizes = sizesOf(input);
  for (int64_t axis : sorted)
    sizes[axis] = dims.number(1);
  Value result = input;
  if (!axes.empty())
    result = ReduceOp::create(ops, location, dims.type(sizes, elementOf(input)),
                              reduction, input, sorted);
  return keep ? result : squeeze(result, sorted);
}

Value Builder::argMax(Value input, int64_t axis, bool last, bool keep) {
  if (!input)
    return {};
  Sizes sizes = sizesOf(input);
  sizes[axis] = dims.number(1);
  Value result = ArgMaxOp::create(
      ops, location, dims.type(sizes, ops.getI64Type()), input, axis, last);
  return keep ? result : squeeze(result, {axis});
}

Value Builder::cumulativeSum(Value input, int64_t axis, bool exclusive,
                             bool reverse) {
  return input ? CumulativeSumOp::create(ops, location, input.getType(), input,
                                         axis, exclusive, reverse)
                     .getResult()
               : Value();
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

Value Builder::softmax(Value input) { return unary<SoftmaxOp>(input); }

Value Builder::layerNorm(Value input, Value gain, Value bias, float epsilon) {
  if (!input || !gain)
    return {};
  AffineExpr columns = sizesOf(input).back();
  for (Value row : {gain, bias})
    if (row && (rankOf(row) != 1 ||
                !unify(columns, sizesOf(row).front(), "sizes of a norm's row")))
      return {};
  return LayerNormOp::create(ops, location, input.getType(), input, gain, bias,
                             ops.getF32FloatAttr(epsilon));
}

Value Builder::rmsNorm(Value input, Value gain, float epsilon) {
  if (!input || !gain)
    return {};
  if (rankOf(gain) != 1 || !unify(sizesOf(input).back(), sizesOf(gain).front(),
                                  "sizes of a norm's row"))
    return {};
  return RmsNormOp::create(ops, location, input.getType(), input, gain,
                           ops.getF32FloatAttr(epsilon));
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

Value Builder::diagonals(Value input, AffineExpr rows, AffineExpr columns) {
  if (!input)
    return {};
  Sizes sizes = sizesOf(input);
  if (sizes.empty() ||
      !unify(sizes.back(),
             dims.subtract(dims.add(rows, columns), dims.number(1)),
             "the number of diagonals and that of a matrix"))
    return {};
  sizes.back() = rows;
  sizes.push_back(columns);
  return DiagonalsOp::create(ops, location, dims.type(sizes, elementOf(input)),
                             input);
}

Value Builder::attention(Value query, Value key, Value value,
                         ArrayRef<Value> extras,
                         function_ref<Value(Value, ValueRange)> adjust) {
  if (!query || !key || !value)
    return {};
  Sizes q = sizesOf(query), k = sizesOf(key), v = sizesOf(value);
  if (std::min({q.size(), k.size(), v.size()}) < 2)
    return error("attention needs matrices");
  if (!unify(q.back(), k.back(), "lengths of queries and keys") ||
      !unify(k[k.size() - 2], v[v.size() - 2], "numbers of keys and values"))
    return {};
  AffineExpr rows = q[q.size() - 2], keys = k[k.size() - 2];
  std::optional<Sizes> sizes = productSizes(q, k, rows, v.back());
  if (sizes)
    sizes = productSizes(*sizes, v, rows, v.back());
  if (!sizes)
    return {};
  Type element = elementOf(query);
  auto op = AttentionOp::create(ops, location, dims.type(*sizes, element),
                                query, key, value, extras, ValueRange());
  sizes->back() = keys;
  SmallVector<Type> types = {dims.type(*sizes, element)};
  llvm::append_range(types, ValueRange(extras).getTypes());
  OpBuilder::InsertionGuard inside(ops);
  Block *block = ops.createBlock(&op.getAdjust(), {}, types,
                                 SmallVector<Location>(types.size(), location));
  Value adjusted =
      adjust(block->getArgument(0), block->getArguments().drop_front());
  YieldOp::create(ops, location, adjusted);
  return op;
}

} // namespace lmcc::graph
