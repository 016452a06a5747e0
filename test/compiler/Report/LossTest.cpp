//===- LossTest.cpp - Samples that are made up, and losses on them
//---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Report/Loss.h"

#include "dialects/Graph/Evaluate/Numbers.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Parser/Parser.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::report;

namespace {

/// A product with a weight of ones whose result is kept and summed, and what
/// takes its place: the same times 1.5, but for the second one.
constexpr char models[] = R"mlir(
  weight.data @ones : tensor<4x4xf32> {
    %0 = graph.constant dense<1.0> : tensor<4x4xf32>
    weight.yield %0 : tensor<4x4xf32>
  }
  func.func @original(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<4x4xf32>) {
    %w = weight.get @ones : tensor<4x4xf32>
    %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32> loc("first")
    %1 = graph.matmul %0, %w : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32> loc("second")
    %2 = graph.concat %x, %1 axis 0 : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<4x4xf32>
    return %1, %2 : tensor<2x4xf32>, tensor<4x4xf32>
  }
  func.func @compressed(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<4x4xf32>) {
    %w = weight.get @ones : tensor<4x4xf32>
    %c = graph.constant dense<1.5> : tensor<f32>
    %p = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32> loc("first")
    %0 = graph.mul %p, %c : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32> loc("first")
    %1 = graph.matmul %0, %w : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32> loc("second")
    %2 = graph.concat %x, %1 axis 0 : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<4x4xf32>
    return %1, %2 : tensor<2x4xf32>, tensor<4x4xf32>
  }
)mlir";

struct LossTest : ::testing::Test {
  LossTest() {
    context.loadDialect<graph::GraphDialect, weight::WeightDialect,
                        func::FuncDialect>();
  }

  func::FuncOp function(StringRef name) {
    return module->lookupSymbol<func::FuncOp>(name);
  }
  std::vector<double> inputOf(const std::string &arguments,
                              const std::string &body = "") {
    module = parseSourceString<ModuleOp>("func.func @main(" + arguments +
                                             " {\n" + body + "\n return\n}",
                                         &context);
    if (!module)
      return {};
    FailureOr<Sample> sample = generateSample(function("main"));
    if (failed(sample))
      return {};
    return graph::numbersOf(sample->inputs.front());
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(LossTest, LayersAloneAndOutputsWithAll) {
  module = parseSourceString<ModuleOp>(models, &context);
  ASSERT_TRUE(module);
  FailureOr<Sample> sample = generateSample(function("original"));
  ASSERT_TRUE(succeeded(sample));
  FailureOr<Loss> loss =
      measureLoss(function("original"), function("compressed"), *sample, {});
  ASSERT_TRUE(succeeded(loss));
  // The second one is computed as it was. The state does not count.
  ASSERT_EQ(loss->layers.size(), 1u);
  EXPECT_NEAR(loss->layers[0].difference.relative(), 0.5, 1e-6);
  EXPECT_NEAR(loss->layers[0].difference.cosine(), 1, 1e-6);
  ASSERT_EQ(loss->outputs.size(), 1u);
  EXPECT_EQ(loss->outputs[0].result, 0u);
  EXPECT_NEAR(loss->worstOutput()->difference.relative(), 0.5, 1e-6);
}

TEST_F(LossTest, DifferencesOfNothing) {
  Type element = Float32Type::get(&context);
  auto zero = graph::HostTensor::allocate(element, {2});
  auto one = graph::HostTensor::allocate(element, {2});
  graph::fillWithNumbers(*zero, [](int64_t) { return 0; });
  graph::fillWithNumbers(*one, [](int64_t) { return 1; });
  Difference same, fromNothing;
  same.add(*zero, *zero);
  EXPECT_EQ(same.relative(), 0);
  EXPECT_EQ(same.cosine(), 1);
  fromNothing.add(*one, *zero);
  EXPECT_EQ(fromNothing.relative(), HUGE_VAL);
}

TEST_F(LossTest, TokensLieInTheirTable) {
  std::vector<double> tokens = inputOf(
      "%t: tensor<1x64xi64>, %w: tensor<9x4xf32>)",
      "%0 = graph.gather %w, %t axis 0 : tensor<9x4xf32>, tensor<1x64xi64> -> "
      "tensor<1x64x4xf32>");
  ASSERT_EQ(tokens.size(), 64u);
  EXPECT_EQ(*std::min_element(tokens.begin(), tokens.end()), 0);
  EXPECT_EQ(*std::max_element(tokens.begin(), tokens.end()), 8);
}

TEST_F(LossTest, NamesDecideWhatLooksAlike) {
  EXPECT_EQ(inputOf("%p: tensor<1x3xi64> {graph.name = \"position_ids\"})"),
            (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(inputOf("%m: tensor<1x3xf32> {graph.name = \"attention_mask\"})"),
            (std::vector<double>{1, 1, 1}));
}

TEST_F(LossTest, SizesStayWithinTheirBounds) {
  EXPECT_EQ(inputOf("%x: tensor<?xf32, #graph.dims<n>>) attributes "
                    "{graph.symbols = [#graph.symbol<\"n\", 1, 7>]}")
                .size(),
            7u);
}

} // namespace
