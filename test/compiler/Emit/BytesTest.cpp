//===- BytesTest.cpp - Bytes in vectors as C++ ----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Emit.h"

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace lmcc;
using namespace lmcc::emit;
namespace fs = llvm::sys::fs;

namespace {

/// A kernel on bytes and words; BODY stands for what it does.
constexpr llvm::StringRef moduleText = R"mlir(
func.func private @work(%x: memref<?xi8>, %w: memref<?xi8>, %y: memref<?xi8>,
                        %s: memref<?xi32>, %f: memref<?xf32>)
    attributes {kernel.kernel, kernel.args = ["x", "w", "y", "s", "f"]} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  BODY
  return
}
func.func @run(%x: memref<?xi8>, %w: memref<?xi8>, %y: memref<?xi8>,
               %s: memref<?xi32>, %f: memref<?xf32>)
    attributes {kernel.arena_bytes = 0 : i64, kernel.contract = {
      dims = [],
      inputs = [{name = "x", type = i8, sizes = affine_map<() -> (64)>},
                {name = "w", type = i8, sizes = affine_map<() -> (64)>}],
      outputs = [{name = "y", type = i8, sizes = affine_map<() -> (64)>},
                 {name = "s", type = i32, sizes = affine_map<() -> (64)>},
                 {name = "f", type = f32, sizes = affine_map<() -> (64)>}]
    }} {
  func.call @work(%x, %w, %y, %s, %f)
      : (memref<?xi8>, memref<?xi8>, memref<?xi8>, memref<?xi32>, memref<?xf32>)
      -> () loc("work")
  return
}
)mlir";

class BytesTest : public testing::Test {
protected:
  BytesTest() {
    context.loadDialect<mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect, mlir::math::MathDialect,
                        mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                        mlir::vector::VectorDialect, kernel::KernelDialect,
                        target::TargetDialect, weight::WeightDialect>();
    context.getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
    llvm::SmallString<128> created;
    EXPECT_FALSE(fs::createUniqueDirectory("lmcc-bytes-test", created));
    root = created.str().str();
  }
  ~BytesTest() override { (void)fs::remove_directories(root); }

  /// The kernel with this body, or nothing if it is refused.
  std::string print(llvm::StringRef body) {
    auto [before, after] = moduleText.split("BODY");
    auto module = mlir::parseSourceString<mlir::ModuleOp>(
        (before + body + after).str(), &context);
    EXPECT_TRUE(module);
    (*module)->setAttr(
        target::machineAttrName,
        target::machineOf(*target::findRecord("armv8-a"), &context));
    EmitOptions options;
    options.name = "tiny";
    options.folder = root + "/out";
    options.version = "test";
    auto noWeights = [](weight::DataOp, llvm::MutableArrayRef<uint8_t>) {
      return llvm::Error::success();
    };
    if (mlir::failed(writeOutput(*module, options, noWeights)))
      return "";
    auto buffer = llvm::MemoryBuffer::getFile(root + "/out/tiny_kernels.cpp");
    return buffer ? (*buffer)->getBuffer().str() : "";
  }

  void expectText(llvm::StringRef body, llvm::StringRef text) {
    std::string all = print(body);
    EXPECT_NE(all.find(text), std::string::npos) << message << "\n"
                                                 << all << "\nhas no\n"
                                                 << text.str();
  }
  void expectRefused(llvm::StringRef body, llvm::StringRef reason) {
    EXPECT_EQ(print(body), "");
    EXPECT_NE(message.find(reason), std::string::npos) << message;
  }

  mlir::MLIRContext context;
  std::string root, message;
};

