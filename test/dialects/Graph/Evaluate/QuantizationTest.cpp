//===- QuantizationTest.cpp - Numbers in few bits -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include "dialects/Graph/Evaluate/Weights.h"

namespace lmcc::graph {
namespace {

class QuantizationTest : public Evaluation {
protected:
  /// The value of the weight @w of `module`.
  std::string weight(const std::string &module) {
    auto parsed = parse(module);
    if (!parsed)
      return takeError();
    auto result =
        evaluateWeight(parsed->lookupSymbol<weight::DataOp>("w"), FileTable());
    return failed(result) ? takeError() : text(*result);
  }

  /// A weight that `recipe` computes from a constant `%m`, of type `type`.
  std::string recipe(const std::string &matrix, const std::string &recipe,
                     const std::string &type) {
    return weight("weight.data @w : " + type + " {\n%m = graph.constant " +
                  matrix + "\n" + recipe + "\nweight.yield %r : " + type +
                  "\n}");
  }
};

TEST_F(QuantizationTest, RowScales) {
  EXPECT_EQ(compute("graph.row_scales %0 : tensor<3x2xf32> -> tensor<3x1xf32>",
                    {"dense<[[1.0, -254.0], [-0.0, 0.0], [127.0, 3.0]]> : "
                     "tensor<3x2xf32>"}),
            value("dense<[[2.0], [0.0], [1.0]]> : tensor<3x1xf32>"));
}

TEST_F(QuantizationTest, RowScalesOfSmallAndOfNoNumbers) {
  // Just below 2^-119, infinity, NaN.
  EXPECT_EQ(compute("graph.row_scales %0 : tensor<3x2xf32> -> tensor<3x1xf32>",
                    {"dense<[[0x03FFFFFF, 0.0], [1.0, 0xFF800000], "
                     "[0x7F800000, 0x7FC00000]]> : tensor<3x2xf32>"}),
            value("dense<[[0.0], [0x7F800000], [0x7FC00000]]> : "
                  "tensor<3x1xf32>"));
}

TEST_F(QuantizationTest, QuantizeRowsRoundsHalvesToEven) {
  std::string rows = "dense<[[1.0, 3.0, -254.0, 5.0], [9.0, 9.0, 9.0, 9.0]]> "
                     ": tensor<2x4xf32>";
  std::string scales = "dense<[[2.0], [0.0]]> : tensor<2x1xf32>";
  EXPECT_EQ(compute("graph.quantize_rows %0, %1 : tensor<2x4xf32>, "
                    "tensor<2x1xf32> -> tensor<2x4xi8>",
                    {rows, scales}),
            value("dense<[[0, 2, -127, 2], [0, 0, 0, 0]]> : tensor<2x4xi8>"));
  EXPECT_EQ(compute("graph.quantize_rows %0, %1 : tensor<2x4xf32>, "
                    "tensor<2x1xf32> -> tensor<2x4xui8>",
                    {rows, scales}),
            value("dense<[[128, 130, 1, 130], [128, 128, 128, 128]]> : "
                  "tensor<2x4xui8>"));
}

TEST_F(QuantizationTest, MatmulOfBytes) {
  EXPECT_EQ(compute("graph.matmul %0, %1 : tensor<1x2xui8>, tensor<2x1xi8> -> "
                    "tensor<1x1xi32>",
                    {"dense<[[255, 255]]> : tensor<1x2xui8>",
                     "dense<[[-127], [-126]]> : tensor<2x1xi8>"}),
            value("dense<-64515> : tensor<1x1xi32>"));
}

// Of the first sums, -6, 19 and 1, another order and a multiplication that
// rounds by itself give 0.50000024 and 0.50000066.
TEST_F(QuantizationTest, MatmulOfGroups) {
  EXPECT_EQ(
      compute("graph.matmul %0, %1 scales(%2 : tensor<3x2xf32>) : "
              "tensor<2x6xi8>, tensor<6x2xi8> -> tensor<2x2xf32>",
              {"dense<[[-2, 1, 4, 3, 1, 0], [0, 0, 0, 0, -127, 127]]> : "
               "tensor<2x6xi8>",
               "dense<[[3, 7], [0, -7], [4, 7], [1, -7], [1, 1], [5, 7]]> : "
               "tensor<6x2xi8>",
               "dense<[[0.9, 1.0], [0.3, 0.5], [0.2, 2.0]]> : "
               "tensor<3x2xf32>"}),
      value("dense<[[0x3F00000A, -15.5], [101.6, 1524.0]]> : "
            "tensor<2x2xf32>"));
}

TEST_F(QuantizationTest, MatmulOfGroupsInBatches) {
  EXPECT_EQ(compute("graph.matmul %0, %1 scales(%2 : tensor<2x1xf32>) : "
                    "tensor<2x1x2xi8>, tensor<2x1xi8> -> tensor<2x1x1xf32>",
                    {"dense<[[[1, 2]], [[3, -4]]]> : tensor<2x1x2xi8>",
                     "dense<[[7], [-7]]> : tensor<2x1xi8>",
                     "dense<[[1.0], [0.5]]> : tensor<2x1xf32>"}),
            value("dense<[[[0.0]], [[35.0]]]> : tensor<2x1x1xf32>"));
}

// Rows of floats; -8 is a number as well.
TEST_F(QuantizationTest, MatmulOfFloatsInGroups) {
  EXPECT_EQ(compute("graph.matmul %0, %1 scales(%2 : tensor<2x1xf32>) : "
                    "tensor<1x4xf32>, tensor<4x1xi8> -> tensor<1x1xf32>",
                    {"dense<[[0.5, 1.0, -2.0, 0.25]]> : tensor<1x4xf32>",
                     "dense<[[7], [-8], [3], [4]]> : tensor<4x1xi8>",
                     "dense<[[2.0], [0.5]]> : tensor<2x1xf32>"}),
            value("dense<-11.5> : tensor<1x1xf32>"));
}

// Groups of 2: (100 + 1) - (-128 + 1) and -100 - (127 + 5), with -128 as a
// number.
TEST_F(QuantizationTest, MatmulOfBytesInGroupsWithZeros) {
  std::string matrix = "dense<[[100], [-128], [-100], [127]]> : tensor<4x1xi8>",
              scales = "dense<[[2.0], [0.5]]> : tensor<2x1xf32>",
              zeros = "dense<[[-1], [-5]]> : tensor<2x1xi8>";
  EXPECT_EQ(compute("graph.matmul %0, %1 scales(%2 : tensor<2x1xf32>) "
                    "zeros(%3 : tensor<2x1xi8>) bytes : tensor<1x4xi8>, "
                    "tensor<4x1xi8> -> tensor<1x1xf32>",
                    {"dense<[[1, -1, 1, -1]]> : tensor<1x4xi8>", matrix, scales,
                     zeros}),
            value("dense<342.5> : tensor<1x1xf32>"));
  EXPECT_EQ(compute("graph.matmul %0, %1 scales(%2 : tensor<2x1xf32>) "
                    "zeros(%3 : tensor<2x1xi8>) bytes : tensor<1x4xf32>, "
                    "tensor<4x1xi8> -> tensor<1x1xf32>",
                    {"dense<[[1.0, -1.0, 1.0, -1.0]]> : tensor<1x4xf32>",
                     matrix, scales, zeros}),
            value("dense<342.5> : tensor<1x1xf32>"));
}

TEST_F(QuantizationTest, MatmulOfFloatsAndNarrowWeights) {
  std::string rows = "dense<[[0.5, -1.0]]> : tensor<1x2xf32>";
  EXPECT_EQ(compute("graph.matmul %0, %1 : tensor<1x2xf32>, tensor<2x1xi8> -> "
                    "tensor<1x1xf32>",
                    {rows, "dense<[[127], [-3]]> : tensor<2x1xi8>"}),
            value("dense<66.5> : tensor<1x1xf32>"));
  EXPECT_EQ(compute("graph.matmul %0, %1 : tensor<1x2xf32>, tensor<2x1xf16> -> "
                    "tensor<1x1xf32>",
                    {rows, "dense<[[1.5], [0.25]]> : tensor<2x1xf16>"}),
            value("dense<0.5> : tensor<1x1xf32>"));
}

// The last column, and the first one from the end, in two groups.
TEST_F(QuantizationTest, LookUpColumns) {
  EXPECT_EQ(compute("graph.look_up_columns %0, %1 at %2 : tensor<4x3xi8>, "
                    "tensor<2x3xf32>, tensor<2xi64> -> tensor<2x4xf32>",
                    {"dense<[[1, 2, 3], [4, 5, 6], [7, -8, 0], [-1, -2, -3]]> "
                     ": tensor<4x3xi8>",
                     "dense<[[1.0, 2.0, 0.5], [10.0, 20.0, 30.0]]> : "
                     "tensor<2x3xf32>",
                     "dense<[2, -3]> : tensor<2xi64>"}),
            value("dense<[[1.5, 3.0, 0.0, -90.0], [1.0, 4.0, 70.0, -10.0]]> : "
                  "tensor<2x4xf32>"));
}

TEST_F(QuantizationTest, ScalesOfColumnsAndOfGroups) {
  std::string matrix = "dense<[[127.0, 0.0], [-14.0, 0.0]]> : tensor<2x2xf32>";
  EXPECT_EQ(recipe(matrix,
                   "%r = weight.scales %m bits 8 : tensor<2x2xf32> -> "
                   "tensor<1x2xf32>",
                   "tensor<1x2xf32>"),
            value("dense<[[1.0, 0.0]]> : tensor<1x2xf32>"));
  EXPECT_EQ(recipe("dense<[[7.0, 0.0], [-14.0, 0.0]]> : tensor<2x2xf32>",
                   "%r = weight.scales %m bits 4 : tensor<2x2xf32> -> "
                   "tensor<2x2xf32>",
                   "tensor<2x2xf32>"),
            value("dense<[[1.0, 0.0], [2.0, 0.0]]> : tensor<2x2xf32>"));
}

// One large number among many: to clip it costs less than to round the others.
TEST_F(QuantizationTest, ScalesClipWhatWouldCostMore) {
  std::string ones;
  for (int i = 0; i < 63; ++i)
    ones += "[1.0], ";
  std::string scale = recipe(
      "dense<[" + ones + "[8.0]]> : tensor<64x1xf32>",
      "%r = weight.scales %m bits 4 : tensor<64x1xf32> -> tensor<1x1xf32>",
      "tensor<1x1xf32>");
  // With the whole range 1 would be 7/8.
  EXPECT_NE(scale, value("dense<1.14285719> : tensor<1x1xf32>"));
}

TEST_F(QuantizationTest, QuantizeLimits) {
  std::string matrix = "dense<[[0.5, 300.0], [1.5, -4.0]]> : tensor<2x2xf32>";
  EXPECT_EQ(recipe(matrix,
                   "%s = graph.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>\n"
                   "%r = weight.quantize %m, %s bits 8 : tensor<2x2xf32>, "
                   "tensor<1x2xf32> -> tensor<2x2xi8>",
                   "tensor<2x2xi8>"),
            value("dense<[[0, 127], [2, -2]]> : tensor<2x2xi8>"));
  EXPECT_EQ(recipe(matrix,
                   "%s = graph.constant dense<[[0.0, 2.0], [1.0, 0.5]]> : "
                   "tensor<2x2xf32>\n"
                   "%r = weight.quantize %m, %s bits 4 : tensor<2x2xf32>, "
                   "tensor<2x2xf32> -> tensor<2x2xi8>",
                   "tensor<2x2xi8>"),
            value("dense<[[0, 7], [2, -7]]> : tensor<2x2xi8>"));
}

// Ties between two bfloat16 go to the even one, up or down; 8 bits keep all.
TEST_F(QuantizationTest, ScalesOfFourBitsAreBfloat16) {
  std::string fours = "dense<[[7.02734375, 7.08203125]]> : tensor<1x2xf32>";
  EXPECT_EQ(recipe(fours,
                   "%r = weight.scales %m bits 4 : tensor<1x2xf32> -> "
                   "tensor<1x2xf32>",
                   "tensor<1x2xf32>"),
            value("dense<[[1.0, 1.015625]]> : tensor<1x2xf32>"));
  EXPECT_EQ(recipe("dense<[[127.49609375]]> : tensor<1x1xf32>",
                   "%r = weight.scales %m bits 8 : tensor<1x1xf32> -> "
                   "tensor<1x1xf32>",
                   "tensor<1x1xf32>"),
            value("dense<[[1.00390625]]> : tensor<1x1xf32>"));
}

TEST_F(QuantizationTest, QuantizeNoNumber) {
  EXPECT_EQ(recipe("dense<[[0x7FC00000, 0x7F800000]]> : tensor<1x2xf32>",
                   "%s = graph.constant dense<1.0> : tensor<1x2xf32>\n"
                   "%r = weight.quantize %m, %s bits 8 : tensor<1x2xf32>, "
                   "tensor<1x2xf32> -> tensor<1x2xi8>",
                   "tensor<1x2xi8>"),
            value("dense<[[-127, 127]]> : tensor<1x2xi8>"));
}

TEST_F(QuantizationTest, ColumnSums) {
  EXPECT_EQ(recipe("dense<[[127, -3], [127, 2]]> : tensor<2x2xi8>",
                   "%r = weight.column_sums %m times -128 : tensor<2x2xi8> -> "
                   "tensor<2xi32>",
                   "tensor<2xi32>"),
            value("dense<[-32512, 128]> : tensor<2xi32>"));
}

TEST_F(QuantizationTest, PackedWords) {
  // Two panels of two columns, the second one with one column.
  EXPECT_EQ(recipe("dense<[[0, 10, 20], [1, 11, 21], [2, 12, 22], "
                   "[3, 13, 23]]> : tensor<4x3xi8>",
                   "%r = weight.pack %m : tensor<4x3xi8> -> tensor<2x1x2x4xi8>",
                   "tensor<2x1x2x4xi8>"),
            value("dense<[[[[0, 1, 2, 3], [10, 11, 12, 13]]], "
                  "[[[20, 21, 22, 23], [0, 0, 0, 0]]]]> : "
                  "tensor<2x1x2x4xi8>"));
}

// Of one column: a step that fits no other, one of two equal ones with the
// lightest, and the one that is left.
TEST_F(QuantizationTest, StepsInPairs) {
  const std::string panels =
      "dense<[[[[127, 127, -128, -128]], [[0, -1, 0, 0]], "
      "[[59, 60, -60, 60]], [[60, 60, 60, -61]]]]> : "
      "tensor<1x4x1x4xi8>";
  EXPECT_EQ(recipe(panels,
                   "%r = weight.pair_steps %m : tensor<1x4x1x4xi8> -> "
                   "tensor<1x5xi16>",
                   "tensor<1x5xi16>"),
            value("dense<[[1, 3, 1, 0, 2]]> : tensor<1x5xi16>"));
  EXPECT_EQ(recipe(panels,
                   "%o = weight.pair_steps %m : tensor<1x4x1x4xi8> -> "
                   "tensor<1x5xi16>\n"
                   "%r = weight.order_steps %m, %o : tensor<1x4x1x4xi8>, "
                   "tensor<1x5xi16>",
                   "tensor<1x4x1x4xi8>"),
            value("dense<[[[[60, 60, 60, -61]], [[0, -1, 0, 0]], "
                  "[[127, 127, -128, -128]], [[59, 60, -60, 60]]]]> : "
                  "tensor<1x4x1x4xi8>"));
}

// Two panels of two columns, each with an order of its own; three steps leave
// one.
TEST_F(QuantizationTest, StepsOfEachPanel) {
  const std::string type = "tensor<2x3x2x4xi8>";
  const std::string panels =
      "dense<[[[[100, 0, 0, 0], [1, 1, 1, 1]], [[0, 0, 0, 0], [2, 2, 2, 2]], "
      "[[9, 9, 9, 9], [3, 3, 3, 3]]], "
      "[[[4, 4, 4, 4], [0, 0, 0, 0]], [[5, 5, 5, 5], [127, 127, 0, 0]], "
      "[[6, 6, 6, 6], [50, 60, 0, 0]]]]> : " +
      type;
  const std::string pairs =
      " = weight.pair_steps %m : " + type + " -> tensor<2x4xi16>\n";
  EXPECT_EQ(recipe(panels, "%r" + pairs, "tensor<2x4xi16>"),
            value("dense<[[1, 0, 1, 2], [1, 2, 0, 1]]> : tensor<2x4xi16>"));
  EXPECT_EQ(
      recipe(panels,
             "%o" + pairs + "%r = weight.order_steps %m, %o : " + type +
                 ", tensor<2x4xi16>",
             type),
      value("dense<[[[[100, 0, 0, 0], [1, 1, 1, 1]], "
            "[[0, 0, 0, 0], [2, 2, 2, 2]], [[9, 9, 9, 9], [3, 3, 3, 3]]], "
            "[[[6, 6, 6, 6], [50, 60, 0, 0]], [[4, 4, 4, 4], [0, 0, 0, 0]], "
            "[[5, 5, 5, 5], [127, 127, 0, 0]]]]> : " +
            type));
}

TEST_F(QuantizationTest, OrderOfStepsThatDoNotExist) {
  EXPECT_EQ(recipe("dense<1> : tensor<1x2x1x4xi8>",
                   "%o = graph.constant dense<[[0, 2, 1]]> : tensor<1x3xi16>\n"
                   "%r = weight.order_steps %m, %o : tensor<1x2x1x4xi8>, "
                   "tensor<1x3xi16>",
                   "tensor<1x2x1x4xi8>"),
            "takes step 2 of 2 steps");
}

// A pair may come to 255 exactly, in every half of every column.
TEST_F(QuantizationTest, PairsUpToTheLimit) {
  auto orderOf = [&](const std::string &last) {
    return recipe(
        "dense<[[[[127, 62, 0, 0], [1, 2, 3, 4]], [[31, -32, 0, 0], " + last +
            "]]]> : tensor<1x2x2x4xi8>",
        "%r = weight.pair_steps %m : tensor<1x2x2x4xi8> -> "
        "tensor<1x3xi16>",
        "tensor<1x3xi16>");
  };
  EXPECT_EQ(orderOf("[0, 0, 122, 122]"),
            value("dense<[[1, 1, 0]]> : tensor<1x3xi16>"));
  EXPECT_EQ(orderOf("[0, 0, 123, 122]"),
            value("dense<[[0, 1, 0]]> : tensor<1x3xi16>"));
}

// Two panels of two columns, the second one with one column, each with two
// groups of 8: a word of numbers per column, then one with both scales.
TEST_F(QuantizationTest, PackedNibbles) {
  EXPECT_EQ(recipe("dense<[[-7, -4, -1], [-2, 1, 4], [3, 6, -6], [-7, -4, -1], "
                   "[-2, 1, 4], [3, 6, -6], [-7, -4, -1], [-2, 1, 4], "
                   "[3, 6, -6], [-7, -4, -1], [-2, 1, 4], [3, 6, -6], "
                   "[-7, -4, -1], [-2, 1, 4], [3, 6, -6], [-7, -4, -1]]> : "
                   "tensor<16x3xi8>",
                   "%s = graph.constant dense<[[1.0, -2.0, 0.5], "
                   "[3.0, 1.5, 0.125]]> : tensor<2x3xf32>\n"
                   "%r = weight.pack_groups %m, %s bits 4 : tensor<16x3xi8>, "
                   "tensor<2x3xf32> -> tensor<2x2x3xi32>",
                   "tensor<2x2x3xi32>"),
            value("dense<[[[0x611BB661, 0x944EE994, 0xC0003F80], "
                  "[0x1BB6611B, 0x4EE9944E, 0x3FC04040]], "
                  "[[0xC7722CC7, 0, 0x3F00], [0x722CC772, 0, 0x3E00]]]> : "
                  "tensor<2x2x3xi32>"));
}

// Scales that are no bfloat16 have a word each.
TEST_F(QuantizationTest, PackedNibblesWithWideScales) {
  EXPECT_EQ(recipe("dense<[[-8, 7], [0, 0], [0, 0], [0, 0], [7, -8], [0, 0], "
                   "[0, 0], [0, 0]]> : tensor<8x2xi8>",
                   "%s = graph.constant dense<[[0x3F800001, -2.0]]> : "
                   "tensor<1x2xf32>\n"
                   "%r = weight.pack_groups %m, %s bits 4 wide_scales : "
                   "tensor<8x2xi8>, tensor<1x2xf32> -> tensor<1x1x4xi32>",
                   "tensor<1x1x4xi32>"),
            value("dense<[[[0x888888F0, 0x8888880F, 0x3F800001, "
                  "0xC0000000]]]> : tensor<1x1x4xi32>"));
}

// Numbers of 8 bits are four to a word, in two's complement.
TEST_F(QuantizationTest, PackedGroupsOfBytes) {
  EXPECT_EQ(recipe("dense<[[-128, 127], [0, 1], [1, 2], [-1, 3]]> : "
                   "tensor<4x2xi8>",
                   "%s = graph.constant dense<[[0x3F800001, -2.0]]> : "
                   "tensor<1x2xf32>\n"
                   "%r = weight.pack_groups %m, %s bits 8 wide_scales : "
                   "tensor<4x2xi8>, tensor<1x2xf32> -> tensor<1x1x4xi32>",
                   "tensor<1x1x4xi32>"),
            value("dense<[[[0xFF010080, 0x0302017F, 0x3F800001, "
                  "0xC0000000]]]> : tensor<1x1x4xi32>"));
}

} // namespace
} // namespace lmcc::graph
