//===- WeightsTest.cpp - The bytes of weights -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Weights.h"
#include "Evaluation.h"

namespace lmcc::graph {
namespace {

class WeightsTest : public Evaluation {
protected:
  /// The value of the first weight of `module`; `model.bin` holds one byte of
  /// a header and then the numbers 0, 1, 2 ... as f32.
  std::string weight(const std::string &module) {
    std::vector<uint8_t> file(1 + 64 * sizeof(float));
    for (int i = 0; i < 64; ++i) {
      float number = i;
      std::memcpy(file.data() + 1 + i * sizeof(float), &number, sizeof number);
    }
    FileTable files;
    files["model.bin"] = file;
    auto parsed = parse(module);
    if (!parsed)
      return takeError();
    auto result =
        evaluateWeight(*parsed->getOps<weight::DataOp>().begin(), files);
    return failed(result) ? takeError() : text(*result);
  }
};

TEST_F(WeightsTest, FileBytesAtAnyAlignment) {
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2x2xf32> {
      %0 = weight.file "model.bin" offset 9 : tensor<2x2xf32>
      weight.yield %0 : tensor<2x2xf32>
    })"),
            value("dense<[[2.0, 3.0], [4.0, 5.0]]> : tensor<2x2xf32>"));
}

TEST_F(WeightsTest, FileErrors) {
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2xf32> {
      %0 = weight.file "model.bin" offset 250 : tensor<2xf32>
      weight.yield %0 : tensor<2xf32>
    })"),
            "needs 8 bytes from 250 on, but \"model.bin\" has 257; is the "
            "download of the model complete?");
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2xf32> {
      %0 = weight.file "other.bin" offset 0 : tensor<2xf32>
      weight.yield %0 : tensor<2xf32>
    })"),
            "there is no file \"other.bin\"");
}

TEST_F(WeightsTest, GraphOperations) {
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2x2xf16> {
      %0 = weight.file "model.bin" offset 1 : tensor<2x2xf32>
      %scale = graph.constant dense<0.5> : tensor<f32>
      %1 = graph.mul %0, %scale
          : tensor<2x2xf32>, tensor<f32> -> tensor<2x2xf32>
      %2 = graph.cast %1 : tensor<2x2xf32> -> tensor<2x2xf16>
      %3 = graph.transpose %2 [1, 0] : tensor<2x2xf16> -> tensor<2x2xf16>
      weight.yield %3 : tensor<2x2xf16>
    })"),
            value("dense<[[0.0, 1.0], [0.5, 1.5]]> : tensor<2x2xf16>"));
}

TEST_F(WeightsTest, PackPadsTheLastPanel) {
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2x2x2xf32> {
      %0 = weight.file "model.bin" offset 1 : tensor<2x3xf32>
      %1 = weight.pack %0 : tensor<2x3xf32> -> tensor<2x2x2xf32>
      weight.yield %1 : tensor<2x2x2xf32>
    })"),
            value("dense<[[[0.0, 1.0], [3.0, 4.0]], [[2.0, 0.0], "
                  "[5.0, 0.0]]]> : tensor<2x2x2xf32>"));
}

TEST_F(WeightsTest, PackOfATransposeEqualsBoth) {
  EXPECT_EQ(weight(R"(
    weight.data @w : tensor<2x2x2xf32> {
      %0 = weight.file "model.bin" offset 1 : tensor<3x2xf32>
      %1 = graph.transpose %0 [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
      %2 = weight.pack %1 : tensor<2x3xf32> -> tensor<2x2x2xf32>
      weight.yield %2 : tensor<2x2x2xf32>
    })"),
            value("dense<[[[0.0, 2.0], [1.0, 3.0]], [[4.0, 0.0], "
                  "[5.0, 0.0]]]> : tensor<2x2x2xf32>"));
}

TEST_F(WeightsTest, GetFindsItsWeight) {
  auto module = parse(R"(
    weight.data @w : tensor<2xf32> {
      %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
      weight.yield %0 : tensor<2xf32>
    }
    func.func @model() -> tensor<2xf32> {
      %0 = weight.get @w : tensor<2xf32>
      %1 = graph.neg %0 : tensor<2xf32>
      return %1 : tensor<2xf32>
    })");
  ASSERT_TRUE(module);
  auto results = evaluateFunction(
      *module->getOps<mlir::func::FuncOp>().begin(), {}, {},
      [](mlir::Operation *op, llvm::ArrayRef<HostTensor>) {
        return evaluateWeight(llvm::cast<weight::GetOp>(op), {});
      });
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ(text(results->front()),
            value("dense<[-1.0, -2.0]> : tensor<2xf32>"));
}

} // namespace
} // namespace lmcc::graph