TEST_F(BytesTest, ProductsOfWords) {
  expectText(R"mlir(
  %xw = kernel.words %x : memref<?xi8> to memref<?xi32>
  %ww = kernel.words %w : memref<?xi8> to memref<?xi32>
  %zero = arith.constant dense<0> : vector<4xi32>
  %sum = scf.for %k = %c0 to %c8 step %c1 iter_args(%acc = %zero)
      -> (vector<4xi32>) {
    %at = affine.apply affine_map<(k) -> (k * 4)>(%k)
    %c = vector.load %ww[%at] : memref<?xi32>, vector<4xi32>
    %r = memref.load %xw[%k] : memref<?xi32>
    %rows = vector.broadcast %r : i32 to vector<4xi32>
    %next = kernel.dot4 %acc, %c, %rows : vector<4xi32>
    scf.yield %next : vector<4xi32>
  }
  vector.store %sum, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
             R"cpp(
extern "C" void tiny_k_work(const int8_t *__restrict x,
    const int8_t *__restrict w, const int8_t *__restrict, int32_t *__restrict s,
    const float *__restrict) {
  const int32_t *const xw = words(x);
  const int32_t *const ww = words(w);
  i32x4 acc0 = splat<i32x4>(int32_t{0});
  for (size_t i = 0; i < 8; ++i) {
    const i32x4 ww0 = load<i32x4>(ww + i * 4);
    const int32_t xw0 = xw[i];
    acc0 = dot4(acc0, ww0, splat<i32x4>(xw0));
  }
  store(s, acc0);
}
)cpp");
}

// One lane of the rows for several columns: no text copies it to all lanes.
TEST_F(BytesTest, ProductsByLane) {
  expectText(R"mlir(
  %xw = kernel.words %x : memref<?xi8> to memref<?xi32>
  %ww = kernel.words %w : memref<?xi8> to memref<?xi32>
  %r = vector.load %xw[%c0] : memref<?xi32>, vector<4xi32>
  %a = vector.load %ww[%c0] : memref<?xi32>, vector<4xi32>
  %b = vector.load %ww[%c8] : memref<?xi32>, vector<4xi32>
  %lane = vector.extract %r[2] : i32 from vector<4xi32>
  %rows = vector.broadcast %lane : i32 to vector<4xi32>
  %first = kernel.dot4 %a, %a, %rows : vector<4xi32>
  %second = kernel.dot4 %first, %b, %rows unsigned_rows : vector<4xi32>
  %third = kernel.dot4 %second, %b, %rows full_range : vector<4xi32>
  %fourth = kernel.dot4 %third, %a, %b full_range : vector<4xi32>
  vector.store %fourth, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
             R"cpp(
  const i32x4 xw0 = load<i32x4>(xw);
  const i32x4 ww0 = load<i32x4>(ww);
  const i32x4 ww1 = load<i32x4>(ww + 8);
  const i32x4 t0 = dot4_lane<2>(ww0, ww0, xw0);
  const i32x4 t1 = dot4_unsigned_lane<2>(t0, ww1, xw0);
  const i32x4 t2 = dot4_full_lane<2>(t1, ww1, xw0);
  const i32x4 t3 = dot4_full(t2, ww0, ww1);
  store(s, t3);
)cpp");
}

// Two words of columns and rows at once.
TEST_F(BytesTest, ProductsOfTwoWords) {
  expectText(R"mlir(
  %ww = kernel.words %w : memref<?xi8> to memref<?xi32>
  %a = vector.load %ww[%c0] : memref<?xi32>, vector<4xi32>
  %b = vector.load %ww[%c8] : memref<?xi32>, vector<4xi32>
  %first = kernel.dot8 %a, %a, %b, %b, %a : vector<4xi32>
  %second = kernel.dot8 %first, %a, %b, %b, %a small_rows : vector<4xi32>
  vector.store %second, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
             R"cpp(
  const i32x4 ww0 = load<i32x4>(ww);
  const i32x4 ww1 = load<i32x4>(ww + 8);
  const i32x4 t0 = dot8(ww0, ww0, ww1, ww1, ww0);
  const i32x4 t1 = dot8_small(t0, ww0, ww1, ww1, ww0);
  store(s, t1);
)cpp");
}

// Products of which only the sum of the lanes is defined.
TEST_F(BytesTest, ProductsOfLanes) {
  expectText(R"mlir(
  %ww = kernel.words %w : memref<?xi8> to memref<?xi32>
  %a = vector.load %ww[%c0] : memref<?xi32>, vector<4xi32>
  %b = vector.load %ww[%c8] : memref<?xi32>, vector<4xi32>
  %sum = kernel.dot_lanes %a, %a, %b : vector<4xi32>
  vector.store %sum, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
             R"cpp(
  const i32x4 ww0 = load<i32x4>(ww);
  const i32x4 ww1 = load<i32x4>(ww + 8);
  const i32x4 t0 = dot_lanes(ww0, ww0, ww1);
  store(s, t0);
)cpp");
}

