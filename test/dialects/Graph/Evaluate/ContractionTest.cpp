//===- ContractionTest.cpp - Products, reductions and normalisations ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include <cmath>

namespace lmcc::graph {
namespace {

const std::string inf = "0x7F800000", minusInf = "0xFF800000",
                  nan = "0x7FC00000";

class ContractionTest : public Evaluation {
protected:
  /// Expects f32 elements within a part in a million.
  void expectNear(const std::string &result,
                  const std::vector<double> &expected) {
    HostTensor got = tensor(result);
    ASSERT_EQ(got.getNumElements(), static_cast<int64_t>(expected.size()));
    for (auto [x, y] : llvm::zip(got.data<float>(), expected))
      EXPECT_NEAR(x, y, 1e-6 * std::max(1.0, std::fabs(y)));
  }
};

TEST_F(ContractionTest, Matmul) {
  for (std::string type : {"f32", "f64", "f16", "bf16"})
    EXPECT_EQ(
        compute("graph.matmul %0, %1 : tensor<2x3x" + type + ">, tensor<3x2x" +
                    type + "> -> tensor<2x2x" + type + ">",
                {"dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : "
                 "tensor<2x3x" +
                     type + ">",
                 "dense<[[1.0, 0.5], [0.0, 1.0], [-1.0, 2.0]]> : "
                 "tensor<3x2x" +
                     type + ">"}),
        value("dense<[[-2.0, 8.5], [-2.0, 19.0]]> : tensor<2x2x" + type + ">"));
}

TEST_F(ContractionTest, MatmulOfIntegersWraps) {
  EXPECT_EQ(compute("graph.matmul %0, %1 : tensor<1x2xi8>, tensor<2x1xi8> -> "
                    "tensor<1x1xi8>",
                    {"dense<[[100, 3]]> : tensor<1x2xi8>",
                     "dense<[[2], [-1]]> : tensor<2x1xi8>"}),
            value("dense<-59> : tensor<1x1xi8>"));
}

TEST_F(ContractionTest, MatmulBroadcastsBatches) {
  EXPECT_EQ(
      compute("graph.matmul %0, %1 : tensor<2x1x1x2xi32>, tensor<3x2x1xi32> "
              "-> tensor<2x3x1x1xi32>",
              {"dense<[[[[1, 2]]], [[[3, 4]]]]> : tensor<2x1x1x2xi32>",
               "dense<[[[1], [0]], [[0], [1]], [[1], [1]]]> : "
               "tensor<3x2x1xi32>"}),
      value("dense<[[[[1]], [[2]], [[3]]], [[[3]], [[4]], [[7]]]]> : "
            "tensor<2x3x1x1xi32>"));
}

TEST_F(ContractionTest, MatmulWithoutDepthIsZero) {
  EXPECT_EQ(compute("graph.matmul %0, %1 : tensor<2x0xf32>, tensor<0x3xf32> -> "
                    "tensor<2x3xf32>",
                    {"dense<> : tensor<2x0xf32>", "dense<> : tensor<0x3xf32>"}),
            value("dense<0.0> : tensor<2x3xf32>"));
}

TEST_F(ContractionTest, Reduce) {
  auto reduce = [&](const std::string &kind) {
    return compute("graph.reduce " + kind +
                       " %0 axes [1] : tensor<2x3xi8> -> tensor<2x1xi8>",
                   {"dense<[[1, -2, 3], [100, 50, 2]]> : tensor<2x3xi8>"});
  };
  EXPECT_EQ(reduce("sum"), value("dense<[[2], [-104]]> : tensor<2x1xi8>"));
  EXPECT_EQ(reduce("product"), value("dense<[[-6], [16]]> : tensor<2x1xi8>"));
  EXPECT_EQ(reduce("max"), value("dense<[[3], [100]]> : tensor<2x1xi8>"));
  EXPECT_EQ(reduce("min"), value("dense<[[-2], [2]]> : tensor<2x1xi8>"));
}

TEST_F(ContractionTest, ReduceSeveralAxes) {
  EXPECT_EQ(compute("graph.reduce sum %0 axes [0, 2] : tensor<2x2x2xf32> -> "
                    "tensor<1x2x1xf32>",
                    {"dense<[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], "
                     "[7.0, 8.0]]]> : tensor<2x2x2xf32>"}),
            value("dense<[[[14.0], [22.0]]]> : tensor<1x2x1xf32>"));
}

TEST_F(ContractionTest, ReduceNan) {
  for (std::string kind : {"max", "min"})
    EXPECT_EQ(compute("graph.reduce " + kind +
                          " %0 axes [0] : tensor<3xf32> -> tensor<1xf32>",
                      {"dense<[1.0, " + nan + ", 2.0]> : tensor<3xf32>"}),
              value("dense<" + nan + "> : tensor<1xf32>"));
}

TEST_F(ContractionTest, ReduceOfNothingIsNeutral) {
  auto reduce = [&](const std::string &kind, const std::string &type) {
    return compute("graph.reduce " + kind + " %0 axes [0] : tensor<0x" + type +
                       "> -> tensor<1x" + type + ">",
                   {"dense<> : tensor<0x" + type + ">"});
  };
  EXPECT_EQ(reduce("sum", "f32"), value("dense<0.0> : tensor<1xf32>"));
  EXPECT_EQ(reduce("product", "i16"), value("dense<1> : tensor<1xi16>"));
  EXPECT_EQ(reduce("max", "f16"), value("dense<0xFC00> : tensor<1xf16>"));
  EXPECT_EQ(reduce("min", "f32"), value("dense<" + inf + "> : tensor<1xf32>"));
  EXPECT_EQ(reduce("max", "i8"), value("dense<-128> : tensor<1xi8>"));
  EXPECT_EQ(reduce("min", "ui16"), value("dense<65535> : tensor<1xui16>"));
}

TEST_F(ContractionTest, ArgMax) {
  auto argMax = [&](const std::string &last, const std::string &row) {
    return compute("graph.arg_max %0 axis 1 " + last +
                       " : tensor<1x4xf32> -> tensor<1x1xi64>",
                   {"dense<[[" + row + "]]> : tensor<1x4xf32>"});
  };
  auto index = [&](int i) {
    return value("dense<" + std::to_string(i) + "> : tensor<1x1xi64>");
  };
  EXPECT_EQ(argMax("", "1.0, 5.0, 5.0, 2.0"), index(1));
  EXPECT_EQ(argMax("last", "1.0, 5.0, 5.0, 2.0"), index(2));
  EXPECT_EQ(argMax("", "1.0, " + nan + ", " + inf + ", " + nan), index(1));
  EXPECT_EQ(argMax("last", "1.0, " + nan + ", " + inf + ", " + nan), index(3));
  EXPECT_EQ(compute("graph.arg_max %0 axis 0 : tensor<2x2xui8> -> "
                    "tensor<1x2xi32>",
                    {"dense<[[1, 200], [100, 3]]> : tensor<2x2xui8>"}),
            value("dense<[[1, 0]]> : tensor<1x2xi32>"));
  EXPECT_EQ(compute("graph.arg_max %0 axis 0 : tensor<0xf32> -> tensor<1xi32>",
                    {"dense<> : tensor<0xf32>"}),
            "axis 0 has no elements, hence no largest one");
}

TEST_F(ContractionTest, CumulativeSum) {
  auto sums = [&](const std::string &options) {
    return compute("graph.cumulative_sum %0 axis 1 " + options +
                       " : tensor<2x3xi32>",
                   {"dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>"});
  };
  const std::string type = " : tensor<2x3xi32>";
  EXPECT_EQ(sums(""), value("dense<[[1, 3, 6], [4, 9, 15]]>" + type));
  EXPECT_EQ(sums("exclusive"), value("dense<[[0, 1, 3], [0, 4, 9]]>" + type));
  EXPECT_EQ(sums("reverse"), value("dense<[[6, 5, 3], [15, 11, 6]]>" + type));
  EXPECT_EQ(sums("exclusive reverse"),
            value("dense<[[5, 3, 0], [11, 6, 0]]>" + type));
  EXPECT_EQ(compute("graph.cumulative_sum %0 axis 0 : tensor<2x2xf16>",
                    {"dense<[[1.0, 2.0], [0.5, -2.0]]> : tensor<2x2xf16>"}),
            value("dense<[[1.0, 2.0], [1.5, 0.0]]> : tensor<2x2xf16>"));
}

TEST_F(ContractionTest, Softmax) {
  std::string result = compute("graph.softmax %0 : tensor<3x3xf32>",
                               {"dense<[[1.0, 2.0, 3.0], [1000.0, 1000.0, " +
                                minusInf + "], [" + minusInf + ", " + minusInf +
                                ", " + minusInf + "]]> : tensor<3x3xf32>"});
  expectNear(result, {0.09003057317, 0.24472847105, 0.66524095577, 0.5, 0.5, 0,
                      0, 0, 0});
  EXPECT_EQ(compute("graph.softmax %0 : tensor<1x2xf32>",
                    {"dense<[[1.0, " + nan + "]]> : tensor<1x2xf32>"}),
            value("dense<" + nan + "> : tensor<1x2xf32>"));
  EXPECT_EQ(compute("graph.softmax %0 : tensor<2x0xf32>",
                    {"dense<> : tensor<2x0xf32>"}),
            value("dense<> : tensor<2x0xf32>"));
}

TEST_F(ContractionTest, LayerNorm) {
  const std::string row = "dense<[[1.0, 2.0, 3.0, 6.0]]> : tensor<1x4xf32>";
  const std::string gain = "dense<[1.0, 2.0, 1.0, 1.0]> : tensor<4xf32>";
  // Mean 3, variance 3.5, epsilon 0.5: divide by 2.
  EXPECT_EQ(compute("graph.layer_norm %0, %1 epsilon 0.5 : tensor<1x4xf32>, "
                    "tensor<4xf32>",
                    {row, gain}),
            value("dense<[[-1.0, -1.0, 0.0, 1.5]]> : tensor<1x4xf32>"));
  EXPECT_EQ(compute("graph.layer_norm %0, %1 bias %2 : tensor<4xf32> "
                    "epsilon 0.5 : tensor<1x4xf32>, tensor<4xf32>",
                    {row, gain, "dense<10.0> : tensor<4xf32>"}),
            value("dense<[[9.0, 9.0, 10.0, 11.5]]> : tensor<1x4xf32>"));
}

TEST_F(ContractionTest, RmsNorm) {
  // Mean square 10, epsilon 6: divide by 4.
  EXPECT_EQ(compute("graph.rms_norm %0, %1 epsilon 6.0 : tensor<1x2xf16>, "
                    "tensor<2xf16>",
                    {"dense<[[2.0, -4.0]]> : tensor<1x2xf16>",
                     "dense<[1.0, 3.0]> : tensor<2xf16>"}),
            value("dense<[[0.5, -3.0]]> : tensor<1x2xf16>"));
}

TEST_F(ContractionTest, RotaryEmbeddingOfHalves) {
  // Two positions; each element has its own angle.
  EXPECT_EQ(compute("graph.rotary_embedding %0, %1, %2 rotated 4 : "
                    "tensor<1x2x4xf32>, tensor<2x4xf32>",
                    {"dense<[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]]> : "
                     "tensor<1x2x4xf32>",
                     "dense<[[1.0, 0.0, 2.0, 0.5], [1.0, 1.0, 1.0, 1.0]]> : "
                     "tensor<2x4xf32>",
                     "dense<[[0.5, 1.0, 3.0, -1.0], [0.0, 0.0, 0.0, 0.0]]> : "
                     "tensor<2x4xf32>"}),
            value("dense<[[[-0.5, -4.0, 9.0, 0.0], [5.0, 6.0, 7.0, 8.0]]]> : "
                  "tensor<1x2x4xf32>"));
}

TEST_F(ContractionTest, RotaryEmbeddingOfNeighbours) {
  // The two pairs in front; one angle for each.
  EXPECT_EQ(compute("graph.rotary_embedding %0, %1, %2 rotated 4 interleaved : "
                    "tensor<1x5xf32>, tensor<2xf32>",
                    {"dense<[[1.0, 2.0, 3.0, 4.0, 9.0]]> : tensor<1x5xf32>",
                     "dense<[1.0, 2.0]> : tensor<2xf32>",
                     "dense<[0.5, -1.0]> : tensor<2xf32>"}),
            value("dense<[[0.0, 2.5, 10.0, 5.0, 9.0]]> : tensor<1x5xf32>"));
}

TEST_F(ContractionTest, Attention) {
  // Scores ln 3 and 0: weights 3/4 and 1/4; the second row sees one key.
  expectNear(compute("graph.attention %0, %1, %2 extras(%3) : tensor<2x1xf32>, "
                     "tensor<2x1xf32>, tensor<2x2xf32>, tensor<2x2xi1> -> "
                     "tensor<2x2xf32> {\n"
                     "^bb0(%s: tensor<2x2xf32>, %keep: tensor<2x2xi1>):\n"
                     "%low = graph.constant dense<0xFF800000> : tensor<f32>\n"
                     "%r = graph.select %keep, %s, %low : tensor<2x2xi1>, "
                     "tensor<2x2xf32>, tensor<f32> -> tensor<2x2xf32>\n"
                     "graph.yield %r : tensor<2x2xf32>\n}",
                     {"dense<1.0> : tensor<2x1xf32>",
                      "dense<[[1.09861231], [0.0]]> : tensor<2x1xf32>",
                      "dense<[[4.0, 0.0], [8.0, 4.0]]> : tensor<2x2xf32>",
                      "dense<[[true, true], [false, true]]> : tensor<2x2xi1>"}),
             {5.0, 1.0, 8.0, 4.0});
}

// Scores ln 2 and 0, and scales of values 1 and 3: of the weights 1 and 1/2
// with the scales in them, 1 and 3/2, the first is 85 of 127.
TEST_F(ContractionTest, AttentionOfBytes) {
  std::string op = "tensor<1x4xi8>, tensor<2x4xKEY>, tensor<2x2xi8> -> "
                   "tensor<1x2xf32> {\n^bb0(%s: tensor<1x2xf32>):\n"
                   "graph.yield %s : tensor<1x2xf32>\n}";
  op.insert(0,
            "graph.attention %0, %1, %2 scales(%3, %4, %5 : tensor<1x1xf32>, "
            "tensor<2x1xf32>, tensor<2x1xf32>) : ");
  auto attention = [&](const std::string &element, const std::string &keys) {
    std::string text = op;
    text.replace(text.find("KEY"), 3, element);
    return compute(text, {"dense<[[1, 0, 0, 2]]> : tensor<1x4xi8>",
                          "dense<" + keys + "> : tensor<2x4x" + element + ">",
                          "dense<[[127, 0], [-127, 127]]> : tensor<2x2xi8>",
                          "dense<0.5> : tensor<1x1xf32>",
                          "dense<[[0.346573591], [1.0]]> : tensor<2x1xf32>",
                          "dense<[[1.0], [3.0]]> : tensor<2x1xf32>"});
  };
  float unit = 1.5f / 127.0f / 1.5f;
  std::vector<double> expected = {(85.0 - 127.0) * 127.0 * unit,
                                  127.0 * 127.0 * unit};
  expectNear(attention("i8", "[[0, 9, 9, 2], [2, 0, 0, -1]]"), expected);
  expectNear(attention("ui8", "[[128, 137, 137, 130], [130, 128, 128, 127]]"),
             expected);
}

TEST_F(ContractionTest, AttentionSharesKeysAndHidesRows) {
  // Two heads of queries, one of keys; the second head sees no key at all.
  expectNear(
      compute("graph.attention %0, %1, %2 extras(%3) : tensor<2x1x2xf32>, "
              "tensor<1x2x2xf32>, tensor<1x2x1xf32>, tensor<2x1x1xf32> -> "
              "tensor<2x1x1xf32> {\n"
              "^bb0(%s: tensor<2x1x2xf32>, %m: tensor<2x1x1xf32>):\n"
              "%r = graph.add %s, %m : tensor<2x1x2xf32>, tensor<2x1x1xf32> "
              "-> tensor<2x1x2xf32>\n"
              "graph.yield %r : tensor<2x1x2xf32>\n}",
              {"dense<1.0> : tensor<2x1x2xf32>",
               "dense<0.5> : tensor<1x2x2xf32>",
               "dense<[[[2.0], [6.0]]]> : tensor<1x2x1xf32>",
               "dense<[[[0.0]], [[" + minusInf + "]]]> : tensor<2x1x1xf32>"}),
      {4.0, 0.0});
}

} // namespace
} // namespace lmcc::graph
