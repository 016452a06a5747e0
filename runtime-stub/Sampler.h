// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//===- Sampler.h - Choosing a token ---------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions. This text
// is carried into generated code; there it may also be used under 0BSD, that
// is, without any condition.
//
//===----------------------------------------------------------------------===//
//
// Weights of tokens are integers, so that sums do not depend on their order and
// cuts are exact. The same seed gives the same tokens on every target.
//
// Cuts are found by bisection over the weights, which takes no memory and no
// sorting.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_SAMPLER_H
#define LMCC_RUNTIME_STUB_SAMPLER_H

namespace lmcc_rt {
namespace {

/// The place of the largest element, the first one of several; NaN is never the
/// largest. `count` is not 0.
inline size_t largest_of(const float *elements, size_t count) {
  size_t largest = 0;
  for (size_t i = 1; i < count; ++i)
    if (elements[i] > elements[largest] ||
        (is_nan(elements[largest]) && !is_nan(elements[i])))
      largest = i;
  return largest;
}

/// Weights of tokens in the memory of their logits.
class TokenWeights {
public:
  /// exp((logit - largest) / temperature), of which the largest is 2^31.
  TokenWeights(float *logits, size_t count, float largest, float temperature)
      : memory(logits), count(count) {
    const float scale = 1.0f / temperature;
    for (size_t i = 0; i < count; ++i) {
      const float weight = exp((memory[i] - largest) * scale);
      set(i, weight > 0.0f ? static_cast<uint32_t>(weight * 0x1p31f) : 0);
    }
  }

  /// Leaves the `most` largest ones, the first ones of equals.
  void keep_largest(size_t most) {
    const uint32_t limit = last_that([&](uint32_t least) {
      size_t found = 0;
      for (size_t i = 0; i < count; ++i)
        found += get(i) >= least ? 1 : 0;
      return found >= most;
    });
    size_t above = 0;
    for (size_t i = 0; i < count; ++i)
      above += get(i) > limit ? 1 : 0;
    size_t left = most > above ? most - above : 0;
    cut(limit, [&](uint32_t) { return left != 0 && left-- != 0; });
  }

  /// Leaves the largest ones that together have `part` of all weight.
  void keep_part(float part) {
    // A fixed-point number, so that the product is exact enough and the same
    // everywhere.
    const uint64_t wanted =
        (total() >> 16) * static_cast<uint64_t>(part * 0x1p24f) >> 8;
    const uint32_t limit =
        last_that([&](uint32_t least) { return sum_from(least) >= wanted; });
    uint64_t sum = limit == 0xffffffffu ? 0 : sum_from(limit + 1);
    cut(limit, [&](uint32_t weight) {
      const bool keeps = sum < wanted;
      sum += weight;
      return keeps;
    });
  }

  uint64_t total() const { return sum_from(1); }

  /// The token in whose weight `place` of the total lies.
  size_t at(uint64_t place) const {
    size_t last = 0;
    for (size_t i = 0; i < count; ++i) {
      const uint32_t weight = get(i);
      if (place < weight)
        return i;
      place -= weight;
      last = weight != 0 ? i : last;
    }
    return last;
  }

private:
  uint32_t get(size_t i) const {
    uint32_t weight = 0;
    __builtin_memcpy(&weight, memory + i, sizeof weight);
    return weight;
  }
  void set(size_t i, uint32_t weight) {
    __builtin_memcpy(memory + i, &weight, sizeof weight);
  }

  uint64_t sum_from(uint32_t least) const {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; ++i)
      sum += get(i) >= least ? get(i) : 0;
    return sum;
  }

  /// The largest weight for which `holds`, which does for all below it; 1 if it
  /// never does.
  template <typename Holds> static uint32_t last_that(Holds holds) {
    uint32_t low = 1, high = 0x80000000u;
    while (low < high) {
      const uint32_t middle = low + (high - low + 1) / 2;
      if (holds(middle))
        low = middle;
      else
        high = middle - 1;
    }
    return low;
  }

  /// Removes weights below `limit`, and those equal to it that `keeps` refuses.
  template <typename Keeps> void cut(uint32_t limit, Keeps keeps) {
    for (size_t i = 0; i < count; ++i) {
      const uint32_t weight = get(i);
      if (weight < limit || (weight == limit && !keeps(weight)))
        set(i, 0);
    }
  }

  float *memory;
  size_t count;
};

/// The next number of a sequence (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
inline uint64_t next_random(uint64_t &state) {
  state += 0x9e3779b97f4a7c15u;
  uint64_t value = state;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

/// A token for `count` logits, which are overwritten. With a temperature of 0
/// it is the likeliest; `top_k` of 0 and `top_p` of 1 or more cut nothing.
inline size_t choose_token(float *logits, size_t count, float temperature,
                           uint32_t top_k, float top_p, uint64_t &random) {
  const size_t likeliest = largest_of(logits, count);
  if (!(temperature > 0.0f) || top_k == 1 || is_nan(logits[likeliest]))
    return likeliest;
  TokenWeights weights(logits, count, logits[likeliest], temperature);
  if (top_k != 0 && top_k < count)
    weights.keep_largest(top_k);
  if (top_p < 1.0f)
    weights.keep_part(top_p > 0.0f ? top_p : 0.0f);
  const uint64_t total = weights.total();
  return total == 0 ? likeliest : weights.at(next_random(random) % total);
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_SAMPLER_H
