//===- CompareTest.cpp - Comparing results with references ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Compare.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace lmcc::verify;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double quietNan = std::numeric_limits<double>::quiet_NaN();

enum : int32_t {
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  int64 = 7,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint64 = 13,
  bfloat16 = 16,
  float8e4m3fn = 17,
  float8e4m3fnuz = 18,
  float8e5m2 = 19,
  float8e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4e2m1 = 23,
  float8e8m0 = 24,
  uint2 = 25,
  int2 = 26,
};

Tensor bytesOf(int32_t type, std::vector<int64_t> dims,
               std::vector<uint8_t> bytes) {
  return {"tensor", type, std::move(dims), std::move(bytes)};
}

/// A rank 1 tensor of whole-byte elements.
template <typename Element>
Tensor vectorOf(int32_t type, std::vector<Element> elements) {
  auto *bytes = reinterpret_cast<const uint8_t *>(elements.data());
  return bytesOf(type, {static_cast<int64_t>(elements.size())},
                 {bytes, bytes + elements.size() * sizeof(Element)});
}

/// The distance of two single elements given by their bits, in one byte.
double distance(int32_t type, uint8_t got, uint8_t want) {
  return compare(bytesOf(type, {1}, {got}), bytesOf(type, {1}, {want}), {})
      .maxAbsolute;
}

TEST(CompareTest, TextOfFloats) {
  Tensor want = vectorOf<float>(float32, {1, 2, 4, -8});
  Tensor got = vectorOf<float>(float32, {1, 2, 4, -8.25f});
  want.dims = got.dims = {1, 2, 2};
  Comparison result = compare(got, want, {});
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.text, "float32[1, 2, 2] max_abs 2.500e-01 max_rel 3.125e-02 "
                         "cos 0.99991331, 1 of 4 out of tolerance");
  EXPECT_EQ(result.elements, 4u);
  EXPECT_EQ(result.outOfTolerance, 1u);
  EXPECT_DOUBLE_EQ(result.maxAbsolute, 0.25);
  EXPECT_DOUBLE_EQ(result.maxRelative, 0.03125);
}

TEST(CompareTest, DefaultToleranceFollowsTheType) {
  auto passes = [](int32_t type, std::vector<uint16_t> got,
                   std::vector<uint16_t> want) {
    return compare(vectorOf(type, got), vectorOf(type, want), {}).passed;
  };
  EXPECT_TRUE(passes(float16, {0x3C20}, {0x3C00}));  // 1 + 1/32
  EXPECT_FALSE(passes(float16, {0x3C40}, {0x3C00})); // 1 + 1/16
  EXPECT_TRUE(passes(bfloat16, {0x3F84}, {0x3F80}));
  EXPECT_FALSE(passes(bfloat16, {0x3F88}, {0x3F80}));
  EXPECT_TRUE(compare(vectorOf<float>(float32, {1.00109f}),
                      vectorOf<float>(float32, {1}), {})
                  .passed);
  EXPECT_FALSE(compare(vectorOf<float>(float32, {1.00111f}),
                       vectorOf<float>(float32, {1}), {})
                   .passed);
  EXPECT_TRUE(compare(bytesOf(float8e4m3fn, {1}, {0x39}),
                      bytesOf(float8e4m3fn, {1}, {0x38}), {})
                  .passed); // 1.125 is within 0.1 + 0.1 of 1
}

TEST(CompareTest, GivenToleranceReplacesOnlyItsPart) {
  Tensor want = vectorOf<double>(float64, {0});
  Tensor got = vectorOf<double>(float64, {9e-5});
  Tolerance tolerance;
  tolerance.relative = 0;
  EXPECT_TRUE(compare(got, want, tolerance).passed);
  tolerance.absolute = 0;
  EXPECT_FALSE(compare(got, want, tolerance).passed);
  EXPECT_TRUE(compare(want, want, tolerance).passed);
}

