//===- LayersTest.cpp - Loops over layers as C++ --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Emit.h"

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace lmcc;
using namespace lmcc::emit;
namespace fs = llvm::sys::fs;

namespace {

/// Three layers with an input, an output and a weight each; LOOP stands for
/// the loop.
constexpr llvm::StringRef moduleText = R"mlir(
weight.data @layers.0.w : tensor<4xf32> {
  %0 = weight.file "m" offset 0 : tensor<4xf32>
  weight.yield %0 : tensor<4xf32>
}
weight.data @layers.1.w : tensor<4xf32> {
  %0 = weight.file "m" offset 16 : tensor<4xf32>
  weight.yield %0 : tensor<4xf32>
}
func.func private @add(%x: memref<?xf32>, %w: memref<?xf32>,
                       %y: memref<?xf32>)
    attributes {kernel.kernel, kernel.args = ["x", "w", "y"]} {
  %c0 = arith.constant 0 : index
  %a = memref.load %x[%c0] : memref<?xf32>
  %b = memref.load %w[%c0] : memref<?xf32>
  %c = arith.addf %a, %b : f32
  memref.store %c, %y[%c0] : memref<?xf32>
  return
}
func.func @run(%x: memref<?xf32>, %p0: memref<?xf32>, %p1: memref<?xf32>,
               %p2: memref<?xf32>, %y: memref<?xf32>, %q0: memref<?xf32>,
               %q1: memref<?xf32>, %q2: memref<?xf32>)
    attributes {kernel.arena_bytes = 256 : i64, kernel.contract = {
      dims = [],
      inputs = [{name = "x", type = f32, sizes = affine_map<() -> (4)>},
                {name = "past.0.key", type = f32, sizes = affine_map<() -> (4)>},
                {name = "past.1.key", type = f32, sizes = affine_map<() -> (4)>},
                {name = "past.2.key", type = f32, sizes = affine_map<() -> (4)>}],
      outputs = [{name = "y", type = f32, sizes = affine_map<() -> (4)>},
                 {name = "present.0", type = f32, sizes = affine_map<() -> (4)>},
                 {name = "present.1", type = f32, sizes = affine_map<() -> (4)>},
                 {name = "present.2", type = f32, sizes = affine_map<() -> (4)>}]
    }} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %w0 = weight.get @layers.0.w : memref<?xf32>
  %w1 = weight.get @layers.1.w : memref<?xf32>
  %h = kernel.slot 0 bytes 64 : memref<?xf32> loc("embed")
  func.call @add(%x, %w1, %h)
      : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> () loc("embed")
  LOOP
  return
}
)mlir";

class LayersTest : public testing::Test {
protected:
  LayersTest() {
    context.loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect,
                        mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                        kernel::KernelDialect, target::TargetDialect,
                        weight::WeightDialect>();
    context.getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
    llvm::SmallString<128> created;
    EXPECT_FALSE(fs::createUniqueDirectory("lmcc-layers-test", created));
    root = created.str().str();
  }
  ~LayersTest() override { (void)fs::remove_directories(root); }

  /// The schedule's file for this loop, or nothing if it is refused.
  std::string print(llvm::StringRef loop) {
    auto [before, after] = moduleText.split("LOOP");
    auto module = mlir::parseSourceString<mlir::ModuleOp>(
        (before + loop + after).str(), &context);
    EXPECT_TRUE(module);
    EmitOptions options;
    options.name = "tiny";
    options.folder = root + "/out";
    options.version = "test";
    auto fillZero = [](weight::DataOp, llvm::MutableArrayRef<uint8_t>) {
      return llvm::Error::success();
    };
    if (mlir::failed(writeOutput(*module, options, fillZero)))
      return "";
    auto buffer = llvm::MemoryBuffer::getFile(root + "/out/tiny.cpp");
    return buffer ? (*buffer)->getBuffer().str() : "";
  }

  mlir::MLIRContext context;
  std::string root, message;
};

#define EXPECT_CONTAINS(text, part)                                            \
  EXPECT_NE(text.find(part), std::string::npos) << text

