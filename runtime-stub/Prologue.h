// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//===- Prologue.h - What the carried code asks of compiler and machine ----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions. This text
// is carried into generated code; there it may also be used under 0BSD, that
// is, without any condition.
//
//===----------------------------------------------------------------------===//
//
// This part is lmcc_base.h, which is enough for a schedule and entry points.
// lmcc_rt.h includes it; the rest of that is the concatenation of these:
//
//   generic-c++      Generic Scalar Math
//   armv8-a          Vector Neon NeonWiden Scalar Math
//   armv8.2-dotprod  Vector Neon NeonDotprod Scalar Math
//   x86-64-v3        Vector X86Avx2 Scalar Math
//   x86-64-v4        Vector X86Avx2 X86Avx512 Scalar Math
//   x86-64-v4-vnni   Vector X86Avx2 X86Avx512 X86Vnni Scalar Math
//
// Sampler follows where a decoder is asked to choose tokens.
//
// Every function gives the same bits on every target, at every vector width,
// with every compiler; only the payload and the sign of a NaN are free.
// Nothing here calls a library. All names have internal linkage, so two models
// for two targets link into one program.
//
// Use the names qualified, by using-declaration or from inside the namespace.
// After a using-directive, abs(float) and the like of a C++ library, should one
// be included, are better matches than the templates here.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_PROLOGUE_H
#define LMCC_RUNTIME_STUB_PROLOGUE_H

// A fused multiply-add where the text says multiply and add would change the
// last bit. The pragma holds for everything below and has to come before the
// header of the intrinsics, or GCC would not inline those. GCC also fuses where
// its vectoriser finds differences and sums of products in turns (vfmaddsub),
// whatever the contraction; the text has the vectors it wants.
#if defined(__clang__)
#pragma clang fp contract(off)
#else
#pragma GCC optimize("fp-contract=off", "no-tree-vectorize")
#endif

#include <stddef.h>
#include <stdint.h>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) ||                 \
    defined(__RECIPROCAL_MATH__) ||                                            \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "needs IEEE arithmetic: compile without -ffast-math, -Ofast and the like"
#endif
#if !defined(__FLT_EVAL_METHOD__) || __FLT_EVAL_METHOD__ != 0
#error "needs float evaluated as float: on 32-bit x86 use -msse2 -mfpmath=sse"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define LMCC_RUNTIME_POISONS_SLOTS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LMCC_RUNTIME_POISONS_SLOTS 1
#endif
#endif
#if !defined(LMCC_RUNTIME_POISONS_SLOTS)
#define LMCC_RUNTIME_POISONS_SLOTS 0
#endif
#if LMCC_RUNTIME_POISONS_SLOTS
extern "C" void __asan_poison_memory_region(const volatile void *, size_t);
extern "C" void __asan_unpoison_memory_region(const volatile void *, size_t);
#endif

namespace lmcc_rt {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "weights and caches are stored little-endian");
static_assert(sizeof(float) == 4 && __FLT_MANT_DIG__ == 24,
              "float must be the IEEE 32-bit format");
static_assert(sizeof(double) == 8 && __DBL_MANT_DIG__ == 53,
              "double must be the IEEE 64-bit format");

//===----------------------------------------------------------------------===//
// Vocabulary. V is a vector such as f32x8 or i32x8, or its one-lane form float
// or int32_t. Comparing vectors gives a mask, an integer vector whose lanes
// are 0 or -1; comparing scalars gives a bool.
//===----------------------------------------------------------------------===//

/// Reads one V from `p`, which needs the alignment of one element only.
template <typename V, typename Element> V load(const Element *p);

/// Reads one byte per lane, 0 for false and anything else for true, as a mask;
/// the one-lane form is load_bool<bool>.
template <typename Mask> Mask load_bool(const uint8_t *p);

/// Reads one signed or unsigned byte per lane, as integers.
template <typename V> V load_bytes(const int8_t *p);
template <typename V> V load_unsigned_bytes(const int8_t *p);

/// Reads one float16 per lane, as its bits, as floats.
template <typename V> V load_halves(const int16_t *p);

/// `x` in every lane.
template <typename V, typename Element> V splat(Element x);

/// `first`, `first` + 1, ... in rising lanes; wraps.
template <typename V> V iota(int32_t first);

/// The words of four bytes at `bytes`, which is aligned to 4. The first byte is
/// in the lowest bits of its word.
inline const int32_t *words(const int8_t *bytes) {
  return static_cast<const int32_t *>(__builtin_assume_aligned(bytes, 4));
}

/// In every lane, `sum` and the four products of bytes of `columns` and `rows`,
/// of words in both; wraps. Bytes are signed, in the second one those of `rows`
/// are unsigned. A byte of `columns` is never -128 in the first one. In the
/// third one those of `rows` are unsigned and at most 128; the last one is the
/// first for any bytes.
template <typename V> V dot4(V sum, V columns, V rows);
template <typename V> V dot4_unsigned(V sum, V columns, V rows);
template <typename V> V dot4_small(V sum, V columns, V rows);
template <typename V> V dot4_full(V sum, V columns, V rows);