TEST(CompareTest, SpecialValues) {
  auto misses = [](double got, double want) {
    return compare(vectorOf<double>(float64, {got, 1}),
                   vectorOf<double>(float64, {want, 1}), {})
        .outOfTolerance;
  };
  EXPECT_EQ(misses(quietNan, quietNan), 0u);
  EXPECT_EQ(misses(infinity, infinity), 0u);
  EXPECT_EQ(misses(-infinity, -infinity), 0u);
  EXPECT_EQ(misses(infinity, -infinity), 1u);
  EXPECT_EQ(misses(quietNan, infinity), 1u);
  EXPECT_EQ(misses(quietNan, 0), 1u);
  EXPECT_EQ(misses(0, quietNan), 1u);
  EXPECT_EQ(misses(infinity, 1e300), 1u);

  // They count for nothing but the number of misses.
  Comparison result = compare(vectorOf<double>(float64, {quietNan, 1}),
                              vectorOf<double>(float64, {infinity, 1}), {});
  EXPECT_EQ(result.text, "float64[2] max_abs 0.000e+00 max_rel 0.000e+00 cos "
                         "1.00000000, 1 of 2 out of tolerance");
}

TEST(CompareTest, CosineAloneReplacesTheElements) {
  Tensor want = vectorOf<float>(float32, {1, 0, 2});
  Tensor twice = vectorOf<float>(float32, {2, 0, 4});
  Tolerance tolerance;
  tolerance.cosine = 0.999;
  Comparison result = compare(twice, want, tolerance);
  EXPECT_TRUE(result.passed);
  EXPECT_EQ(result.outOfTolerance, 2u);
  tolerance.relative = 1e-3;
  EXPECT_FALSE(compare(twice, want, tolerance).passed);
  tolerance.relative = 1;
  EXPECT_TRUE(compare(twice, want, tolerance).passed);
}

TEST(CompareTest, CosineDoesNotExcuseNan) {
  Tolerance tolerance;
  tolerance.cosine = 0.5;
  EXPECT_FALSE(compare(vectorOf<double>(float64, {1, quietNan}),
                       vectorOf<double>(float64, {1, 2}), tolerance)
                   .passed);
}

TEST(CompareTest, CosineOfZeros) {
  Tensor zero = vectorOf<float>(float32, {0, 0});
  EXPECT_EQ(compare(zero, zero, {}).cosine, 1);
  EXPECT_EQ(compare(vectorOf<float>(float32, {1, 0}), zero, {}).cosine, 0);
}

TEST(CompareTest, IntegersDifferByTheSlack) {
  Tensor want = vectorOf<int8_t>(int8, {-128, 0, 127});
  Tensor got = vectorOf<int8_t>(int8, {127, 1, 127});
  Tolerance tolerance;
  tolerance.integerSlack = 254;
  Comparison result = compare(got, want, tolerance);
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.text, "int8[3] max_abs 255, 2 of 3 differ");
  EXPECT_EQ(result.outOfTolerance, 1u);
  tolerance.integerSlack = 255;
  EXPECT_TRUE(compare(got, want, tolerance).passed);
  // Float tolerances mean nothing for integers.
  tolerance = {};
  tolerance.absolute = 1000;
  EXPECT_FALSE(compare(got, want, tolerance).passed);
}

TEST(CompareTest, WidestIntegersDoNotWrap) {
  EXPECT_EQ(compare(vectorOf<int64_t>(int64, {INT64_MIN}),
                    vectorOf<int64_t>(int64, {INT64_MAX}), {})
                .text,
            "int64[1] max_abs 18446744073709551615, 1 of 1 differ");
  EXPECT_EQ(compare(vectorOf<uint64_t>(uint64, {UINT64_MAX}),
                    vectorOf<uint64_t>(uint64, {1}), {})
                .text,
            "uint64[1] max_abs 18446744073709551614, 1 of 1 differ");
  EXPECT_EQ(distance(uint8, 0, 255), 255);
}

TEST(CompareTest, AnyByteButZeroIsTrue) {
  EXPECT_EQ(distance(boolean, 2, 1), 0);
  EXPECT_EQ(distance(boolean, 2, 0), 1);
}

