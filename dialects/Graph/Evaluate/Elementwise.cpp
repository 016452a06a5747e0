//===- Elementwise.cpp - Operations on each element -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A run of at most `runElements` is loaded, computed and stored at a time: the
// broadcast is walked and the element type looked at once per run, and the loop
// in the middle is over plain arrays.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/CarriedMath.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc::graph {

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

static void walkOperands(
    Step &step,
    llvm::function_ref<void(int64_t first, int64_t count, ArrayRef<Run>)>
        visit) {
  SmallVector<ArrayRef<int64_t>, 3> shapes;
  for (const HostTensor &operand : step.operands)
    shapes.push_back(operand.getShape());
  walkBroadcast(step.result.getShape(), shapes, visit);
}

/// Reads the `count` elements of a run.
template <typename Compute>
static void loadRun(const HostTensor &tensor, Run run, int64_t count,
                    Compute *values) {
  load(tensor, run.first, run.repeats ? 1 : count, values);
  if (run.repeats)
    std::fill_n(values + 1, count - 1, values[0]);
}

template <typename Compute, typename Function>
static LogicalResult mapUnary(Step &step, Function function) {
  walkOperands(step, [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
    Compute input[runElements];
    using Result = decltype(function(Compute()));
    Result result[runElements];
    loadRun(step.operands[0], runs[0], count, input);
    for (int64_t i = 0; i < count; ++i)
      result[i] = function(input[i]);
    store(result, count, step.result, first);
  });
  return success();
}

template <typename Compute, typename Function>
static LogicalResult mapBinary(Step &step, Function function) {
  walkOperands(step, [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
    Compute lhs[runElements], rhs[runElements];
    using Result = decltype(function(Compute(), Compute()));
    Result result[runElements];
    loadRun(step.operands[0], runs[0], count, lhs);
    loadRun(step.operands[1], runs[1], count, rhs);
    for (int64_t i = 0; i < count; ++i)
      result[i] = function(lhs[i], rhs[i]);
    store(result, count, step.result, first);
  });
  return success();
}

// The same with the type chosen by the first operand.

template <typename Function>
static LogicalResult floatUnary(Step &step, Function function) {
  return dispatchFloat(step.operands[0].getElementType(), [&](auto zero) {
    return mapUnary<decltype(zero)>(step, function);
  });
}

template <typename Function>
static LogicalResult unary(Step &step, Function function) {
  return dispatchCompute(step.operands[0].getElementType(), [&](auto zero) {
    return mapUnary<decltype(zero)>(step, function);
  });
}