TEST_F(LayersTest, WeightsAndTensorsAreFoundByTheLayer) {
  std::string text = print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %w = kernel.pick %layer of %w0, %w1, %w0 : memref<?xf32>
    %p = kernel.pick %layer of %p0, %p1, %p2 : memref<?xf32>
        loc(fused<"kernel.layers">["layers.0.add", "layers.1.add"])
    %q = kernel.pick %layer of %q0, %q1, %q2 : memref<?xf32>
        loc(fused<"kernel.layers">["layers.0.add", "layers.1.add"])
    func.call @add(%p, %w, %q)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
        loc(fused<"kernel.layers">["layers.0.add", "layers.1.add"])
  }
  kernel.release %h : memref<?xf32>)mlir");
  // A table of those that are picked, which has the other one as well.
  EXPECT_CONTAINS(text, R"cpp(
// float32 [4] of each layer
constexpr size_t w_layers_w[] = {144, 160, 144};

)cpp");
  EXPECT_CONTAINS(text, "tiny_k_add(x, weight<float>(weights, w_layers_w[1]), "
                        "embed);\n");
  // Tensors of layers are no parameters; the lists are.
  EXPECT_CONTAINS(text, R"cpp(
int32_t run(const unsigned char *weights, unsigned char *arena, const float *x,
    float *, const void *const *inputs, void *const *outputs) {
)cpp");
  EXPECT_CONTAINS(text, R"cpp(
  for (size_t layer = 0; layer < 3; ++layer) {
    // layers.{layer}.add
    const float *const past_key = static_cast<const float *>(inputs[1 + layer]);
    float *const present = static_cast<float *>(outputs[1 + layer]);
    tiny_k_add(past_key, weight<float>(weights, w_layers_w[layer]), present);
  }
)cpp");
}

TEST_F(LayersTest, PartsOfATableAreFoundThere) {
  std::string text = print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %w = kernel.pick %layer of %w0, %w1, %w0 : memref<?xf32>
    func.call @add(%x, %w, %y)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  }
  %c2 = arith.constant 2 : index
  scf.for %layer = %c0 to %c2 step %c1 {
    %w = kernel.pick %layer of %w1, %w0 : memref<?xf32>
    func.call @add(%x, %w, %y)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  }
  kernel.release %h : memref<?xf32>)mlir");
  EXPECT_CONTAINS(text, R"cpp(
constexpr size_t w_layers_w[] = {144, 160, 144};

)cpp");
  EXPECT_CONTAINS(text, R"cpp(
  for (size_t layer = 0; layer < 2; ++layer) {
    tiny_k_add(x, weight<float>(weights, w_layers_w[1 + layer]), y);
  }
)cpp");
}

TEST_F(LayersTest, OtherBuffersArePickedFromAnArray) {
  std::string text = print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %p = kernel.pick %layer of %p1, %p0, %x : memref<?xf32>
    %q = kernel.pick %layer of %q0, %q2, %h : memref<?xf32>
    func.call @add(%p, %w1, %q)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  }
  kernel.release %h : memref<?xf32>)mlir");
  EXPECT_CONTAINS(text, R"cpp(
  const float *const past_1_key_2[] = {past_1_key, past_0_key, x};
  float *const present_0_2[] = {present_0, present_2, embed};
  for (size_t layer = 0; layer < 3; ++layer) {
    tiny_k_add(past_1_key_2[layer], weight<float>(weights, w_layers_1_w),
        present_0_2[layer]);
  }
)cpp");
}