TEST(CompareTest, PackedIntegers) {
  // The first element is in the lowest bits; the last nibble is padding.
  EXPECT_EQ(compare(bytesOf(int4, {3}, {0x8F, 0xF7}),
                    bytesOf(int4, {3}, {0x70, 0x07}), {})
                .text,
            "int4[3] max_abs 15, 2 of 3 differ");
  EXPECT_EQ(distance(uint4, 0x0F, 0x00), 15);
  EXPECT_EQ(
      compare(bytesOf(uint4, {2}, {0x0F}), bytesOf(uint4, {2}, {0}), {}).text,
      "uint4[2] max_abs 15, 1 of 2 differ");
  EXPECT_EQ(
      compare(bytesOf(int2, {4}, {0b01'11'10'00}), bytesOf(int2, {4}, {0}), {})
          .text,
      "int2[4] max_abs 2, 3 of 4 differ");
  EXPECT_EQ(compare(bytesOf(uint2, {3}, {0b01'11'10'00}),
                    bytesOf(uint2, {3}, {0}), {})
                .text,
            "uint2[3] max_abs 3, 2 of 3 differ");
}

TEST(CompareTest, NarrowFloats) {
  EXPECT_EQ(distance(float8e4m3fn, 0x7E, 0), 448);
  EXPECT_EQ(distance(float8e4m3fn, 0x01, 0), std::ldexp(1, -9));
  EXPECT_EQ(distance(float8e4m3fnuz, 0x7F, 0), 240);
  EXPECT_EQ(distance(float8e5m2, 0x7B, 0), 57344);
  EXPECT_EQ(distance(float8e5m2fnuz, 0x7F, 0), 57344);
  EXPECT_EQ(distance(float8e8m0, 0x80, 0x7F), 1);
  EXPECT_EQ(distance(float8e8m0, 0xFE, 0), std::ldexp(1, 127));
  EXPECT_EQ(distance(float4e2m1, 0x07, 0), 6);
  EXPECT_EQ(distance(float4e2m1, 0x0F, 0x07), 12);

  auto agree = [](int32_t type, uint8_t got, uint8_t want) {
    return compare(bytesOf(type, {1}, {got}), bytesOf(type, {1}, {want}), {})
        .passed;
  };
  EXPECT_TRUE(agree(float8e4m3fn, 0x7F, 0xFF)); // NaN
  EXPECT_FALSE(agree(float8e4m3fnuz, 0x80, 0)); // NaN, no negative zero
  EXPECT_FALSE(agree(float8e5m2, 0x7C, 0xFC));  // infinities
  EXPECT_TRUE(agree(float8e5m2, 0x7D, 0xFE));
  EXPECT_FALSE(agree(float8e8m0, 0xFF, 0xFE));
}

TEST(CompareTest, TypeAndShapeMustAgree) {
  Tensor want = vectorOf<float>(float32, {1, 2});
  Tensor other = want;
  other.dims = {1, 2};
  EXPECT_FALSE(compare(other, want, {}).passed);
  EXPECT_EQ(compare(other, want, {}).text, "shape [1, 2], want [2]");
  other = vectorOf<int64_t>(int64, {1, 2});
  EXPECT_FALSE(compare(other, want, {}).passed);
  EXPECT_EQ(compare(other, want, {}).text, "element type int64, want float32");
}

TEST(CompareTest, EmptyTensorsPass) {
  Tensor empty = bytesOf(float32, {1, 0, INT64_MAX}, {});
  Comparison result = compare(empty, empty, {});
  EXPECT_TRUE(result.passed);
  EXPECT_EQ(result.text, "float32[1, 0, 9223372036854775807] empty");
}

TEST(CompareTest, UnreadableTensorsFail) {
  Tensor want = vectorOf<float>(float32, {1, 2});
  Tensor shorter = want;
  shorter.bytes.pop_back();
  Comparison result = compare(shorter, want, {});
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.text,
            "unreadable: float32[2] takes 8 bytes, but there are 7");
  Tensor complex = bytesOf(14, {1}, std::vector<uint8_t>(8));
  EXPECT_FALSE(compare(complex, complex, {}).passed);
  Tensor huge = bytesOf(float32, {INT64_MAX, 2}, {});
  EXPECT_EQ(compare(huge, huge, {}).text,
            "unreadable: shape [9223372036854775807, 2] has more elements than "
            "63 bits count");
  Tensor negative = bytesOf(float32, {0, -1}, {});
  EXPECT_EQ(compare(negative, negative, {}).text,
            "unreadable: shape [0, -1] has a negative axis");
}

} // namespace