/// dot4 or dot4_small of two words of columns and rows. Products of the bytes t
/// and t + 1 of both words, for t = 0 and t = 2, have to add up in 16 bits.
template <typename V>
V dot8(V sum, V columns, V rows, V more_columns, V more_rows);
template <typename V>
V dot8_small(V sum, V columns, V rows, V more_columns, V more_rows);

/// Adds all the products that dot4 adds, each to any of the lanes: what counts
/// is the sum of all lanes.
template <typename V> V dot_lanes(V sum, V columns, V rows);

/// The lower and the upper half of each byte, as bytes.
template <typename V> V low_nibbles(V words);
template <typename V> V high_nibbles(V words);

/// How a float becomes an integral float. The values are those of the rounding
/// field of x86 instructions.
enum class Rounding { ToEven = 0, Down = 1, Up = 2, ToZero = 3 };

/// The bit pattern of `x`.
inline int32_t bits(float x) {
  int32_t pattern = 0;
  __builtin_memcpy(&pattern, &x, sizeof pattern);
  return pattern;
}

/// The float with the bit pattern `pattern`.
inline float from_bits(int32_t pattern) {
  float x = 0;
  __builtin_memcpy(&x, &pattern, sizeof x);
  return x;
}

/// The float16 with the bit pattern `pattern`. Where its exponent stands in
/// that of a float, the value is 2^-112 of its own, a denormal's as well.
inline float from_half(int16_t pattern) {
  constexpr int32_t infinity = 0x7c00;
  int32_t magnitude = pattern & 0x7fff;
  float value = from_bits(magnitude << 13) * 0x1p112f;
  if (magnitude >= infinity)
    value = from_bits(magnitude << 13 | 0x7f800000);
  return pattern < 0 ? -value : value;
}

/// Asks for the cache line at `p` to be brought into the second cache; never
/// faults.
inline void prefetch(const void *p) { __builtin_prefetch(p, 0, 2); }

//===----------------------------------------------------------------------===//
// Self-check
//===----------------------------------------------------------------------===//

/// What environment_probe can find wrong.
enum ProbeFinding : int32_t {
  ProbeContraction = 1,  ///< a * b + c was fused
  ProbeFlushResults = 2, ///< denormal results become zero
  ProbeFlushInputs = 4,  ///< denormal operands count as zero
  ProbeRounding = 8,     ///< sums do not round half to even
};

/// Whether the machine, as the caller set it up, computes as promised: 0, or
/// the findings. A program linked with -Ofast flushes denormals, for instance.
/// The operands are volatile, so the compiler cannot answer for the machine.
inline int32_t environment_probe() {
  int32_t findings = 0;

  // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24, and only a fused operation can see the
  // last term: rounding the product makes it 0 or, upwards, 2^-23.
  volatile float nearOne = 1.000244140625f;
  float x = nearOne;
  if (x * x - 1.00048828125f == 0x1p-24f)
    findings |= ProbeContraction;

  volatile float smallestNormal = 0x1p-126f;
  volatile float half = 0.5f;
  volatile float halved = smallestNormal * half;
  // Looked at as bits: a compare might itself flush its operand.
  if (bits(halved) != 0x00400000)
    findings |= ProbeFlushResults;

  volatile float smallestDenormal = from_bits(1);
  volatile float large = 0x1p30f;
  volatile float raised = smallestDenormal * large;
  if (raised != 0x1p-119f)
    findings |= ProbeFlushInputs;

  // Three ties, two of them to be rounded towards zero and one away from it.
  volatile float one = 1.0f;
  volatile float minusOne = -1.0f;
  volatile float afterOne = 1.00000011920928955f;
  volatile float tie = 0x1p-24f;
  volatile float below = one + tie;
  volatile float above = minusOne - tie;
  volatile float next = afterOne + tie;
  if (below != 1.0f || above != -1.0f || next != 1.0000002384185791f)
    findings |= ProbeRounding;
  return findings;
}

//===----------------------------------------------------------------------===//
// Arena slots
//===----------------------------------------------------------------------===//

// Under an address sanitizer, memory of the arena can be touched only while it
// belongs to a slot. Otherwise these functions are empty.
#if LMCC_RUNTIME_POISONS_SLOTS
inline void slot_begins(const void *p, size_t bytes) {
  __asan_unpoison_memory_region(p, bytes);
}
inline void slot_ends(const void *p, size_t bytes) {
  __asan_poison_memory_region(p, bytes);
}
#else
inline void slot_begins(const void *, size_t) {}
inline void slot_ends(const void *, size_t) {}
#endif
inline void arena_begins(const void *p, size_t bytes) { slot_ends(p, bytes); }
inline void arena_ends(const void *p, size_t bytes) { slot_begins(p, bytes); }

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_PROLOGUE_H