TEST_F(LayersTest, WhatIsCarriedIsAPointer) {
  std::string text = print(R"mlir(
  %last = scf.for %layer = %c0 to %c3 step %c1 iter_args(%i = %h)
      -> (memref<?xf32>) {
    %a = kernel.slot 64 bytes 64 : memref<?xf32>
        loc(fused<"kernel.layers">["layers.0.add", "layers.1.add"])
    func.call @add(%i, %w1, %a)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
        loc(fused<"kernel.layers">["layers.0.add", "layers.1.add"])
    kernel.release %i : memref<?xf32>
    %b = kernel.slot 0 bytes 64 : memref<?xf32>
        loc(fused<"kernel.layers">[fused["MatMul_8", "a1b"],
                                   fused["MatMul_45", "a4b"],
                                   fused["MatMul_82", "a6b"]])
    func.call @add(%a, %w1, %b)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
        loc(fused<"kernel.layers">[fused["MatMul_8", "a1b"],
                                   fused["MatMul_45", "a4b"],
                                   fused["MatMul_82", "a6b"]])
    kernel.release %a : memref<?xf32>
    scf.yield %b : memref<?xf32>
  }
  func.call @add(%last, %w0, %y)
      : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> () loc("head")
  kernel.release %last : memref<?xf32>)mlir");
  EXPECT_CONTAINS(text, R"cpp(
  float *carried = embed;
  for (size_t layer = 0; layer < 3; ++layer) {
    // layers.{layer}.add
    float *const layers_add = slot<float>(arena, 64, 64);
    tiny_k_add(carried, weight<float>(weights, w_layers_1_w), layers_add);
    lmcc_rt::slot_ends(carried, 64);

    // MatMul_{8 + 37 * layer} + a{..}b
    float *const ab = slot<float>(arena, 0, 64);
    tiny_k_add(layers_add, weight<float>(weights, w_layers_1_w), ab);
    lmcc_rt::slot_ends(layers_add, 64);
    carried = ab;
  }

  // head
  tiny_k_add(carried, weight<float>(weights, w_layers_0_w), y);
  lmcc_rt::slot_ends(carried, 64);
)cpp");
}

TEST_F(LayersTest, PointersInARowAreCheckedInALoop) {
  std::string text = print("");
  EXPECT_CONTAINS(text, R"cpp(
  for (size_t i = 0; i < 4; ++i)
    if (inputs[i] == nullptr)
      return TINY_NULL_ARGUMENT;
)cpp");
  EXPECT_CONTAINS(text, R"cpp(
  case 2:
  case 3:
    if (sizes == nullptr)
)cpp");
}

//===----------------------------------------------------------------------===//
// Refusals
//===----------------------------------------------------------------------===//

TEST_F(LayersTest, OverlapInSomeLayerIsRefused) {
  EXPECT_EQ(print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %p = kernel.pick %layer of %q0, %q1, %q1 : memref<?xf32>
    %q = kernel.pick %layer of %q1, %q2, %q1 : memref<?xf32>
    func.call @add(%p, %w1, %q)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  })mlir"),
            "");
  EXPECT_NE(message.find("shares memory with argument 0"), std::string::npos)
      << message;
}

TEST_F(LayersTest, WritingToAPickedInputIsRefused) {
  EXPECT_EQ(print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %q = kernel.pick %layer of %q0, %q1, %p0 : memref<?xf32>
    func.call @add(%x, %w1, %q)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  })mlir"),
            "");
  EXPECT_NE(message.find("which is a weight or an input"), std::string::npos)
      << message;
}

TEST_F(LayersTest, WritingToWhatIsCarriedIsRefusedWhileItIsRead) {
  EXPECT_EQ(print(R"mlir(
  %last = scf.for %layer = %c0 to %c3 step %c1 iter_args(%i = %h)
      -> (memref<?xf32>) {
    %a = kernel.slot 0 bytes 64 : memref<?xf32>
    func.call @add(%i, %w1, %a)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %a : memref<?xf32>
  })mlir"),
            "");
  EXPECT_NE(message.find("shares memory with argument 0"), std::string::npos)
      << message;
}

TEST_F(LayersTest, PickingFromWeightsAndOthersIsRefused) {
  EXPECT_EQ(print(R"mlir(
  scf.for %layer = %c0 to %c3 step %c1 {
    %p = kernel.pick %layer of %w0, %x, %w1 : memref<?xf32>
    func.call @add(%p, %w1, %y)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  })mlir"),
            "");
  EXPECT_NE(message.find("picks from weights or state and other"),
            std::string::npos)
      << message;
}

TEST_F(LayersTest, OtherLoopsAreRefused) {
  EXPECT_EQ(print(R"mlir(
  %last = scf.for %layer = %c0 to %c3 step %c1 iter_args(%i = %x)
      -> (memref<?xf32>) {
    scf.yield %i : memref<?xf32>
  })mlir"),
            "");
  EXPECT_NE(message.find("starts with slots and yields slots of its body"),
            std::string::npos)
      << message;
  EXPECT_EQ(print(R"mlir(
  scf.for %layer = %c1 to %c3 step %c1 {
    func.call @add(%x, %w1, %y)
        : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  })mlir"),
            "");
  EXPECT_NE(message.find("counts from 0 to a number in steps of 1"),
            std::string::npos)
      << message;
}

} // namespace
