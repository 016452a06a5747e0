//===- ElementwiseKernels.cpp - Groups of elementwise operations ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One linalg.generic over the result. Neighbouring axes that every operand
// either has or repeats as a whole are one axis, so that most groups are a
// single long loop or rows against a vector.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "passes/GraphToKernel/ScalarCode.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

/// The iteration space of an elementwise group with its operands.
class ElementwiseKernel {
public:
  ElementwiseKernel(GroupSite &site, KernelBuilder &k)
      : site(site), k(k), block(site.group.getBody().front()),
        result(site.group.getType()) {}

  LogicalResult build() {
    chooseAxes();
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    for (BlockArgument argument : block.getArguments()) {
      const GroupInput &input = site.inputOf(argument);
      if (input.scalar) {
        scalars[argument] = k.scalar(input.scalar);
        continue;
      }
      auto [view, map] =
          operand(argument, k.buffer(input.buffer, site.role(input, "x")));
      inputs.push_back(view);
      maps.push_back(map);
    }
    Value output = k.view(k.buffer(site.output, "y"), axes);
    maps.push_back(k.body().getMultiDimIdentityMap(axes.size()));
    return emit(inputs, output, maps);
  }

private:
  /// Whether `value` has axis `axis` of the result (and does not repeat it).
  bool hasAxis(Value value, int64_t axis) {
    RankedTensorType type = typeOf(value);
    int64_t own = axis - (result.getRank() - type.getRank());
    return own >= 0 && graph::axisSize(type, own).getConstant(0) != 1;
  }

  /// Result axes of size other than 1, merged where all operands allow it.
  void chooseAxes() {
    auto sizes = k.space().sizes(result);
    for (int64_t axis = 0; axis < result.getRank(); ++axis) {
      if (k.space().constant(sizes[axis]) == 1)
        continue;
      bool merges =
          !members.empty() &&
          llvm::all_of(block.getArguments(), [&](Value argument) {
            return hasAxis(argument, axis) == hasAxis(argument, members.back());
          });
      if (merges) {
        axes.back() = k.space().multiply(axes.back(), sizes[axis]);
      } else {
        axes.push_back(sizes[axis]);
        members.push_back(axis);
      }
    }
  }

  std::pair<Value, AffineMap> operand(Value argument, Value buffer) {
    MLIRContext *context = k.body().getContext();
    SmallVector<AffineExpr> shape, places;
    for (auto [axis, size] : llvm::enumerate(axes))
      if (hasAxis(argument, members[axis])) {
        shape.push_back(size);
        places.push_back(getAffineDimExpr(axis, context));
      }
    return {k.view(buffer, shape),
            AffineMap::get(axes.size(), 0, places, context)};
  }

  LogicalResult emit(ArrayRef<Value> inputs, Value output,
                     ArrayRef<AffineMap> maps) {
    bool complete = true;
    SmallVector<utils::IteratorType> parallel(axes.size(),
                                              utils::IteratorType::parallel);
    linalg::GenericOp::create(
        k.body(), k.location(), inputs, output, maps, parallel,
        [&](OpBuilder &builder, Location, ValueRange elements) {
          DenseMap<Value, Value> values = scalars;
          auto element = elements.begin();
          for (BlockArgument argument : block.getArguments())
            if (!scalars.contains(argument))
              values[argument] = *element++;
          complete = emitMembers(builder, values);
          Value yielded = values.lookup(block.getTerminator()->getOperand(0));
          linalg::YieldOp::create(builder, k.location(),
                                  yielded ? yielded : elements.back());
        });
    return success(complete);
  }

  bool emitMembers(OpBuilder &builder, DenseMap<Value, Value> &values) {
    for (Operation *op : site.members()) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(values.lookup(operand));
      Value scalar = isa<graph::BroadcastOp>(op)
                         ? operands.front()
                         : emitScalar(builder, op, operands);
      if (!scalar)
        return false;
      values[op->getResult(0)] = scalar;
    }
    return true;
  }

  GroupSite &site;
  KernelBuilder &k;
  Block &block;
  RankedTensorType result;
  SmallVector<AffineExpr> axes;
  /// For each merged axis, one of the result's axes in it.
  SmallVector<int64_t> members;
  DenseMap<Value, Value> scalars;
};

} // namespace

LogicalResult buildElementwiseKernel(GroupSite &site, KernelBuilder &k) {
  return ElementwiseKernel(site, k).build();
}

void buildCopyKernel(KernelBuilder &k, Value from, Value to, AffineExpr count) {
  Value input = k.view(k.buffer(from, "x"), count);
  Value output = k.view(k.buffer(to, "y"), count);
  AffineMap identity = k.body().getMultiDimIdentityMap(1);
  linalg::GenericOp::create(
      k.body(), k.location(), input, output,
      ArrayRef<AffineMap>{identity, identity},
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
      [&](OpBuilder &builder, Location, ValueRange elements) {
        linalg::YieldOp::create(builder, k.location(), elements.front());
      });
}

} // namespace lmcc
