//===- EmitTest.cpp - A placed module as C++ and weights ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Emit.h"

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace lmcc;
using namespace lmcc::emit;
namespace fs = llvm::sys::fs;

namespace {

/// y = x + w for `count` elements; BODY stands for the body of the kernel,
/// SIZES for what the schedule computes before it.
constexpr llvm::StringRef moduleText = R"mlir(
weight.data @w : tensor<8xf32> {
  %0 = weight.file "m" offset 0 : tensor<8xf32>
  weight.yield %0 : tensor<8xf32>
}
func.func private @add(%x: memref<?xf32>, %w: memref<?xf32>,
                       %y: memref<?xf32>, %n: index)
    attributes {kernel.kernel, kernel.args = ["x", "w", "y", "count"]} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  BODY
  return
}
func.func @run(%count: index, %x: memref<?xf32>, %y: memref<?xf32>)
    attributes {kernel.arena_bytes = 0 : i64, kernel.contract = {
      dims = [{name = "count", low = 0 : i64, high = 8 : i64}],
      inputs = [{name = "x", type = f32, sizes = affine_map<()[s0] -> (s0)>}],
      outputs = [{name = "y", type = f32, sizes = affine_map<()[s0] -> (s0)>}]
    }} {
  SIZES
  %w = weight.get @w : memref<?xf32>
  func.call @add(%x, %w, %y, %count)
      : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
      loc("encoder/*/Add")
  return
}
)mlir";

constexpr llvm::StringRef addition = R"mlir(
  scf.for %i = %c0 to %n step %c1 {
    %a = memref.load %x[%i] : memref<?xf32>
    %b = memref.load %w[%i] : memref<?xf32>
    %c = arith.addf %a, %b : f32
    memref.store %c, %y[%i] : memref<?xf32>
  })mlir";

class EmitTest : public testing::Test {
protected:
  EmitTest() {
    context.loadDialect<mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect, mlir::memref::MemRefDialect,
                        mlir::scf::SCFDialect, mlir::vector::VectorDialect,
                        kernel::KernelDialect, target::TargetDialect,
                        weight::WeightDialect>();
    context.getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
    llvm::SmallString<128> created;
    EXPECT_FALSE(fs::createUniqueDirectory("lmcc-emit-test", created));
    root = created.str().str();
  }
  ~EmitTest() override { (void)fs::remove_directories(root); }

  /// Emits the module with this body to `<root>/out`.
  mlir::LogicalResult emit(llvm::StringRef body, WeightEvaluator evaluate,
                           BlobMode mode = BlobMode::Incbin) {
    auto [before, after] = moduleText.split("BODY");
    auto [middle, end] = after.split("SIZES");
    auto module = mlir::parseSourceString<mlir::ModuleOp>(
        (before + body + middle + sizes + end).str(), &context);
    EXPECT_TRUE(module);
    if (!machine.empty())
      (*module)->setAttr(target::machineAttrName,
                         mlir::parseAttribute(machine, &context));
    EmitOptions options;
    options.name = "tiny";
    options.folder = root + "/out";
    options.version = "test";
    options.blob = mode;
    return writeOutput(*module, options, evaluate);
  }

  static llvm::Error fillZero(weight::DataOp, llvm::MutableArrayRef<uint8_t>) {
    return llvm::Error::success();
  }

  bool exists(llvm::StringRef name) { return fs::exists(root + "/" + name); }

  std::string read(llvm::StringRef name) {
    auto buffer = llvm::MemoryBuffer::getFile(root + "/out/" + name);
    return buffer ? (*buffer)->getBuffer().str() : "";
  }

  unsigned entries() {
    std::error_code error;
    unsigned count = 0;
    for (fs::directory_iterator entry(root, error), end; entry != end;
         entry.increment(error))
      ++count;
    return count;
  }

  mlir::MLIRContext context;
  std::string root, message;
  /// That of the module; none has scalars only.
  llvm::StringRef machine;
  llvm::StringRef sizes;
};

TEST_F(EmitTest, KernelsAreReadable) {
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  EXPECT_NE(read("tiny_kernels.cpp").find(R"cpp(
extern "C" void tiny_k_add(const float *__restrict x, const float *__restrict w,
    float *__restrict y, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const float x0 = x[i];
    const float w0 = w[i];
    const float t0 = x0 + w0;
    y[i] = t0;
  }
}
)cpp"),
            std::string::npos);
  EXPECT_NE(read("tiny.cpp")
                .find("  // encoder/\\x2a/Add\n"
                      "  tiny_k_add(x, weight<float>(weights, w_w),"
                      " y, count);\n"),
            std::string::npos);
}

TEST_F(EmitTest, SchedulesDoWithoutTheInstructionsOfTheMachine) {
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  EXPECT_NE(read("tiny.cpp").find("#include \"lmcc_base.h\"\n\nnamespace {\n"),
            std::string::npos);
  EXPECT_NE(read("lmcc_rt.h").find("\n#include \"lmcc_base.h\"\n"),
            std::string::npos);
}

