//===- MovementTest.cpp - Operations that move elements -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include "dialects/Graph/Evaluate/Strides.h"

namespace lmcc::graph {
namespace {

using MovementTest = Evaluation;

const std::string matrix = "dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>";

TEST_F(MovementTest, Reshape) {
  EXPECT_EQ(compute("graph.reshape %0 : tensor<2x3xi32> -> tensor<3x1x2xi32>",
                    {matrix}),
            value("dense<[[[1, 2]], [[3, 4]], [[5, 6]]]> : tensor<3x1x2xi32>"));
}

TEST_F(MovementTest, ReshapeCountsElements) {
  SymbolValues symbols;
  symbols["n"] = 4;
  EXPECT_EQ(compute("graph.reshape %0 : tensor<2x3xi32> -> "
                    "tensor<?xi32, #graph.dims<n>>",
                    {matrix}, symbols),
            "the 6 elements of shape [2, 3] cannot have shape [4]");
}

TEST_F(MovementTest, Transpose) {
  EXPECT_EQ(compute("graph.transpose %0 [1, 0] : tensor<2x3xi32> -> "
                    "tensor<3x2xi32>",
                    {matrix}),
            value("dense<[[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>"));
  EXPECT_EQ(
      compute("graph.transpose %0 [2, 0, 1] : tensor<2x1x3xi1> -> "
              "tensor<3x2x1xi1>",
              {"dense<[[[true, false, true]], [[false, false, true]]]> : "
               "tensor<2x1x3xi1>"}),
      value("dense<[[[true], [false]], [[false], [false]], [[true], [true]]]> "
            ": tensor<3x2x1xi1>"));
}

/// Every permutation of axes that do not divide the squares of the copy.
template <typename T> void checkTransposes() {
  const llvm::SmallVector<int64_t> shape = {3, 37, 70};
  std::vector<T> input(product(shape)), output(input.size());
  for (size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<T>(i * 2654435761u);
  auto strides = rowMajorStrides(shape);
  llvm::SmallVector<int64_t> axes = {0, 1, 2};
  do {
    llvm::SmallVector<int64_t> permuted, source;
    for (int64_t axis : axes) {
      permuted.push_back(shape[axis]);
      source.push_back(strides[axis]);
    }
    copyStrided(sizeof(T), permuted,
                {reinterpret_cast<const uint8_t *>(input.data()), source},
                {reinterpret_cast<uint8_t *>(output.data()),
                 rowMajorStrides(permuted)});
    llvm::SmallVector<int64_t> index(3, 0);
    size_t place = 0;
    do {
      int64_t from = 0;
      for (auto [i, stride] : llvm::zip(index, source))
        from += i * stride;
      ASSERT_EQ(output[place++], input[from]);
    } while (advance(index, permuted));
  } while (std::next_permutation(axes.begin(), axes.end()));
}

TEST(StridesTest, TransposesOfEveryWidth) {
  checkTransposes<uint8_t>();
  checkTransposes<uint16_t>();
  checkTransposes<uint32_t>();
  checkTransposes<uint64_t>();
}

TEST_F(MovementTest, Broadcast) {
  EXPECT_EQ(compute("graph.broadcast %0 : tensor<2x1xi8> -> tensor<2x2x3xi8>",
                    {"dense<[[1], [2]]> : tensor<2x1xi8>"}),
            value("dense<[[[1, 1, 1], [2, 2, 2]], [[1, 1, 1], [2, 2, 2]]]> : "
                  "tensor<2x2x3xi8>"));
}

TEST_F(MovementTest, Concat) {
  EXPECT_EQ(compute("graph.concat %0, %1, %2 axis 1 : tensor<2x3xi32>, "
                    "tensor<2x0xi32>, tensor<2x1xi32> -> tensor<2x4xi32>",
                    {matrix, "dense<> : tensor<2x0xi32>",
                     "dense<[[7], [8]]> : tensor<2x1xi32>"}),
            value("dense<[[1, 2, 3, 7], [4, 5, 6, 8]]> : tensor<2x4xi32>"));
}

TEST_F(MovementTest, ConcatAddsUp) {
  SymbolValues symbols;
  symbols["n"] = 7;
  EXPECT_EQ(compute("graph.concat %0, %0 axis 1 : tensor<2x3xi32>, "
                    "tensor<2x3xi32> -> tensor<2x?xi32, #graph.dims<2, n>>",
                    {matrix}, symbols),
            "graph.concat cannot be computed from 1 tensors");
  EXPECT_EQ(compute("graph.concat %0, %1 axis 1 : tensor<2x3xi32>, "
                    "tensor<2x3xi32> -> tensor<2x?xi32, #graph.dims<2, n>>",
                    {matrix, matrix}, symbols),
            "the operands have 6 elements along axis 1, but the result has 7");
}

TEST_F(MovementTest, Slice) {
  EXPECT_EQ(compute("graph.slice %0 from <1, 2> step [1, -2] : "
                    "tensor<2x3xi32> -> tensor<1x2xi32>",
                    {matrix}),
            value("dense<[[6, 4]]> : tensor<1x2xi32>"));
  SymbolValues symbols;
  symbols["past"] = 1;
  EXPECT_EQ(compute("graph.slice %0 from <0, past> step [1, 1] : "
                    "tensor<2x3xi32> -> tensor<2x2xi32>",
                    {matrix}, symbols),
            value("dense<[[2, 3], [5, 6]]> : tensor<2x2xi32>"));
  symbols["past"] = 2;
  EXPECT_EQ(compute("graph.slice %0 from <0, past> step [1, 1] : "
                    "tensor<2x3xi32> -> tensor<2x2xi32>",
                    {matrix}, symbols),
            "takes 2 elements from 2 in steps of 1 of axis 1, which has 3");
}

TEST_F(MovementTest, PadModes) {
  auto pad = [&](const std::string &mode) {
    return compute(
        "graph.pad " + mode +
            " %0, %1 low [3] : tensor<3xi16>, tensor<i16> -> "
            "tensor<9xi16>",
        {"dense<[1, 2, 3]> : tensor<3xi16>", "dense<7> : tensor<i16>"});
  };
  const std::string type = " : tensor<9xi16>";
  EXPECT_EQ(pad("constant"),
            value("dense<[7, 7, 7, 1, 2, 3, 7, 7, 7]>" + type));
  EXPECT_EQ(pad("edge"), value("dense<[1, 1, 1, 1, 2, 3, 3, 3, 3]>" + type));
  EXPECT_EQ(pad("wrap"), value("dense<[1, 2, 3, 1, 2, 3, 1, 2, 3]>" + type));
  EXPECT_EQ(pad("reflect"), value("dense<[2, 3, 2, 1, 2, 3, 2, 1, 2]>" + type));
}

TEST_F(MovementTest, PadRemovesElements) {
  EXPECT_EQ(compute("graph.pad constant %0, %1 low [1, -1] : tensor<2x3xi32>, "
                    "tensor<i32> -> tensor<3x3xi32>",
                    {matrix, "dense<0> : tensor<i32>"}),
            value("dense<[[0, 0, 0], [2, 3, 0], [5, 6, 0]]> : "
                  "tensor<3x3xi32>"));
}

TEST_F(MovementTest, PadOfNothing) {
  EXPECT_EQ(compute("graph.pad edge %0, %1 low [1] : tensor<0xi8>, "
                    "tensor<i8> -> tensor<2xi8>",
                    {"dense<> : tensor<0xi8>", "dense<0> : tensor<i8>"}),
            "the input has no element that could be repeated");
  EXPECT_EQ(compute("graph.pad constant %0, %1 low [1] : tensor<0xi8>, "
                    "tensor<i8> -> tensor<2xi8>",
                    {"dense<> : tensor<0xi8>", "dense<5> : tensor<i8>"}),
            value("dense<5> : tensor<2xi8>"));
}

TEST_F(MovementTest, Patches) {
  // Two columns of one padded, strided row: windows [0 1], [2 3].
  EXPECT_EQ(compute("graph.patches %0 strides [2] dilations [1] low [1] : "
                    "tensor<1x2x3xf32> -> tensor<1x2x2x2xf32>",
                    {"dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : "
                     "tensor<1x2x3xf32>"}),
            value("dense<[[[[0.0, 1.0], [0.0, 4.0]], [[2.0, 3.0], "
                  "[5.0, 6.0]]]]> : tensor<1x2x2x2xf32>"));
  // Two axes, dilated by two: the corners of a 3x3 window.
  EXPECT_EQ(compute("graph.patches %0 strides [1, 1] dilations [2, 2] "
                    "low [0, 0] : tensor<1x1x3x4xi8> -> "
                    "tensor<1x1x2x1x2x2xi8>",
                    {"dense<[[[[1, 2, 3, 4], [5, 6, 7, 8], "
                     "[9, 10, 11, 12]]]]> : tensor<1x1x3x4xi8>"}),
            value("dense<[[[[[[1, 3], [9, 11]]], [[[2, 4], [10, 12]]]]]]> : "
                  "tensor<1x1x2x1x2x2xi8>"));
}

TEST_F(MovementTest, Iota) {
  EXPECT_EQ(compute("graph.iota : tensor<4xi32>", {}),
            value("dense<[0, 1, 2, 3]> : tensor<4xi32>"));
}

TEST_F(MovementTest, DimValues) {
  SymbolValues symbols;
  symbols["batch"] = 3;
  symbols["length"] = 1'500'000'000;
  EXPECT_EQ(compute("graph.dim_values <batch, 2 * length> : tensor<2xi64>", {},
                    symbols),
            value("dense<[3, 3000000000]> : tensor<2xi64>"));
  EXPECT_EQ(compute("graph.dim_values <length floordiv batch> : tensor<i32>",
                    {}, symbols),
            value("dense<500000000> : tensor<i32>"));
  EXPECT_EQ(compute("graph.dim_values <2 * length> : tensor<i32>", {}, symbols),
            "the size 3000000000 does not fit 'i32'");
  EXPECT_EQ(compute("graph.dim_values <width> : tensor<i32>", {}, symbols),
            "the size \"width\" has no value here");
}

//===----------------------------------------------------------------------===//
// Indexing
//===----------------------------------------------------------------------===//

TEST_F(MovementTest, Gather) {
  auto gather = [&](const std::string &indices) {
    return compute("graph.gather %0, %1 axis 1 : tensor<2x3xi32>, "
                   "tensor<2xi64> -> tensor<2x2xi32>",
                   {matrix, "dense<" + indices + "> : tensor<2xi64>"});
  };
  EXPECT_EQ(gather("[2, 0]"),
            value("dense<[[3, 1], [6, 4]]> : tensor<2x2xi32>"));
  EXPECT_EQ(gather("[-1, -3]"),
            value("dense<[[3, 1], [6, 4]]> : tensor<2x2xi32>"));
  EXPECT_EQ(gather("[0, 3]"), "index 3 is outside [-3, 3)");
  EXPECT_EQ(gather("[0, -4]"), "index -4 is outside [-3, 3)");
}

TEST_F(MovementTest, GatherByScalarAndByNothing) {
  EXPECT_EQ(compute("graph.gather %0, %1 axis 0 : tensor<2x3xi32>, tensor<i32> "
                    "-> tensor<3xi32>",
                    {matrix, "dense<1> : tensor<i32>"}),
            value("dense<[4, 5, 6]> : tensor<3xi32>"));
  EXPECT_EQ(compute("graph.gather %0, %1 axis 0 : tensor<2x3xi32>, "
                    "tensor<0xi32> -> tensor<0x3xi32>",
                    {matrix, "dense<> : tensor<0xi32>"}),
            value("dense<> : tensor<0x3xi32>"));
}

TEST_F(MovementTest, GatherElements) {
  auto gather = [&](const std::string &indices) {
    return compute("graph.gather_elements %0, %1 axis 0 : tensor<2x3xi32>, "
                   "tensor<1x2xi64> -> tensor<1x2xi32>",
                   {matrix, "dense<" + indices + "> : tensor<1x2xi64>"});
  };
  EXPECT_EQ(gather("[[1, -2]]"), value("dense<[[4, 2]]> : tensor<1x2xi32>"));
  EXPECT_EQ(gather("[[1, 2]]"), "index 2 is outside [-2, 2)");
  EXPECT_EQ(compute("graph.gather_elements %0, %1 axis 0 : tensor<2x3xi32>, "
                    "tensor<1x4xi64> -> tensor<1x4xi32>",
                    {matrix, "dense<0> : tensor<1x4xi64>"}),
            "the indices have 4 elements along axis 1, but the data only 3");
}

TEST_F(MovementTest, GatherNd) {
  EXPECT_EQ(compute("graph.gather_nd %0, %1 batch_axes 0 : tensor<2x3xi32>, "
                    "tensor<2x2xi64> -> tensor<2xi32>",
                    {matrix, "dense<[[0, -1], [1, 0]]> : tensor<2x2xi64>"}),
            value("dense<[3, 4]> : tensor<2xi32>"));
  EXPECT_EQ(compute("graph.gather_nd %0, %1 batch_axes 0 : tensor<2x3xi32>, "
                    "tensor<1x1xi64> -> tensor<1x3xi32>",
                    {matrix, "dense<1> : tensor<1x1xi64>"}),
            value("dense<[[4, 5, 6]]> : tensor<1x3xi32>"));
  EXPECT_EQ(compute("graph.gather_nd %0, %1 batch_axes 1 : tensor<2x3xi32>, "
                    "tensor<2x1xi64> -> tensor<2xi32>",
                    {matrix, "dense<[[2], [0]]> : tensor<2x1xi64>"}),
            value("dense<[3, 4]> : tensor<2xi32>"));
  EXPECT_EQ(compute("graph.gather_nd %0, %1 batch_axes 0 : tensor<2x3xi32>, "
                    "tensor<1x2xi64> -> tensor<1xi32>",
                    {matrix, "dense<[[0, 5]]> : tensor<1x2xi64>"}),
            "index 5 is outside [-3, 3)");
  EXPECT_EQ(compute("graph.gather_nd %0, %1 batch_axes 0 : tensor<2x3xi32>, "
                    "tensor<1x1xi64> -> tensor<1x2xi32>",
                    {matrix, "dense<1> : tensor<1x1xi64>"}),
            "the result has shape [1, 2], but the indices name [1, 3]");
}

TEST_F(MovementTest, ScatterElements) {
  auto scatter = [&](const std::string &mode, const std::string &indices) {
    return compute("graph.scatter_elements " + mode +
                       " %0, %1, %2 axis 1 : tensor<2x3xi32>, "
                       "tensor<1x2xi64>, tensor<1x2xi32>",
                   {matrix, "dense<" + indices + "> : tensor<1x2xi64>",
                    "dense<[[10, -20]]> : tensor<1x2xi32>"});
  };
  const std::string type = " : tensor<2x3xi32>";
  EXPECT_EQ(scatter("assign", "[[0, -1]]"),
            value("dense<[[10, 2, -20], [4, 5, 6]]>" + type));
  // Twice the same place: in order.
  EXPECT_EQ(scatter("assign", "[[1, 1]]"),
            value("dense<[[1, -20, 3], [4, 5, 6]]>" + type));
  EXPECT_EQ(scatter("add", "[[1, 1]]"),
            value("dense<[[1, -8, 3], [4, 5, 6]]>" + type));
  EXPECT_EQ(scatter("mul", "[[1, 2]]"),
            value("dense<[[1, 20, -60], [4, 5, 6]]>" + type));
  EXPECT_EQ(scatter("max", "[[1, 2]]"),
            value("dense<[[1, 10, 3], [4, 5, 6]]>" + type));
  EXPECT_EQ(scatter("min", "[[1, 2]]"),
            value("dense<[[1, 2, -20], [4, 5, 6]]>" + type));
  EXPECT_EQ(scatter("add", "[[1, 3]]"), "index 3 is outside [-3, 3)");
}

TEST_F(MovementTest, Diagonals) {
  EXPECT_EQ(compute("graph.diagonals %0 : tensor<2x4xi64> -> tensor<2x2x3xi64>",
                    {"dense<[[1, 2, 3, 4], [5, 6, 7, 8]]> : tensor<2x4xi64>"}),
            value("dense<[[[2, 3, 4], [1, 2, 3]], [[6, 7, 8], [5, 6, 7]]]> : "
                  "tensor<2x2x3xi64>"));
}

TEST_F(MovementTest, ScatterNd) {
  EXPECT_EQ(compute("graph.scatter_nd add %0, %1, %2 : tensor<2x3xf16>, "
                    "tensor<2x1xi32>, tensor<2x3xf16>",
                    {"dense<1.0> : tensor<2x3xf16>",
                     "dense<[[-1], [1]]> : tensor<2x1xi32>",
                     "dense<[[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]]> : "
                     "tensor<2x3xf16>"}),
            value("dense<[[1.0, 1.0, 1.0], [2.5, 3.5, 4.5]]> : "
                  "tensor<2x3xf16>"));
  EXPECT_EQ(compute("graph.scatter_nd assign %0, %1, %2 : tensor<2x3xi32>, "
                    "tensor<1x2xi64>, tensor<1xi32>",
                    {matrix, "dense<[[1, -1]]> : tensor<1x2xi64>",
                     "dense<9> : tensor<1xi32>"}),
            value("dense<[[1, 2, 3], [4, 5, 9]]> : tensor<2x3xi32>"));
  EXPECT_EQ(compute("graph.scatter_nd assign %0, %1, %2 : tensor<2x3xi32>, "
                    "tensor<1x1xi64>, tensor<1x2xi32>",
                    {matrix, "dense<0> : tensor<1x1xi64>",
                     "dense<9> : tensor<1x2xi32>"}),
            "updates has shape [1, 2], but the indices name [1, 3]");
}

} // namespace
} // namespace lmcc::graph
