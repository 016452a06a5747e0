//===- StepOrder.cpp - The steps of panels in pairs -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of weights that are spread as those of networks are, about half of all steps
// or more fit a given one, so that a greedy search pairs nearly all: the heaviest
// step that is left takes the lightest that fits it.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/QuantizedWeights.h"
#include "dialects/Graph/Graph.h"

#include <numeric>

using namespace mlir;

namespace lmcc::graph {

namespace {

/// Pairs the steps of one panel.
class StepPairs {
public:
  StepPairs(const int8_t *panel, int64_t steps, int64_t width)
      : halves(2 * width), sums(steps * halves), peaks(steps) {
    for (int64_t half = 0; half < steps * halves; ++half)
      sums[half] = largest(panel[2 * half]) + largest(panel[2 * half + 1]);
    for (int64_t step = 0; step < steps; ++step) {
      auto first = sums.begin() + step * halves;
      peaks[step] = *std::max_element(first, first + halves);
    }
  }

  /// The order, behind the number of pairs.
  void write(int16_t *result) {
    std::vector<int64_t> left(peaks.size()), alone;
    std::iota(left.begin(), left.end(), 0);
    llvm::sort(left, [&](int64_t a, int64_t b) {
      return std::pair(peaks[a], a) < std::pair(peaks[b], b);
    });
    int16_t *next = result + 1;
    for (auto lightest = left.begin(); lightest != left.end();) {
      int64_t heaviest = left.back();
      left.pop_back();
      auto tried =
          lightest + std::min<int64_t>(left.end() - lightest, mostTried);
      auto partner = std::find_if(
          lightest, tried, [&](int64_t step) { return fit(heaviest, step); });
      if (partner == tried) {
        alone.push_back(heaviest);
        continue;
      }
      *next++ = static_cast<int16_t>(heaviest);
      *next++ = static_cast<int16_t>(*partner);
      // Those in front of it move up: there are few.
      std::move_backward(lightest, partner, partner + 1);
      ++lightest;
    }
    *result = static_cast<int16_t>((next - result) / 2);
    std::copy(alone.begin(), alone.end(), next);
  }

private:
  /// The larger magnitude of `weight` and -weight - 1.
  static int16_t largest(int16_t weight) {
    return std::max<int16_t>(-weight, weight + 1);
  }

  bool fit(int64_t a, int64_t b) const {
    // Numbers of rows have magnitudes up to 128, and 256 * 128 is 2^15.
    constexpr int16_t limit = 255;
    const int16_t *first = &sums[a * halves], *second = &sums[b * halves];
    int16_t most = 0;
    for (int64_t half = 0; half < halves; ++half)
      most = std::max<int16_t>(most, first[half] + second[half]);
    return most <= limit;
  }

  /// Partners that are tried, so that time grows with the steps alone.
  static constexpr int64_t mostTried = 64;
  /// Of the words of a step.
  int64_t halves;
  /// Of each half of all steps, the sum over its two bytes.
  std::vector<int16_t> sums;
  /// The largest of a step.
  std::vector<int16_t> peaks;
};

} // namespace

FailureOr<HostTensor> compute(weight::PairStepsOp op,
                              const HostTensor &panels) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto type = cast<RankedTensorType>(op.getType());
  std::optional<HostTensor> result =
      HostTensor::allocate(type.getElementType(), type.getShape());
  if (!result)
    return op.emitError() << "no memory for a tensor of type " << type;
  int64_t steps = input.getDimSize(1), width = input.getDimSize(2);
  auto *bytes = reinterpret_cast<const int8_t *>(panels.bytes().data());
  auto *order = reinterpret_cast<int16_t *>(result->mutableBytes());
  for (int64_t panel = 0; panel < input.getDimSize(0); ++panel)
    StepPairs(bytes + panel * steps * width * wordBytes, steps, width)
        .write(order + panel * (1 + steps));
  return *result;
}

FailureOr<HostTensor> compute(weight::OrderStepsOp op, const HostTensor &panels,
                              const HostTensor &order) {
  auto type = cast<RankedTensorType>(op.getType());
  std::optional<HostTensor> result =
      HostTensor::allocate(type.getElementType(), type.getShape());
  if (!result)
    return op.emitError() << "no memory for a tensor of type " << type;
  int64_t steps = type.getDimSize(1);
  int64_t bytes = type.getDimSize(2) * wordBytes;
  auto *places = reinterpret_cast<const int16_t *>(order.bytes().data());
  uint8_t *to = result->mutableBytes();
  for (int64_t panel = 0; panel < type.getDimSize(0); ++panel) {
    const uint8_t *from = panels.bytes().data() + panel * steps * bytes;
    const int16_t *ofPanel = places + panel * (1 + steps) + 1;
    for (int64_t step = 0; step < steps; ++step, to += bytes) {
      if (ofPanel[step] < 0 || ofPanel[step] >= steps)
        return op.emitError()
               << "takes step " << ofPanel[step] << " of " << steps << " steps";
      std::memcpy(to, from + ofPanel[step] * bytes, bytes);
    }
  }
  return *result;
}

} // namespace lmcc::graph
