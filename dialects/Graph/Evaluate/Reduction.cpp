//===- Reduction.cpp - Elements combined along axes -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"

using namespace mlir;

namespace lmcc::graph {

/// Sums of floats run in double.
template <typename Compute>
using SumOf =
    std::conditional_t<std::is_floating_point_v<Compute>, double, Compute>;

/// Stores all elements of the result, rounded from the type of the sums.
template <typename Compute, typename Accumulator>
static void storeResult(ArrayRef<Accumulator> values, HostTensor &result) {
  SmallVector<Compute, 0> rounded(values.begin(), values.end());
  store(rounded.data(), rounded.size(), result, 0);
}

//===----------------------------------------------------------------------===//
// graph.reduce
//===----------------------------------------------------------------------===//

/// The walk goes over the input; the result is broadcast to it.
template <typename Compute, typename Accumulator, typename Function>
static void reduce(Step &step, Accumulator neutral, Function combine) {
  SmallVector<Accumulator, 0> accumulators(step.result.getNumElements(),
                                           neutral);
  const HostTensor &input = step.operands[0];
  walkBroadcast(input.getShape(), {step.result.getShape()},
                [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
                  Compute values[runElements];
                  load(input, first, count, values);
                  Accumulator *place = accumulators.data() + runs[0].first;
                  int64_t increment = runs[0].repeats ? 0 : 1;
                  for (int64_t i = 0; i < count; ++i)
                    place[i * increment] =
                        combine(place[i * increment],
                                static_cast<Accumulator>(values[i]));
                });
  storeResult<Compute>(ArrayRef(accumulators), step.result);
}

/// The value below (or above) all others of an element type.
template <typename Compute>
static Compute extreme(Type element, bool isLowest) {
  return dispatchElement(element, [&](auto tag) -> Compute {
    using Stored = typename decltype(tag)::Stored;
    if constexpr (std::is_integral_v<Stored>) {
      using Limits = std::numeric_limits<Stored>;
      return static_cast<Compute>(isLowest ? Limits::min() : Limits::max());
    } else {
      double infinity = std::numeric_limits<double>::infinity();
      return static_cast<Compute>(isLowest ? -infinity : infinity);
    }
  });
}

LogicalResult compute(ReduceOp op, Step &step) {
  Type element = step.result.getElementType();
  dispatchCompute(element, [&](auto zero) {
    using Compute = decltype(zero);
    switch (op.getReduction()) {
    case Reduction::sum:
      return reduce<Compute>(step, SumOf<Compute>(0),
                             [](auto a, auto b) { return add(a, b); });
    case Reduction::product:
      return reduce<Compute>(step, Compute(1),
                             [](auto a, auto b) { return multiply(a, b); });
    case Reduction::max:
      return reduce<Compute>(step, extreme<Compute>(element, true),
                             [](auto a, auto b) { return maximum(a, b); });
    case Reduction::min:
      return reduce<Compute>(step, extreme<Compute>(element, false),
                             [](auto a, auto b) { return minimum(a, b); });
    }
  });
  return success();
}

//===----------------------------------------------------------------------===//
// Along one axis
//===----------------------------------------------------------------------===//

namespace {
/// A tensor seen as [outer, size, inner] around one axis.
struct AxisView {
  AxisView(ArrayRef<int64_t> shape, int64_t axis)
      : outer(product(shape.take_front(axis))), size(shape[axis]),
        inner(product(shape.drop_front(axis + 1))) {}

  int64_t outer, size, inner;
};
} // namespace

/// Whether an element takes the place of the largest one before it.
template <typename Compute>
static bool isNewMaximum(Compute candidate, Compute best, bool last) {
  if constexpr (std::is_floating_point_v<Compute>) {
    if (std::isnan(best))
      return last && std::isnan(candidate);
    if (std::isnan(candidate))
      return true;
  }
  return candidate > best || (last && candidate == best);
}

LogicalResult compute(ArgMaxOp op, Step &step) {
  AxisView view(step.operands[0].getShape(), op.getAxis());
  if (view.size == 0 && step.result.getNumElements() != 0)
    return op.emitError() << "axis " << op.getAxis()
                          << " has no elements, hence no largest one";
  if (step.result.getNumElements() == 0)
    return success();
  dispatchCompute(step.operands[0].getElementType(), [&](auto zero) {
    Loaded<decltype(zero)> input(step.operands[0]);
    for (int64_t outer = 0; outer < view.outer; ++outer)
      for (int64_t inner = 0; inner < view.inner; ++inner) {
        int64_t start = outer * view.size * view.inner + inner;
        int64_t best = 0;
        for (int64_t i = 1; i < view.size; ++i)
          if (isNewMaximum(input[start + i * view.inner],
                           input[start + best * view.inner], op.getLast()))
            best = i;
        store(&best, 1, step.result, outer * view.inner + inner);
      }
  });
  return success();
}

LogicalResult compute(CumulativeSumOp op, Step &step) {
  AxisView view(step.operands[0].getShape(), op.getAxis());
  if (step.result.getNumElements() == 0)
    return success();
  dispatchCompute(step.result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    Loaded<Compute> input(step.operands[0]);
    SmallVector<Compute, 0> result(input.size());
    for (int64_t outer = 0; outer < view.outer; ++outer)
      for (int64_t inner = 0; inner < view.inner; ++inner) {
        SumOf<Compute> sum = 0;
        for (int64_t i = 0; i < view.size; ++i) {
          int64_t row = op.getReverse() ? view.size - 1 - i : i;
          int64_t place = (outer * view.size + row) * view.inner + inner;
          SumOf<Compute> next =
              add(sum, static_cast<SumOf<Compute>>(input[place]));
          result[place] = static_cast<Compute>(op.getExclusive() ? sum : next);
          sum = next;
        }
      }
    store(result.data(), input.size(), step.result, 0);
  });
  return success();
}

} // namespace lmcc::graph