TEST_F(EmitTest, SchedulesThatComputeIncludeTheFunctions) {
  sizes = R"mlir(
  %a = arith.constant 3 : i32
  %b = arith.addi %a, %a : i32
  %more = arith.cmpi sgt, %b, %a : i32
  kernel.require %more else index_out_of_range)mlir";
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  EXPECT_NE(read("tiny.cpp")
                .find("#include \"lmcc_rt.h\"\n\nnamespace {\n"
                      "using lmcc_rt::wrap_add;\n"),
            std::string::npos);
}

TEST_F(EmitTest, SwappedVariablesAreSaved) {
  ASSERT_TRUE(mlir::succeeded(emit(R"mlir(
  %one = memref.load %x[%c0] : memref<?xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %zero, %b = %one)
      -> (f32, f32) {
    scf.yield %b, %a : f32, f32
  }
  memref.store %r#0, %y[%c0] : memref<?xf32>)mlir",
                                   fillZero)));
  EXPECT_NE(read("tiny_kernels.cpp").find(R"cpp(
    const float next0 = acc1;
    const float next1 = acc0;
    acc0 = next0;
    acc1 = next1;
)cpp"),
            std::string::npos);
}

TEST_F(EmitTest, SumsAreWrittenInPlaceOnlyAfterTheLastLook) {
  // The old value is stored after the new one is computed.
  ASSERT_TRUE(mlir::succeeded(emit(R"mlir(
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %zero) -> (f32) {
    %e = memref.load %x[%i] : memref<?xf32>
    %s = arith.addf %a, %e : f32
    memref.store %a, %y[%i] : memref<?xf32>
    scf.yield %s : f32
  })mlir",
                                   fillZero)));
  EXPECT_NE(read("tiny_kernels.cpp").find(R"cpp(
    const float t0 = acc0 + x0;
    y[i] = acc0;
    acc0 = t0;
)cpp"),
            std::string::npos);
}

constexpr llvm::StringRef armv8 =
    "#target.machine<name = \"armv8-a\", vector_bits = 128, tile_rows = 4, "
    "panel_columns = 16, depth_block = 256, alignment = 64>";

TEST_F(EmitTest, ShufflesNameTheirLanes) {
  machine = armv8;
  ASSERT_TRUE(mlir::succeeded(emit(R"mlir(
  %a = vector.load %x[%c0] : memref<?xf32>, vector<4xf32>
  %b = vector.load %w[%c0] : memref<?xf32>, vector<4xf32>
  %s = vector.shuffle %a, %b [0, 4, 2, 6] : vector<4xf32>, vector<4xf32>
  vector.store %s, %y[%c0] : memref<?xf32>, vector<4xf32>)mlir",
                                   fillZero)))
      << message;
  EXPECT_NE(read("tiny_kernels.cpp").find("shuffle<0, 4, 2, 6>(x0, w0)"),
            std::string::npos);
}

TEST_F(EmitTest, ShufflesKeepTheNumberOfLanes) {
  machine = armv8;
  EXPECT_TRUE(mlir::failed(emit(R"mlir(
  %a = vector.load %x[%c0] : memref<?xf32>, vector<4xf32>
  %s = vector.shuffle %a, %a [0, 2] : vector<4xf32>, vector<4xf32>
  vector.store %s, %y[%c0] : memref<?xf32>, vector<2xf32>)mlir",
                                fillZero)));
  EXPECT_NE(message.find("it changes the number of lanes"), std::string::npos);
}

TEST_F(EmitTest, FailureLeavesNothing) {
  EXPECT_TRUE(mlir::failed(
      emit(addition, [](weight::DataOp, llvm::MutableArrayRef<uint8_t>) {
        return llvm::createStringError("no bytes");
      })));
  EXPECT_NE(message.find("no bytes"), std::string::npos);
  EXPECT_EQ(entries(), 0u);
}

TEST_F(EmitTest, UnknownOperationsAreReported) {
  EXPECT_TRUE(
      mlir::failed(emit("%f = arith.remf %zero, %zero : f32", fillZero)));
  EXPECT_NE(message.find("'arith.remf' op has no form in C++"),
            std::string::npos);
}

TEST_F(EmitTest, WritingToWeightsIsRefused) {
  EXPECT_TRUE(mlir::failed(
      emit("memref.store %zero, %w[%c0] : memref<?xf32>", fillZero)));
  EXPECT_NE(message.find("a weight or an input"), std::string::npos);
}

TEST_F(EmitTest, ExistingFoldersKeepOtherFiles) {
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  std::error_code error;
  llvm::raw_fd_ostream(root + "/out/notes.txt", error) << "mine";
  ASSERT_FALSE(error);
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero, BlobMode::Array)));
  EXPECT_EQ(read("notes.txt"), "mine");
  EXPECT_TRUE(exists("out/tiny_weights.cpp"));
  EXPECT_FALSE(exists("out/tiny_weights.S"));
  EXPECT_EQ(entries(), 1u);
}

TEST_F(EmitTest, SameBytesOnEveryRun) {
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  std::string first = read("manifest.json"); // Has hashes of all others.
  ASSERT_TRUE(mlir::succeeded(emit(addition, fillZero)));
  EXPECT_EQ(read("manifest.json"), first);
  EXPECT_FALSE(first.empty());
}

} // namespace
