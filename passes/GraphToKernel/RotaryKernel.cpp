//===- RotaryKernel.cpp - Rotations of pairs ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One linalg.generic over two views of the input and of the result: the first
// and the second elements of all pairs. Heads may lie apart, so transposes in
// front that keep the rows together are strides.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;
using Sizes = graph::DimSpace::Sizes;

class RotaryKernel {
public:
  RotaryKernel(GroupSite &site, KernelBuilder &k,
               graph::RotaryEmbeddingOp rotary)
      : site(site), k(k), space(k.space()), rotary(rotary),
        rotated(static_cast<int64_t>(rotary.getRotated())),
        input(stridedOperand(space, site, rotary.getInput())),
        output(denseTensor(space, site.output, rotary.getType())),
        leading(ArrayRef(output.sizes).drop_back()) {}

  void build() {
    StringRef role = input.buffer == output.buffer ? "y" : "x";
    Value from = k.buffer(input.buffer, role);
    Value cosine = k.buffer(angles(rotary.getCosine()).buffer, "cosine");
    Value sine = k.buffer(angles(rotary.getSine()).buffer, "sine");
    Value to = k.buffer(output.buffer, "y");
    Value pairs = pairsOf(from, input), results = pairsOf(to, output);
    SmallVector<Value> inputs = {element(pairs, 0), element(pairs, 1)};
    addAngles(cosine, rotary.getCosine(), inputs);
    addAngles(sine, rotary.getSine(), inputs);
    rotate(inputs, {element(results, 0), element(results, 1)});
    // In place, the rest is where it belongs.
    if (from != to)
      copyRest(from, to);
  }

private:
  StridedTensor angles(Value value) {
    return denseTensor(space, site.inputOf(value).buffer, value.getType());
  }

  /// A view `[leading.., 2, rotated / 2]` with the strides of `tensor`.
  Value pairsOf(Value buffer, const StridedTensor &tensor) {
    int64_t half = rotated / 2;
    bool interleaved = rotary.getInterleaved();
    Sizes sizes(leading), strides = leadingStrides(tensor);
    sizes.append({space.number(2), space.number(half)});
    strides.append({space.number(interleaved ? 1 : half),
                    space.number(interleaved ? 2 : 1)});
    return k.stridedView(buffer, sizes, strides);
  }

  /// 0 along axes that `tensor` repeats, or of size 1.
  Sizes leadingStrides(const StridedTensor &tensor) {
    Sizes strides;
    size_t missing = output.sizes.size() - tensor.sizes.size();
    for (size_t axis = 0; axis < leading.size(); ++axis) {
      bool repeats =
          axis < missing || space.constant(tensor.sizes[axis - missing]) == 1;
      strides.push_back(repeats ? space.number(0)
                                : tensor.strides[axis - missing]);
    }
    return strides;
  }

  /// The first or second elements of `pairs`: `[leading.., rotated / 2]`.
  Value element(Value pairs, int64_t which) {
    SmallVector<Index> offsets(leading.size(), k.number(0)),
        sizes = k.sizes(leading);
    offsets.append({k.number(which), k.number(0)});
    sizes.append({{}, k.number(rotated / 2)});
    return k.part(pairs, offsets, sizes);
  }

  /// One view where pairs share their angle, else two.
  void addAngles(Value buffer, Value value, SmallVector<Value> &inputs) {
    StridedTensor tensor = angles(value);
    if (space.constant(tensor.sizes.back()) == rotated) {
      Value pairs = pairsOf(buffer, tensor);
      inputs.append({element(pairs, 0), element(pairs, 1)});
      return;
    }
    Sizes sizes(leading), strides = leadingStrides(tensor);
    sizes.push_back(tensor.sizes.back());
    strides.push_back(space.number(1));
    inputs.push_back(k.stridedView(buffer, sizes, strides));
  }

  void rotate(ArrayRef<Value> inputs, ArrayRef<Value> outputs) {
    OpBuilder &builder = k.body();
    unsigned rank = leading.size() + 1;
    linalg::GenericOp::create(
        builder, k.location(), inputs, outputs,
        SmallVector<AffineMap>(inputs.size() + outputs.size(),
                               builder.getMultiDimIdentityMap(rank)),
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](OpBuilder &inner, Location location, ValueRange elements) {
          bool sharesAngle = inputs.size() == 4;
          Value a = elements[0], b = elements[1];
          Value cosineOfA = elements[2];
          Value cosineOfB = elements[sharesAngle ? 2 : 3];
          Value sineOfA = elements[sharesAngle ? 3 : 4];
          Value sineOfB = elements[sharesAngle ? 3 : 5];
          auto times = [&](Value x, Value y) -> Value {
            return arith::MulFOp::create(inner, location, x, y);
          };
          Value first = arith::SubFOp::create(
              inner, location, times(a, cosineOfA), times(b, sineOfA));
          Value second = arith::AddFOp::create(
              inner, location, times(b, cosineOfB), times(a, sineOfB));
          linalg::YieldOp::create(inner, location, ValueRange{first, second});
        });
  }

  void copyRest(Value from, Value to) {
    AffineExpr rest =
        space.subtract(output.sizes.back(), space.number(rotated));
    if (space.constant(rest) == 0)
      return;
    SmallVector<Index> offsets(leading.size(), k.number(0)),
        sizes = k.sizes(leading);
    offsets.push_back(k.number(rotated));
    sizes.push_back(k.size(rest));
    auto restOf = [&](Value buffer, const StridedTensor &tensor) {
      Sizes strides = leadingStrides(tensor);
      strides.push_back(space.number(1));
      return k.part(k.stridedView(buffer, tensor.sizes, strides), offsets,
                    sizes);
    };
    k.map(restOf(from, input), restOf(to, output),
          [](OpBuilder &, ValueRange elements) { return elements[0]; });
  }

  GroupSite &site;
  KernelBuilder &k;
  const graph::DimSpace &space;
  graph::RotaryEmbeddingOp rotary;
  int64_t rotated;
  StridedTensor input, output;
  /// All axes but the last.
  Sizes leading;
};

} // namespace

LogicalResult buildRotaryKernel(GroupSite &site, KernelBuilder &k) {
  RotaryKernel(site, k, cast<graph::RotaryEmbeddingOp>(site.root())).build();
  return success();
}

} // namespace lmcc