// Words of a vector and of one lane.
TEST_F(BytesTest, HalvesOfBytes) {
  expectText(R"mlir(
  %xw = kernel.words %x : memref<?xi8> to memref<?xi32>
  %row = vector.load %xw[%c0] : memref<?xi32>, vector<4xi32>
  %words = vector.load %s[%c8] : memref<?xi32>, vector<4xi32>
  %low = kernel.nibbles low %words : vector<4xi32>
  %high = kernel.nibbles high %words : vector<4xi32>
  %first = kernel.dot4 %row, %low, %row : vector<4xi32>
  %second = kernel.dot4 %first, %row, %high unsigned_rows : vector<4xi32>
  %third = kernel.dot4 %second, %row, %high small_rows : vector<4xi32>
  %word = memref.load %s[%c8] : memref<?xi32>
  %one = kernel.nibbles high %word : i32
  vector.store %third, %s[%c0] : memref<?xi32>, vector<4xi32>
  memref.store %one, %s[%c8] : memref<?xi32>)mlir",
             R"cpp(
  const i32x4 xw0 = load<i32x4>(xw);
  const i32x4 s0 = load<i32x4>(s + 8);
  const i32x4 t0 = low_nibbles(s0);
  const i32x4 t1 = high_nibbles(s0);
  const i32x4 t2 = dot4(xw0, t0, xw0);
  const i32x4 t3 = dot4_unsigned(t2, xw0, t1);
  const i32x4 t4 = dot4_small(t3, xw0, t1);
  const int32_t s1 = s[8];
  const int32_t t5 = high_nibbles(s1);
  store(s, t4);
  s[8] = t5;
)cpp");
}

// What else reads the lane has to find it.
TEST_F(BytesTest, LanesThatOthersRead) {
  expectText(R"mlir(
  %r = vector.load %s[%c0] : memref<?xi32>, vector<4xi32>
  %lane = vector.extract %r[2] : i32 from vector<4xi32>
  %rows = vector.broadcast %lane : i32 to vector<4xi32>
  %product = kernel.dot4 %rows, %r, %rows : vector<4xi32>
  vector.store %product, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
             R"cpp(
  const int32_t t0 = lane<2>(s0);
  const i32x4 all0 = splat<i32x4>(t0);
  const i32x4 t1 = dot4(all0, s0, all0);
)cpp");
}

TEST_F(BytesTest, BytesAreConvertedWhereTheyAreLoaded) {
  expectText(R"mlir(
  %a = vector.load %x[%c0] : memref<?xi8>, vector<4xi8>
  %b = vector.load %x[%c8] : memref<?xi8>, vector<4xi8>
  %c = vector.load %w[%c8] : memref<?xi8>, vector<4xi8>
  %d = vector.load %w[%c0] : memref<?xi8>, vector<1xi8>
  %p = arith.extsi %a : vector<4xi8> to vector<4xi32>
  %q = arith.extui %b : vector<4xi8> to vector<4xi32>
  %f0 = arith.sitofp %c : vector<4xi8> to vector<4xf32>
  %e = arith.extsi %d : vector<1xi8> to vector<1xi32>
  %t = arith.addi %p, %q : vector<4xi32>
  vector.store %t, %s[%c0] : memref<?xi32>, vector<4xi32>
  vector.store %f0, %f[%c0] : memref<?xf32>, vector<4xf32>
  vector.store %e, %s[%c8] : memref<?xi32>, vector<1xi32>)mlir",
             R"cpp(
  const i32x4 x0 = load_bytes<i32x4>(x);
  const i32x4 x1 = load_unsigned_bytes<i32x4>(x + 8);
  const f32x4 w0 = to_f32(load_bytes<i32x4>(w + 8));
  const int8_t w1 = w[0];
  const int32_t t0 = static_cast<int32_t>(w1);
  const i32x4 t1 = wrap_add(x0, x1);
  store(s, t1);
  store(f, w0);
  s[8] = t0;
)cpp");
}

