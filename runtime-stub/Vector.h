//===- Vector.h - What all vector families share --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// Vectors are those of the GCC vector extension: + - * / & | ^ << >>, unary
// minus and comparisons are written as operators. A family part names the
// widths its machine has and adds what is an instruction there.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_VECTOR_H
#define LMCC_RUNTIME_STUB_VECTOR_H

namespace lmcc_rt {
namespace {

template <typename Element, int count> struct VectorType {
  typedef Element Type __attribute__((vector_size(sizeof(Element) * count)));
  /// The same in memory: anywhere an element may lie, whatever was there.
  typedef Element InMemory __attribute__((vector_size(sizeof(Element) * count),
                                          aligned(sizeof(Element)), may_alias));
};

template <typename Element, int count>
using Vector = typename VectorType<Element, count>::Type;

template <typename Element, int count>
using VectorInMemory = typename VectorType<Element, count>::InMemory;

/// How many lanes V has; all lanes are 32 bits wide.
template <typename V>
constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(float));

using f32x2 = Vector<float, 2>;
using f32x4 = Vector<float, 4>;
using i32x2 = Vector<int32_t, 2>;
using i32x4 = Vector<int32_t, 4>;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

template <typename V, typename Element> inline V load(const Element *p) {
  return *reinterpret_cast<const VectorInMemory<Element, lanes<V>> *>(p);
}

/// Writes `v` to `p`, which needs the alignment of one element only.
template <typename V, typename Element> inline void store(Element *p, V v) {
  *reinterpret_cast<VectorInMemory<Element, lanes<V>> *>(p) = v;
}

template <typename Mask> inline Mask load_bool(const uint8_t *p) {
  Vector<uint8_t, lanes<Mask>> bytes =
      *reinterpret_cast<const VectorInMemory<uint8_t, lanes<Mask>> *>(p);
  return __builtin_convertvector(bytes, Mask) != 0;
}

/// Writes one byte per lane, 0 or 1.
template <typename Mask> inline void store_bool(uint8_t *p, Mask mask) {
  *reinterpret_cast<VectorInMemory<uint8_t, lanes<Mask>> *>(p) =
      __builtin_convertvector(mask & 1, Vector<uint8_t, lanes<Mask>>);
}

/// Four bytes as they lie in memory, as one word. Families load and store bytes
/// by instructions: GCC converts vectors of bytes lane by lane.
inline int32_t load_word(const int8_t *p) {
  int32_t word = 0;
  __builtin_memcpy(&word, p, sizeof word);
  return word;
}
inline void store_word(int8_t *p, int32_t word) {
  __builtin_memcpy(p, &word, sizeof word);
}

template <typename V> inline V load_bytes(const int8_t *p) {
  Vector<int8_t, lanes<V>> bytes =
      *reinterpret_cast<const VectorInMemory<int8_t, lanes<V>> *>(p);
  return __builtin_convertvector(bytes, V);
}

template <typename V> inline V load_unsigned_bytes(const int8_t *p) {
  Vector<uint8_t, lanes<V>> bytes =
      *reinterpret_cast<const VectorInMemory<uint8_t, lanes<V>> *>(p);
  return __builtin_convertvector(bytes, V);
}

/// As from_half does.
template <typename V> inline V load_halves(const int16_t *p) {
  using I = Vector<int32_t, lanes<V>>;
  Vector<int16_t, lanes<V>> halves =
      *reinterpret_cast<const VectorInMemory<int16_t, lanes<V>> *>(p);
  I patterns = __builtin_convertvector(halves, I);
  I magnitudes = (patterns & 0x7fff) << 13;
  I values = reinterpret_cast<I>(reinterpret_cast<V>(magnitudes) * 0x1p112f);
  I special = (patterns & 0x7fff) >= 0x7c00;
  I result = special ? magnitudes | 0x7f800000 : values;
  constexpr int32_t sign = -0x7fffffff - 1;
  return reinterpret_cast<V>(result | (patterns & sign));
}

/// Writes the low byte of every lane.
template <typename V> inline void store_bytes(int8_t *p, V v) {
  *reinterpret_cast<VectorInMemory<int8_t, lanes<V>> *>(p) =
      __builtin_convertvector(v, Vector<int8_t, lanes<V>>);
}
/// The same for four vectors, one behind the other.
template <typename V> inline void store_bytes(int8_t *p, V a, V b, V c, V d) {
  store_bytes(p, a);
  store_bytes(p + lanes<V>, b);
  store_bytes(p + 2 * lanes<V>, c);
  store_bytes(p + 3 * lanes<V>, d);
}

//===----------------------------------------------------------------------===//
// Making and taking apart
//===----------------------------------------------------------------------===//

template <typename V, typename Element> inline V splat(Element x) {
  return x - V{}; // x + V{} would turn -0 into +0.
}

/// The bit patterns of `v`.
template <typename V> inline Vector<int32_t, lanes<V>> bits(V v) {
  return reinterpret_cast<Vector<int32_t, lanes<V>>>(v);
}

/// The floats with the bit patterns `patterns`.
template <typename V> inline Vector<float, lanes<V>> from_bits(V patterns) {
  return reinterpret_cast<Vector<float, lanes<V>>>(patterns);
}

/// Lane `index` of `v`, as a scalar.
template <int index, typename V> inline auto lane(V v) {
  if constexpr (lanes<V> == 1)
    return v;
  else
    return v[index];
}

/// The first half of the lanes; of two lanes, lane 0 as a scalar.
template <typename V> inline auto low_half(V v) {
  if constexpr (lanes<V> == 2)
    return v[0];
  else if constexpr (lanes<V> == 4)
    return __builtin_shufflevector(v, v, 0, 1);
  else if constexpr (lanes<V> == 8)
    return __builtin_shufflevector(v, v, 0, 1, 2, 3);
  else
    return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// The second half of the lanes; of two lanes, lane 1 as a scalar.
template <typename V> inline auto high_half(V v) {
  if constexpr (lanes<V> == 2)
    return v[1];
  else if constexpr (lanes<V> == 4)
    return __builtin_shufflevector(v, v, 2, 3);
  else if constexpr (lanes<V> == 8)
    return __builtin_shufflevector(v, v, 4, 5, 6, 7);
  else
    return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
}

/// Lanes `from` of `a` and, counted on behind its last one, of `b`.
template <int... from, typename V> inline V shuffle(V a, V b) {
  return __builtin_shufflevector(a, b, from...);
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Lane by lane `a` where `mask` is set, else `b`.
template <typename Mask, typename V> inline V select(Mask mask, V a, V b) {
  return mask ? a : b;
}

template <typename Mask> inline Mask both(Mask a, Mask b) { return a & b; }
template <typename Mask> inline Mask either(Mask a, Mask b) { return a | b; }

//===----------------------------------------------------------------------===//
// Integers. Signed overflow of a vector is undefined, hence the detour.
//===----------------------------------------------------------------------===//

template <typename V> using Unsigned = Vector<uint32_t, lanes<V>>;

template <typename V> inline V wrap_add(V a, V b) {
  return reinterpret_cast<V>(reinterpret_cast<Unsigned<V>>(a) +
                             reinterpret_cast<Unsigned<V>>(b));
}

template <typename V> inline V wrap_sub(V a, V b) {
  return reinterpret_cast<V>(reinterpret_cast<Unsigned<V>>(a) -
                             reinterpret_cast<Unsigned<V>>(b));
}

template <typename V> inline V wrap_mul(V a, V b) {
  return reinterpret_cast<V>(reinterpret_cast<Unsigned<V>>(a) *
                             reinterpret_cast<Unsigned<V>>(b));
}

/// `a` shifted by `count` bits, 0 to 31, towards the sign, which it may leave.
template <typename V> inline V shift_left(V a, int32_t count) {
  return reinterpret_cast<V>(reinterpret_cast<Unsigned<V>>(a)
                             << static_cast<uint32_t>(count));
}

template <typename V> inline V iota(int32_t first) {
  V steps;
  if constexpr (lanes<V> == 2)
    steps = V{0, 1};
  else if constexpr (lanes<V> == 4)
    steps = V{0, 1, 2, 3};
  else if constexpr (lanes<V> == 8)
    steps = V{0, 1, 2, 3, 4, 5, 6, 7};
  else
    steps = V{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return wrap_add(splat<V>(first), steps);
}

/// Byte `index` of every word, as a signed integer.
template <int index, typename V> inline V signed_byte(V words) {
  return shift_left(words, 24 - 8 * index) >> 24;
}

/// Byte `index` of every word, as an unsigned integer.
template <int index, typename V> inline V unsigned_byte(V words) {
  return (words >> 8 * index) & 0xff;
}

template <typename V> inline V dot4_full(V sum, V columns, V rows) {
  return wrap_add(sum, signed_byte<0>(columns) * signed_byte<0>(rows) +
                           signed_byte<1>(columns) * signed_byte<1>(rows) +
                           signed_byte<2>(columns) * signed_byte<2>(rows) +
                           signed_byte<3>(columns) * signed_byte<3>(rows));
}

template <typename V> inline V dot4(V sum, V columns, V rows) {
  return dot4_full(sum, columns, rows);
}

template <typename V> inline V dot4_unsigned(V sum, V columns, V rows) {
  return wrap_add(sum, signed_byte<0>(columns) * unsigned_byte<0>(rows) +
                           signed_byte<1>(columns) * unsigned_byte<1>(rows) +
                           signed_byte<2>(columns) * unsigned_byte<2>(rows) +
                           signed_byte<3>(columns) * unsigned_byte<3>(rows));
}

template <typename V> inline V dot4_small(V sum, V columns, V rows) {
  return dot4_unsigned(sum, columns, rows);
}

template <typename V>
inline V dot8(V sum, V columns, V rows, V more_columns, V more_rows) {
  return dot4(dot4(sum, columns, rows), more_columns, more_rows);
}

template <typename V>
inline V dot8_small(V sum, V columns, V rows, V more_columns, V more_rows) {
  return dot4_small(dot4_small(sum, columns, rows), more_columns, more_rows);
}

template <typename V> inline V dot_lanes(V sum, V columns, V rows) {
  return dot4(sum, columns, rows);
}

template <typename V> inline V low_nibbles(V words) {
  return words & 0x0f0f0f0f;
}
template <typename V> inline V high_nibbles(V words) {
  return (words >> 4) & 0x0f0f0f0f;
}

/// dot4 with lane `index` of `rows` in every lane.
template <int index, typename V, typename Rows>
inline V dot4_lane(V sum, V columns, Rows rows) {
  return dot4(sum, columns, splat<V>(lane<index>(rows)));
}

template <int index, typename V, typename Rows>
inline V dot4_unsigned_lane(V sum, V columns, Rows rows) {
  return dot4_unsigned(sum, columns, splat<V>(lane<index>(rows)));
}

template <int index, typename V, typename Rows>
inline V dot4_small_lane(V sum, V columns, Rows rows) {
  return dot4_small(sum, columns, splat<V>(lane<index>(rows)));
}

template <int index, typename V, typename Rows>
inline V dot4_full_lane(V sum, V columns, Rows rows) {
  return dot4_full(sum, columns, splat<V>(lane<index>(rows)));
}

/// Nearest float, half to even.
template <typename V> inline Vector<float, lanes<V>> to_f32(V v) {
  return __builtin_convertvector(v, Vector<float, lanes<V>>);
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_VECTOR_H
