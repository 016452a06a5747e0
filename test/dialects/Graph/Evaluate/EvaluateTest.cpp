//===- EvaluateTest.cpp - Tensors, sizes, functions -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"

namespace lmcc::graph {
namespace {

using EvaluateTest = Evaluation;

TEST_F(EvaluateTest, AttributesOfEveryTypeComeBack) {
  for (std::string text :
       {"dense<[1.5, -2.0]> : tensor<2xf16>", "dense<3.0> : tensor<2x2xbf16>",
        "dense<[0.1]> : tensor<1xf32>", "dense<[]> : tensor<0xf64>",
        "dense<[true, false, true]> : tensor<3xi1>",
        "dense<true> : tensor<9xi1>", "dense<-1> : tensor<i8>",
        "dense<[[1], [2]]> : tensor<2x1xi16>", "dense<7> : tensor<3xui32>",
        "dense<18446744073709551615> : tensor<1xui64>"})
    EXPECT_EQ(this->text(tensor(text)), value(text));
}

TEST_F(EvaluateTest, SizesThatDoNotFit) {
  mlir::Type f32 = mlir::Float32Type::get(&context);
  EXPECT_FALSE(HostTensor::allocate(f32, {int64_t(1) << 61, 4}));
  EXPECT_FALSE(HostTensor::allocate(f32, {int64_t(1) << 61, 4, 0}));
  EXPECT_FALSE(HostTensor::allocate(f32, {-1}));
  EXPECT_FALSE(HostTensor::allocate(mlir::IntegerType::get(&context, 4), {2}));
  const uint8_t bytes[7] = {};
  EXPECT_FALSE(HostTensor::borrow(f32, {2}, bytes));
}

TEST_F(EvaluateTest, HugeResultIsAnError) {
  SymbolValues symbols;
  symbols["n"] = int64_t(1) << 60;
  EXPECT_EQ(compute("graph.iota : tensor<?xi64, #graph.dims<n>>", {}, symbols),
            "no memory for a tensor of 'i64' with shape "
            "[1152921504606846976]");
  EXPECT_EQ(
      compute("graph.iota : tensor<?xi64, #graph.dims<16 * n>>", {}, symbols),
      "entry 0 of #graph.dims<n * 16> is not a 64-bit number");
}

TEST_F(EvaluateTest, EmptyTensorsWithHugeAxesCostNothing) {
  const std::string size = std::to_string(int64_t(1) << 59);
  const std::string type = "tensor<" + size + "x1x0xi8>";
  const std::string empty = "dense<> : " + type;
  EXPECT_EQ(compute("graph.cumulative_sum %0 axis 1 : " + type, {empty}),
            value(empty));
  EXPECT_EQ(compute("graph.gather %0, %1 axis 1 : " + type +
                        ", tensor<1xi64> -> " + type,
                    {empty, "dense<0> : tensor<1xi64>"}),
            value(empty));
  EXPECT_EQ(compute("graph.transpose %0 [2, 0, 1] : " + type + " -> tensor<0x" +
                        size + "x1xi8>",
                    {empty}),
            value("dense<> : tensor<0x" + size + "x1xi8>"));
}

TEST_F(EvaluateTest, OperandsMustHaveTheirTypes) {
  auto module = parse("func.func @test(%0: tensor<2xf32>) {\n"
                      "%1 = graph.abs %0 : tensor<2xf32>\nreturn\n}");
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  mlir::Operation *abs = &function.getBody().front().front();
  EXPECT_TRUE(
      failed(evaluate(abs, {tensor("dense<1.0> : tensor<3xf32>")}, {})));
  EXPECT_EQ(takeError(),
            "operand 0 has shape [2], but got a tensor of shape [3]");
  EXPECT_TRUE(failed(evaluate(abs, {tensor("dense<1> : tensor<2xi32>")}, {})));
  EXPECT_EQ(takeError(), "operand 0 has type 'tensor<2xf32>', but got a tensor "
                         "of 'i32'");
}

TEST_F(EvaluateTest, FunctionWithDynamicSizes) {
  const std::string module = R"(
    func.func @model(
        %x: tensor<?x?x2xf32, #graph.dims<batch, length, 2>>,
        %past: tensor<?x?x2xf32, #graph.dims<batch, past, 2>>)
        -> (tensor<?x?x2xf32, #graph.dims<batch, length + past, 2>>,
            tensor<2xi64>) {
      %one = graph.constant dense<1.0> : tensor<f32>
      %sum = graph.add %x, %one
          : tensor<?x?x2xf32, #graph.dims<batch, length, 2>>, tensor<f32>
          -> tensor<?x?x2xf32, #graph.dims<batch, length, 2>>
      %all = graph.concat %past, %sum axis 1
          : tensor<?x?x2xf32, #graph.dims<batch, past, 2>>,
            tensor<?x?x2xf32, #graph.dims<batch, length, 2>>
          -> tensor<?x?x2xf32, #graph.dims<batch, length + past, 2>>
      %sizes = graph.dim_values <batch, length + past> : tensor<2xi64>
      return %all, %sizes
          : tensor<?x?x2xf32, #graph.dims<batch, length + past, 2>>,
            tensor<2xi64>
    })";
  EXPECT_EQ(call(module, {"dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>",
                          "dense<[[[5.0, 6.0], [7.0, 8.0]]]> : "
                          "tensor<1x2x2xf32>"}),
            Texts({value("dense<[[[5.0, 6.0], [7.0, 8.0], [2.0, 3.0]]]> : "
                         "tensor<1x3x2xf32>"),
                   value("dense<[1, 3]> : tensor<2xi64>")}));
  // An empty cache.
  EXPECT_EQ(call(module, {"dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>",
                          "dense<> : tensor<1x0x2xf32>"})
                .front(),
            value("dense<[[[2.0, 3.0]]]> : tensor<1x1x2xf32>"));
  EXPECT_EQ(call(module, {"dense<1.0> : tensor<1x1x2xf32>",
                          "dense<1.0> : tensor<3x1x2xf32>"}),
            Texts({"axis 0 of argument 1 has size 3, but must be 1"}));
  EXPECT_EQ(call(module, {"dense<1.0> : tensor<1x1x2xf32>"}),
            Texts({"takes 2 tensors, but got 1"}));
  EXPECT_EQ(call(module, {"dense<1.0> : tensor<1x1xf32>",
                          "dense<1.0> : tensor<3x1x2xf32>"})
                .front()
                .substr(0, 13),
            "argument 0 is");
}

TEST_F(EvaluateTest, SymbolsAreSolvedFor) {
  const std::string module = R"(
    func.func @model(
        %both: tensor<?xi8, #graph.dims<length + past>>,
        %area: tensor<?xi8, #graph.dims<batch * length>>,
        %double: tensor<?xi8, #graph.dims<2 * batch>>) -> tensor<3xi64>
        attributes {graph.symbols = [#graph.symbol<"batch", 1, 8>]} {
      %sizes = graph.dim_values <batch, length, past> : tensor<3xi64>
      return %sizes : tensor<3xi64>
    })";
  auto solve = [&](int both, int area, int twice) {
    auto vector = [](int size) {
      return "dense<0> : tensor<" + std::to_string(size) + "xi8>";
    };
    return call(module, {vector(both), vector(area), vector(twice)}).front();
  };
  EXPECT_EQ(solve(10, 12, 6), value("dense<[3, 4, 6]> : tensor<3xi64>"));
  EXPECT_EQ(solve(10, 12, 7), "axis 0 of argument 2 has size 7, but must be 6");
  EXPECT_EQ(solve(10, 13, 6),
            "axis 0 of argument 1 has size 13, but must be 12");
  EXPECT_EQ(solve(10, 18, 18), "the inputs make \"batch\" 9, which must lie "
                               "from 1 to 8");
  EXPECT_EQ(solve(10, 0, 0), "the size \"length\" has no value here");
}

TEST_F(EvaluateTest, DemandsOnSizes) {
  const std::string module = R"(
    func.func @model(
        %x: tensor<?xi8, #graph.dims<length>>,
        %past: tensor<?xi8, #graph.dims<past>>) -> tensor<2xi64>
        attributes {graph.demands = [
          {size = #graph.dims<2 * length>, low = 4, high = 9},
          {size = #graph.dims<length + past * -1>, low = 1},
          {size = #graph.dims<past mod 2>, low = 0, high = 0}]} {
      %sizes = graph.dim_values <length, past> : tensor<2xi64>
      return %sizes : tensor<2xi64>
    })";
  auto bind = [&](int length, int past) {
    auto vector = [](int size) {
      return "dense<0> : tensor<" + std::to_string(size) + "xi8>";
    };
    return call(module, {vector(length), vector(past)}).front();
  };
  EXPECT_EQ(bind(3, 2), value("dense<[3, 2]> : tensor<2xi64>"));
  EXPECT_EQ(bind(5, 2), "the model needs the size length * 2 to be 4..9, but "
                        "the inputs make it 10");
  EXPECT_EQ(bind(3, 4), "the model needs the size length + past * -1 to be at "
                        "least 1, but the inputs make it -1");
  EXPECT_EQ(bind(3, 1), "the model needs the size past mod 2 to be 0, but the "
                        "inputs make it 1");
}

TEST_F(EvaluateTest, Group) {
  EXPECT_EQ(call(R"(
    func.func @model(%x: tensor<2xi32>, %y: tensor<i32>) -> tensor<2xi32> {
      %0 = graph.group (%a = %x, %b = %y)
          : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32> {
        %1 = graph.mul %a, %a
            : tensor<2xi32>, tensor<2xi32> -> tensor<2xi32>
        %2 = graph.sub %1, %b : tensor<2xi32>, tensor<i32> -> tensor<2xi32>
        graph.yield %2 : tensor<2xi32>
      }
      return %0 : tensor<2xi32>
    })",
                 {"dense<[3, 4]> : tensor<2xi32>", "dense<1> : tensor<i32>"}),
            Texts({value("dense<[8, 15]> : tensor<2xi32>")}));
}

TEST_F(EvaluateTest, ErrorsEndAFunction) {
  EXPECT_EQ(call(R"(
    func.func @model(%x: tensor<2xi32>, %i: tensor<i32>) -> tensor<i32> {
      %0 = graph.gather %x, %i axis 0
          : tensor<2xi32>, tensor<i32> -> tensor<i32>
      %1 = graph.neg %0 : tensor<i32>
      return %1 : tensor<i32>
    })",
                 {"dense<[3, 4]> : tensor<2xi32>", "dense<2> : tensor<i32>"}),
            Texts({"index 2 is outside [-2, 2)"}));
}

TEST_F(EvaluateTest, ValuesLiveUntilTheirLastUse) {
  // One operation uses %1 twice, and the terminator once more.
  EXPECT_EQ(call(R"(
    func.func @model(%x: tensor<2x2xi32>) -> (tensor<4xi32>, tensor<4xi32>) {
      %0 = graph.neg %x : tensor<2x2xi32>
      %1 = graph.reshape %0 : tensor<2x2xi32> -> tensor<4xi32>
      %2 = graph.add %1, %1 : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
      return %2, %1 : tensor<4xi32>, tensor<4xi32>
    })",
                 {"dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>"}),
            Texts({value("dense<[-2, -4, -6, -8]> : tensor<4xi32>"),
                   value("dense<[-1, -2, -3, -4]> : tensor<4xi32>")}));
}

} // namespace
} // namespace lmcc::graph