TEST_F(BytesTest, FloatsAreRoundedToBytes) {
  expectText(R"mlir(
  %a = vector.load %f[%c0] : memref<?xf32>, vector<4xf32>
  %low = arith.constant dense<-127> : vector<4xi32>
  %high = arith.constant dense<127> : vector<4xi32>
  %b = math.roundeven %a : vector<4xf32>
  %c = arith.fptosi %b : vector<4xf32> to vector<4xi32>
  %d = arith.maxsi %c, %low : vector<4xi32>
  %e = arith.minsi %d, %high : vector<4xi32>
  %bytes = arith.trunci %e : vector<4xi32> to vector<4xi8>
  vector.store %bytes, %y[%c8] : memref<?xi8>, vector<4xi8>)mlir",
             R"cpp(
  const f32x4 f0 = load<f32x4>(f);
  const f32x4 t0 = round_even(f0);
  const i32x4 t1 = to_i32(t0);
  const i32x4 t2 = larger(t1, splat<i32x4>(int32_t{-127}));
  const i32x4 t3 = smaller(t2, splat<i32x4>(int32_t{127}));
  store_bytes(y + 8, t3);
)cpp");
}

TEST_F(BytesTest, FourVectorsAreNarrowedTogether) {
  expectText(R"mlir(
  %a = vector.load %s[%c0] : memref<?xi32>, vector<4xi32>
  %b = vector.load %s[%c8] : memref<?xi32>, vector<4xi32>
  %bytes = kernel.narrow %a, %b, %b, %a : vector<4xi32> to vector<16xi8>
  vector.store %bytes, %y[%c8] : memref<?xi8>, vector<16xi8>)mlir",
             R"cpp(
  const i32x4 s0 = load<i32x4>(s);
  const i32x4 s1 = load<i32x4>(s + 8);
  store_bytes(y + 8, s0, s1, s1, s0);
)cpp");
}

// The stored value is the old one, though it is cut off before the new one.
TEST_F(BytesTest, StoredBytesAreALookAtTheirVariable) {
  expectText(R"mlir(
  %zero = arith.constant dense<0> : vector<4xi32>
  %r = scf.for %k = %c0 to %c8 step %c1 iter_args(%acc = %zero)
      -> (vector<4xi32>) {
    %bytes = arith.trunci %acc : vector<4xi32> to vector<4xi8>
    %next = kernel.dot4 %acc, %zero, %zero : vector<4xi32>
    vector.store %bytes, %y[%c0] : memref<?xi8>, vector<4xi8>
    scf.yield %next : vector<4xi32>
  })mlir",
             R"cpp(
    const i32x4 t0 = dot4(acc0, splat<i32x4>(int32_t{0}),
        splat<i32x4>(int32_t{0}));
    store_bytes(y, acc0);
    acc0 = t0;
)cpp");
}

// Bytes that are loaded into a variable would be there too early.
TEST_F(BytesTest, LoadedBytesAreNotWrittenInPlace) {
  expectText(R"mlir(
  %zero = arith.constant dense<0> : vector<4xi32>
  %r = scf.for %k = %c0 to %c8 step %c1 iter_args(%acc = %zero)
      -> (vector<4xi32>) {
    %bytes = vector.load %x[%c0] : memref<?xi8>, vector<4xi8>
    vector.store %acc, %s[%c0] : memref<?xi32>, vector<4xi32>
    %next = arith.extsi %bytes : vector<4xi8> to vector<4xi32>
    scf.yield %next : vector<4xi32>
  })mlir",
             R"cpp(
    const i32x4 x0 = load_bytes<i32x4>(x);
    store(s, acc0);
    acc0 = x0;
)cpp");
}

TEST_F(BytesTest, BytesAreNotComputedWith) {
  expectRefused(R"mlir(
  %a = vector.load %x[%c0] : memref<?xi8>, vector<4xi8>
  vector.store %a, %y[%c0] : memref<?xi8>, vector<4xi8>)mlir",
                "vectors of bytes or f16 are converted once, and that is all");
  expectRefused(R"mlir(
  %a = vector.load %s[%c0] : memref<?xi32>, vector<4xi32>
  %b = arith.trunci %a : vector<4xi32> to vector<4xi8>
  %c = arith.extsi %b : vector<4xi8> to vector<4xi32>
  vector.store %c, %s[%c0] : memref<?xi32>, vector<4xi32>)mlir",
                "vectors of bytes are only stored");
  expectRefused(R"mlir(
  %a = kernel.words %y : memref<?xi8> to memref<?xi32>
  %b = vector.load %s[%c0] : memref<?xi32>, vector<4xi32>
  vector.store %b, %a[%c0] : memref<?xi32>, vector<4xi32>)mlir",
                "words are only loaded");
}

} // namespace