template <typename Function>
static LogicalResult binary(Step &step, Function function) {
  return dispatchCompute(step.operands[0].getElementType(), [&](auto zero) {
    return mapBinary<decltype(zero)>(step, function);
  });
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

template <typename T> static T sign(T x) {
  if constexpr (std::is_floating_point_v<T>)
    if (std::isnan(x))
      return x;
  return static_cast<T>((x > 0) - (x < 0));
}

template <typename T> static T absolute(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fabs(x);
  else
    return x < 0 ? subtract(T(0), x) : x;
}

template <typename T> static T negate(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return -x;
  else
    return subtract(T(0), x);
}

template <typename T> static T gelu(T x) {
  constexpr T rootOfHalf = T(0.70710678118654752440);
  return T(0.5) * x * (T(1) + carried::erf(x * rootOfHalf));
}

template <typename T> static T geluByTanh(T x) {
  constexpr T rootOfTwoOverPi = T(0.79788456080286535588);
  T inner = rootOfTwoOverPi * (x + T(0.044715) * (x * x * x));
  return T(0.5) * x * (T(1) + carried::tanh(inner));
}

/// 1 or 0, as i1 is computed.
template <typename T> static uint64_t compare(Comparison comparison, T a, T b) {
  switch (comparison) {
  case Comparison::eq: return a == b;
  case Comparison::lt: return a < b;
  case Comparison::le: return a <= b;
  case Comparison::gt: return a > b;
  case Comparison::ge: return a >= b;
  }
  llvm_unreachable("every comparison is handled");
}

//===----------------------------------------------------------------------===//
// Operations that are more than a formula
//===----------------------------------------------------------------------===//

static LogicalResult cast(Step &step) {
  Type from = step.operands[0].getElementType();
  Type to = step.result.getElementType();
  dispatchCompute(from, [&](auto zero) {
    using Compute = decltype(zero);
    walkOperands(step, [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
      Compute input[runElements];
      loadRun(step.operands[0], runs[0], count, input);
      dispatchElement(to, [&](auto element) {
        using Stored = typename decltype(element)::Stored;
        Stored *result = step.result.mutableData<Stored>().data() + first;
        for (int64_t i = 0; i < count; ++i)
          result[i] = convert<Stored>(input[i]);
      });
    });
  });
  return success();
}

static LogicalResult select(Step &step) {
  dispatchUnit(step.result.getElementBytes(), [&](auto zero) {
    using Unit = decltype(zero);
    auto place = [&](unsigned operand, Run run, int64_t i) {
      return step.operands[operand].bytes().data() +
             (run.first + (run.repeats ? 0 : i)) * sizeof(Unit);
    };
    Unit *result = step.result.mutableData<Unit>().data();
    walkOperands(step, [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
      uint64_t condition[runElements];
      loadRun(step.operands[0], runs[0], count, condition);
      for (int64_t i = 0; i < count; ++i) {
        const uint8_t *chosen =
            condition[i] ? place(1, runs[1], i) : place(2, runs[2], i);
        std::memcpy(result + first + i, chosen, sizeof(Unit));
      }
    });
  });
  return success();
}

template <typename Function>
static LogicalResult mapTernary(Step &step, Function function) {
  walkOperands(step, [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
    float a[runElements], b[runElements], c[runElements];
    loadRun(step.operands[0], runs[0], count, a);
    loadRun(step.operands[1], runs[1], count, b);
    loadRun(step.operands[2], runs[2], count, c);
    for (int64_t i = 0; i < count; ++i)
      c[i] = function(a[i], b[i], c[i]);
    store(c, count, step.result, first);
  });
  return success();
}

/// NaN gives `low`, and a zero is +0.
static float limit(float x, float low, float high) {
  float raised = x > low ? x : low;
  return (raised < high ? raised : high) + 0.0f;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static LogicalResult computeUnary(Operation *op, Step &step) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](AbsOp) {
        return unary(step, [](auto x) { return absolute(x); });
      })
      .Case(
          [&](NegOp) { return unary(step, [](auto x) { return negate(x); }); })
      .Case([&](SignOp) { return unary(step, [](auto x) { return sign(x); }); })
      .Case([&](ExpOp) {
        return floatUnary(step, [](auto x) { return carried::exp(x); });
      })
      .Case([&](LogOp) {
        return floatUnary(step, [](auto x) { return carried::log(x); });
      })
      .Case([&](SqrtOp) {
        return floatUnary(step, [](auto x) { return carried::sqrt(x); });
      })
      .Case([&](SinOp) {
        return floatUnary(step, [](auto x) { return carried::sin(x); });
      })
      .Case([&](CosOp) {
        return floatUnary(step, [](auto x) { return carried::cos(x); });
      })
      .Case([&](TanhOp) {
        return floatUnary(step, [](auto x) { return carried::tanh(x); });
      })
      .Case([&](ErfOp) {
        return floatUnary(step, [](auto x) { return carried::erf(x); });
      })
      .Case([&](SigmoidOp) {
        return floatUnary(step, [](auto x) { return carried::sigmoid(x); });
      })
      .Case([&](SiluOp) {
        return floatUnary(step, [](auto x) {
          return x / (decltype(x)(1) + carried::exp(-x));
        });
      })
      .Case([&](GeluOp gelu) {
        return gelu.getTanh()
                   ? floatUnary(step, [](auto x) { return geluByTanh(x); })
                   : floatUnary(step, [](auto x) { return graph::gelu(x); });
      })
      .Case([&](FloorOp) {
        return floatUnary(step, [](auto x) { return std::floor(x); });
      })
      .Case([&](CeilOp) {
        return floatUnary(step, [](auto x) { return std::ceil(x); });
      })
      .Case([&](RoundOp) {
        // The compiler never changes the rounding direction.
        return floatUnary(step, [](auto x) { return std::nearbyint(x); });
      })
      .Case([&](NotOp) {
        return mapUnary<uint64_t>(step, [](uint64_t x) { return 1 - x; });
      })
      .Case([&](IsNanOp) {
        return floatUnary(step, [](auto x) { return uint64_t(std::isnan(x)); });
      })
      .Case([&](CastOp) { return cast(step); })
      .Default([](Operation *other) {
        return other->emitError() << other->getName() << " has no formula";
      });
}

LogicalResult computeElementwise(Operation *op, Step &step) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](AddOp) {
        return binary(step, [](auto a, auto b) { return add(a, b); });
      })
      .Case([&](SubOp) {
        return binary(step, [](auto a, auto b) { return subtract(a, b); });
      })
      .Case([&](MulOp) {
        return binary(step, [](auto a, auto b) { return multiply(a, b); });
      })
      .Case([&](DivOp) {
        return binary(step, [](auto a, auto b) { return divide(a, b); });
      })
      .Case([&](RemOp) {
        return binary(step, [](auto a, auto b) { return remainder(a, b); });
      })
      .Case([&](ModOp) {
        return binary(step, [](auto a, auto b) { return modulo(a, b); });
      })
      .Case([&](MaxOp) {
        return binary(step, [](auto a, auto b) { return maximum(a, b); });
      })
      .Case([&](MinOp) {
        return binary(step, [](auto a, auto b) { return minimum(a, b); });
      })
      .Case([&](PowOp) {
        return dispatchFloat(step.result.getElementType(), [&](auto zero) {
          return mapBinary<decltype(zero)>(
              step, [](auto a, auto b) { return carried::pow(a, b); });
        });
      })
      .Case([&](AndOp) {
        return mapBinary<uint64_t>(step, std::bit_and<uint64_t>());
      })
      .Case([&](OrOp) {
        return mapBinary<uint64_t>(step, std::bit_or<uint64_t>());
      })
      .Case([&](XorOp) {
        return mapBinary<uint64_t>(step, std::bit_xor<uint64_t>());
      })
      .Case([&](CompareOp compareOp) {
        return binary(step,
                      [=, kind = compareOp.getComparison()](auto a, auto b) {
                        return compare(kind, a, b);
                      });
      })
      .Case([&](SelectOp) { return select(step); })
      .Case([&](FmaOp) {
        return mapTernary(
            step, [](float a, float b, float c) { return std::fma(a, b, c); });
      })
      .Case([&](LimitOp) { return mapTernary(step, limit); })
      .Default([&](Operation *) { return computeUnary(op, step); });
}

} // namespace lmcc::graph
