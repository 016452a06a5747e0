//===- ElementwiseTest.cpp - Operations on each element -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include "dialects/Graph/Evaluate/Elements.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

namespace lmcc::graph {
namespace {

/// f32 bit patterns: infinity, its negative, NaN.
const std::string inf = "0x7F800000", minusInf = "0xFF800000",
                  nan = "0x7FC00000";

class ElementwiseTest : public Evaluation {
protected:
  /// `graph.<name>` on the elements of a vector.
  std::string unary(const std::string &name, const std::string &elements,
                    const std::string &type) {
    return compute("graph." + name + " %0 : " + type,
                   {"dense<" + elements + "> : " + type});
  }
  std::string binary(const std::string &name, const std::string &a,
                     const std::string &b, const std::string &type) {
    return compute(
        "graph." + name + " %0, %1 : " + type + ", " + type + " -> " + type,
        {"dense<" + a + "> : " + type, "dense<" + b + "> : " + type});
  }
  std::string vector(const std::string &elements, const std::string &type) {
    return value("dense<" + elements + "> : " + type);
  }
  std::string cast(const std::string &elements, const std::string &from,
                   const std::string &to) {
    return compute("graph.cast %0 : " + from + " -> " + to,
                   {"dense<" + elements + "> : " + from});
  }
  /// An operation on one f32 number `%0`.
  double number(const std::string &op, float x) {
    auto module = parse("func.func @test(%0: tensor<f32>) {\n"
                        "%1 = graph." +
                        op + " : tensor<f32>\nreturn\n}");
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    HostTensor input =
        *HostTensor::allocate(mlir::Float32Type::get(&context), {});
    input.mutableData<float>()[0] = x;
    return evaluate(&function.getBody().front().front(), {input}, {})
        ->data<float>()[0];
  }
};

TEST_F(ElementwiseTest, SignsOfFloats) {
  const std::string type = "tensor<5xf32>";
  std::string x = "[-2.5, 0.0, 3.0, " + minusInf + ", " + nan + "]";
  EXPECT_EQ(unary("abs", x, type),
            vector("[2.5, 0.0, 3.0, " + inf + ", " + nan + "]", type));
  EXPECT_EQ(unary("neg", x, type),
            vector("[2.5, -0.0, -3.0, " + inf + ", 0xFFC00000]", type));
  EXPECT_EQ(unary("sign", x, type),
            vector("[-1.0, 0.0, 1.0, -1.0, " + nan + "]", type));
}

TEST_F(ElementwiseTest, SignsOfIntegersWrap) {
  EXPECT_EQ(unary("abs", "[-128, -5, 7]", "tensor<3xi8>"),
            vector("[-128, 5, 7]", "tensor<3xi8>"));
  EXPECT_EQ(unary("neg", "[-9223372036854775808, 5]", "tensor<2xi64>"),
            vector("[-9223372036854775808, -5]", "tensor<2xi64>"));
  EXPECT_EQ(unary("neg", "[1, 0]", "tensor<2xui8>"),
            vector("[255, 0]", "tensor<2xui8>"));
  EXPECT_EQ(unary("sign", "[-3, 0, 9]", "tensor<3xi32>"),
            vector("[-1, 0, 1]", "tensor<3xi32>"));
}

TEST_F(ElementwiseTest, Rounding) {
  const std::string type = "tensor<5xf32>";
  std::string x = "[-2.5, 2.5, 3.5, -0.25, " + inf + "]";
  EXPECT_EQ(unary("floor", x, type),
            vector("[-3.0, 2.0, 3.0, -1.0, " + inf + "]", type));
  EXPECT_EQ(unary("ceil", x, type),
            vector("[-2.0, 3.0, 4.0, -0.0, " + inf + "]", type));
  EXPECT_EQ(unary("round", x, type),
            vector("[-2.0, 2.0, 4.0, -0.0, " + inf + "]", type));
}

TEST_F(ElementwiseTest, ElementaryFunctions) {
  struct {
    const char *op;
    double (*function)(double);
  } const table[] = {
      {"exp %0", std::exp},
      {"log %0", std::log},
      {"sqrt %0", std::sqrt},
      {"sin %0", std::sin},
      {"cos %0", std::cos},
      {"tanh %0", std::tanh},
      {"erf %0", std::erf},
      {"sigmoid %0", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"silu %0", [](double x) { return x / (1 + std::exp(-x)); }},
      {"gelu %0",
       [](double x) { return x / 2 * (1 + std::erf(x * M_SQRT1_2)); }},
      {"gelu %0 tanh", [](double x) {
         double inner = std::sqrt(M_2_PI) * (x + 0.044715 * x * x * x);
         return x / 2 * (1 + std::tanh(inner));
       }}};
  for (auto &[op, function] : table)
    for (float x : {0.25f, 1.0f, 1.75f, 3.5f})
      EXPECT_NEAR(number(op, x), function(x), 1e-6 * std::fabs(function(x)))
          << op << " of " << x;
  EXPECT_EQ(number("exp %0", -INFINITY), 0);
  EXPECT_EQ(number("log %0", 0), -INFINITY);
  EXPECT_TRUE(std::isnan(number("sqrt %0", -1)));
  EXPECT_EQ(number("gelu %0", -20), -0.0);
}

TEST_F(ElementwiseTest, DoublesKeepTheirPrecision) {
  EXPECT_EQ(unary("exp", "[0.0, 1.0]", "tensor<2xf64>"),
            vector("[1.0, 2.7182818284590451]", "tensor<2xf64>"));
}

TEST_F(ElementwiseTest, HalvesAreRoundedOnce) {
  // 2049 lies between 2048 and 2050.
  EXPECT_EQ(
      binary("add", "[2048.0, 65504.0]", "[1.0, 65504.0]", "tensor<2xf16>"),
      vector("[2048.0, 0x7C00]", "tensor<2xf16>"));
  EXPECT_EQ(binary("mul", "[1.0078125]", "[1.0078125]", "tensor<1xbf16>"),
            vector("[1.015625]", "tensor<1xbf16>"));
}

TEST_F(ElementwiseTest, IntegerArithmeticWraps) {
  EXPECT_EQ(binary("add", "[100, -128]", "[100, -1]", "tensor<2xi8>"),
            vector("[-56, 127]", "tensor<2xi8>"));
  EXPECT_EQ(binary("sub", "[0, 5]", "[1, 2]", "tensor<2xui16>"),
            vector("[65535, 3]", "tensor<2xui16>"));
  EXPECT_EQ(binary("mul", "[9223372036854775807]", "[2]", "tensor<1xi64>"),
            vector("[-2]", "tensor<1xi64>"));
}

TEST_F(ElementwiseTest, Division) {
  const std::string type = "tensor<5xi32>";
  std::string a = "[7, -7, 7, -2147483648, 5]", b = "[2, 2, -2, -1, 0]";
  EXPECT_EQ(binary("div", a, b, type),
            vector("[3, -3, -3, -2147483648, 0]", type));
  EXPECT_EQ(binary("rem", a, b, type), vector("[1, -1, 1, 0, 0]", type));
  EXPECT_EQ(binary("mod", a, b, type), vector("[1, 1, -1, 0, 0]", type));
  EXPECT_EQ(binary("div", "[-9223372036854775808]", "[-1]", "tensor<1xi64>"),
            vector("[-9223372036854775808]", "tensor<1xi64>"));
  EXPECT_EQ(binary("div", "[18446744073709551615]", "[2]", "tensor<1xui64>"),
            vector("[9223372036854775807]", "tensor<1xui64>"));
}

TEST_F(ElementwiseTest, DivisionOfFloats) {
  const std::string type = "tensor<4xf32>";
  std::string a = "[5.5, -5.5, 5.5, -4.0]", b = "[2.0, 2.0, -2.0, 2.0]";
  EXPECT_EQ(binary("div", a, b, type),
            vector("[2.75, -2.75, -2.75, -2.0]", type));
  EXPECT_EQ(binary("rem", a, b, type), vector("[1.5, -1.5, 1.5, -0.0]", type));
  EXPECT_EQ(binary("mod", a, b, type), vector("[1.5, 0.5, -0.5, 0.0]", type));
  EXPECT_EQ(binary("div", "[1.0, -1.0]", "[0.0, 0.0]", "tensor<2xf32>"),
            vector("[" + inf + ", " + minusInf + "]", "tensor<2xf32>"));
}

TEST_F(ElementwiseTest, Power) {
  const std::string type = "tensor<6xf32>";
  EXPECT_EQ(binary("pow", "[2.0, -2.0, 9.0, " + nan + ", 4.0, -3.0]",
                   "[10.0, 3.0, 0.5, 0.0, -1.0, 2.0]", type),
            vector("[1024.0, -8.0, 3.0, 1.0, 0.25, 9.0]", type));
}

TEST_F(ElementwiseTest, Extremes) {
  const std::string type = "tensor<5xf32>";
  std::string a = "[1.0, " + nan + ", 2.0, -0.0, 0.0]";
  std::string b = "[3.0, 1.0, " + nan + ", 0.0, -0.0]";
  EXPECT_EQ(binary("max", a, b, type),
            vector("[3.0, " + nan + ", " + nan + ", 0.0, 0.0]", type));
  EXPECT_EQ(binary("min", a, b, type),
            vector("[1.0, " + nan + ", " + nan + ", -0.0, -0.0]", type));
  EXPECT_EQ(binary("max", "[200, 1]", "[100, 2]", "tensor<2xui8>"),
            vector("[200, 2]", "tensor<2xui8>"));
  EXPECT_EQ(binary("min", "[-56, 1]", "[100, 2]", "tensor<2xi8>"),
            vector("[-56, 1]", "tensor<2xi8>"));
}

TEST_F(ElementwiseTest, Logic) {
  const std::string type = "tensor<4xi1>";
  std::string a = "[false, false, true, true]";
  std::string b = "[false, true, false, true]";
  EXPECT_EQ(binary("and", a, b, type),
            vector("[false, false, false, true]", type));
  EXPECT_EQ(binary("or", a, b, type),
            vector("[false, true, true, true]", type));
  EXPECT_EQ(binary("xor", a, b, type),
            vector("[false, true, true, false]", type));
  EXPECT_EQ(unary("not", a, type), vector("[true, true, false, false]", type));
}

TEST_F(ElementwiseTest, BytesOtherThanOneAreTrue) {
  auto module = parse("func.func @test(%0: tensor<3xi1>) {\n"
                      "%1 = graph.not %0 : tensor<3xi1>\nreturn\n}");
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  const uint8_t bytes[] = {0, 2, 255};
  HostTensor input =
      *HostTensor::borrow(mlir::IntegerType::get(&context, 1), {3}, bytes);
  auto result = evaluate(&function.getBody().front().front(), {input}, {});
  EXPECT_EQ(result->bytes(), llvm::ArrayRef<uint8_t>({1, 0, 0}));
}

TEST_F(ElementwiseTest, Comparison) {
  auto compare = [&](const std::string &kind) {
    return compute("graph.compare " + kind +
                       " %0, %1 : tensor<4xf32>, tensor<4xf32> -> tensor<4xi1>",
                   {"dense<[1.0, 2.0, 3.0, " + nan + "]> : tensor<4xf32>",
                    "dense<[2.0, 2.0, 2.0, " + nan + "]> : tensor<4xf32>"});
  };
  const std::string type = "tensor<4xi1>";
  EXPECT_EQ(compare("eq"), vector("[false, true, false, false]", type));
  EXPECT_EQ(compare("lt"), vector("[true, false, false, false]", type));
  EXPECT_EQ(compare("le"), vector("[true, true, false, false]", type));
  EXPECT_EQ(compare("gt"), vector("[false, false, true, false]", type));
  EXPECT_EQ(compare("ge"), vector("[false, true, true, false]", type));
  // The sign is part of the type.
  EXPECT_EQ(compute("graph.compare lt %0, %1 : tensor<1xui8>, tensor<1xui8> "
                    "-> tensor<1xi1>",
                    {"dense<255> : tensor<1xui8>", "dense<1> : tensor<1xui8>"}),
            vector("false", "tensor<1xi1>"));
}

TEST_F(ElementwiseTest, FmaRoundsOnce) {
  // (1 + 2^-23)^2 - 1 - 2^-22 is 2^-46.
  EXPECT_EQ(compute("graph.fma %0, %1, %2 : tensor<1xf32>, tensor<1xf32>, "
                    "tensor<f32> -> tensor<1xf32>",
                    {"dense<0x3F800001> : tensor<1xf32>",
                     "dense<0x3F800001> : tensor<1xf32>",
                     "dense<0xBF800002> : tensor<f32>"}),
            value("dense<0x28800000> : tensor<1xf32>"));
}

TEST_F(ElementwiseTest, Limit) {
  EXPECT_EQ(compute("graph.limit %0, %1, %2 : tensor<5xf32>, tensor<f32>, "
                    "tensor<f32> -> tensor<5xf32>",
                    {"dense<[-9.0, 0x7FC00000, -0.0, 2.0, 0x7F800000]> : "
                     "tensor<5xf32>",
                     "dense<-3.0> : tensor<f32>", "dense<7.0> : tensor<f32>"}),
            value("dense<[-3.0, -3.0, 0.0, 2.0, 7.0]> : tensor<5xf32>"));
}

TEST_F(ElementwiseTest, SelectBroadcasts) {
  EXPECT_EQ(
      compute("graph.select %0, %1, %2 : tensor<2x1xi1>, tensor<3xi16>, "
              "tensor<i16> -> tensor<2x3xi16>",
              {"dense<[[true], [false]]> : tensor<2x1xi1>",
               "dense<[1, 2, 3]> : tensor<3xi16>", "dense<9> : tensor<i16>"}),
      value("dense<[[1, 2, 3], [9, 9, 9]]> : tensor<2x3xi16>"));
}

TEST_F(ElementwiseTest, Broadcasting) {
  EXPECT_EQ(compute("graph.add %0, %1 : tensor<2x1x2xi32>, tensor<3x1xi32> -> "
                    "tensor<2x3x2xi32>",
                    {"dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi32>",
                     "dense<[[10], [20], [30]]> : tensor<3x1xi32>"}),
            value("dense<[[[11, 12], [21, 22], [31, 32]], [[13, 14], [23, 24], "
                  "[33, 34]]]> : tensor<2x3x2xi32>"));
  EXPECT_EQ(
      compute("graph.mul %0, %1 : tensor<f32>, tensor<f32> -> tensor<f32>",
              {"dense<2.0> : tensor<f32>", "dense<3.0> : tensor<f32>"}),
      value("dense<6.0> : tensor<f32>"));
  EXPECT_EQ(compute("graph.add %0, %1 : tensor<0x3xf32>, tensor<3xf32> -> "
                    "tensor<0x3xf32>",
                    {"dense<> : tensor<0x3xf32>",
                     "dense<[1.0, 2.0, 3.0]> : tensor<3xf32>"}),
            value("dense<> : tensor<0x3xf32>"));
}

TEST_F(ElementwiseTest, RunsLongerThanABuffer) {
  EXPECT_EQ(
      compute("graph.add %0, %1 : tensor<3x1500xi32>, tensor<3x1xi32> -> "
              "tensor<3x1500xi32>",
              {"dense<1> : tensor<3x1500xi32>", "dense<4> : tensor<3x1xi32>"}),
      value("dense<5> : tensor<3x1500xi32>"));
}

TEST_F(ElementwiseTest, FloatToIntegerSaturates) {
  std::string x = "[-1.75, 300.0, " + minusInf + ", " + nan + ", 127.9]";
  EXPECT_EQ(cast(x, "tensor<5xf32>", "tensor<5xi8>"),
            vector("[-1, 127, -128, 0, 127]", "tensor<5xi8>"));
  EXPECT_EQ(cast(x, "tensor<5xf32>", "tensor<5xui8>"),
            vector("[0, 255, 0, 0, 127]", "tensor<5xui8>"));
  EXPECT_EQ(
      cast("[9.3e18, -9.3e18]", "tensor<2xf64>", "tensor<2xi64>"),
      vector("[9223372036854775807, -9223372036854775808]", "tensor<2xi64>"));
  EXPECT_EQ(cast("[1.9e19, -1.0]", "tensor<2xf32>", "tensor<2xui64>"),
            vector("[18446744073709551615, 0]", "tensor<2xui64>"));
}

TEST_F(ElementwiseTest, OtherCasts) {
  EXPECT_EQ(cast("[300, -1]", "tensor<2xi32>", "tensor<2xui8>"),
            vector("[44, 255]", "tensor<2xui8>"));
  EXPECT_EQ(
      cast("[0.0, -0.0, 0.5, " + nan + "]", "tensor<4xf32>", "tensor<4xi1>"),
      vector("[false, false, true, true]", "tensor<4xi1>"));
  EXPECT_EQ(cast("[true, false]", "tensor<2xi1>", "tensor<2xf16>"),
            vector("[1.0, 0.0]", "tensor<2xf16>"));
  EXPECT_EQ(cast("[18446744073709551615]", "tensor<1xui64>", "tensor<1xf32>"),
            vector("[1.8446744073709552e19]", "tensor<1xf32>"));
}

TEST_F(ElementwiseTest, NarrowingRoundsOnce) {
  // A bit above a tie of f16; rounded to f32 first it would be the tie.
  EXPECT_EQ(cast("[1.000488281250001, 1.00048828125]", "tensor<2xf64>",
                 "tensor<2xf16>"),
            vector("[1.0009765625, 1.0]", "tensor<2xf16>"));
  // 2^32 + 2^24 is a tie of bf16.
  EXPECT_EQ(cast("[4311744513, 4311744512]", "tensor<2xi64>", "tensor<2xbf16>"),
            vector("[4.328521728e9, 4.294967296e9]", "tensor<2xbf16>"));
}

TEST_F(ElementwiseTest, IsNan) {
  EXPECT_EQ(compute("graph.is_nan %0 : tensor<3xf16> -> tensor<3xi1>",
                    {"dense<[1.0, 0x7C00, 0x7E00]> : tensor<3xf16>"}),
            vector("[false, false, true]", "tensor<3xi1>"));
}

/// Floats around every value of a 16-bit format, against APFloat.
template <typename Narrow>
void checkRounding(const llvm::fltSemantics &semantics) {
  for (uint32_t pattern = 0; pattern < 0x10000; ++pattern) {
    llvm::APFloat value(semantics, llvm::APInt(16, pattern));
    float exact = Eigen::numext::bit_cast<Narrow>(uint16_t(pattern));
    ASSERT_EQ(std::isnan(exact), value.isNaN()) << pattern;
    if (value.isNaN())
      continue;
    ASSERT_EQ(exact, value.convertToFloat()) << pattern;
    uint32_t bits = Eigen::numext::bit_cast<uint32_t>(exact);
    for (uint32_t delta :
         {0u, 1u, 0x1000u, 0x0fffu, 0x1001u, 0x8000u, 0x8001u, 0x7fffu}) {
      float x = Eigen::numext::bit_cast<float>(bits + delta);
      if (std::isnan(x))
        continue;
      llvm::APFloat expected(x);
      bool losesInfo = false;
      expected.convert(semantics, llvm::APFloat::rmNearestTiesToEven,
                       &losesInfo);
      ASSERT_EQ(Eigen::numext::bit_cast<uint16_t>(Narrow(x)),
                expected.bitcastToAPInt().getZExtValue())
          << x;
    }
  }
}

TEST(ElementsTest, SixteenBitFloatsRoundToNearestEven) {
  checkRounding<Eigen::half>(llvm::APFloat::IEEEhalf());
  checkRounding<Eigen::bfloat16>(llvm::APFloat::BFloat());
}

} // namespace
} // namespace lmcc::graph
