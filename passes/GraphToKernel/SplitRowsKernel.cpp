//===- SplitRowsKernel.cpp - Rows of bytes as magnitudes and signs --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

using Index = OpFoldResult;

namespace {

/// Makes what is made of a word of four bytes.
class ByteSigns {
public:
  ByteSigns(OpBuilder &builder, Location location, Value word)
      : builder(builder), location(location), word(word) {
    // 1 in each byte that is negative.
    Value highest = arith::ShRSIOp::create(builder, location, word, number(7));
    ones =
        arith::AndIOp::create(builder, location, highest, number(0x01010101));
  }

  /// -1 in each byte that is negative, 0 in the others.
  Value signs() {
    Value above = arith::ShLIOp::create(builder, location, ones, number(8));
    return arith::SubIOp::create(builder, location, above, ones);
  }

  Value magnitudes() {
    Value less = arith::XOrIOp::create(builder, location, word, signs());
    return arith::AddIOp::create(builder, location, less, ones);
  }

private:
  Value number(int64_t value) {
    return arith::ConstantIntOp::create(builder, location, builder.getI32Type(),
                                        value);
  }

  OpBuilder &builder;
  Location location;
  Value word, ones;
};

} // namespace

void buildSplitRowsKernel(const StridedTensor &rows, Value split, Value starts,
                          KernelBuilder &k) {
  const graph::DimSpace &space = k.space();
  AffineExpr count = space.product(ArrayRef(rows.sizes).drop_back());
  AffineExpr words =
      space.simplify(rows.sizes.back().floorDiv(graph::wordBytes));
  k.size(count, "rows");
  Value from = k.view(k.words(rows.buffer, "x"), {count, words});
  Value to = k.view(k.buffer(split, "y"), {count, space.number(2), words});
  Value sums = k.view(k.buffer(starts, "starts"), {count});
  k.loop(k.size(count), [&](Index row) {
    Index zero = k.number(0), all = k.size(words);
    Value bytes = k.part(from, {row, zero}, {{}, all});
    auto half = [&](int64_t number) {
      return k.part(to, {row, k.number(number), zero}, {{}, {}, all});
    };
    k.map(bytes, half(0), [&](OpBuilder &b, ValueRange e) {
      return ByteSigns(b, k.location(), e[0]).magnitudes();
    });
    k.map(bytes, half(1), [&](OpBuilder &b, ValueRange e) {
      return ByteSigns(b, k.location(), e[0]).signs();
    });
    // The sum of the magnitudes of negative numbers, negated.
    Type word = k.body().getI32Type();
    Value none = arith::ConstantIntOp::create(k.body(), k.location(), word, 0);
    Value sum = k.reduceRow(
        kernel::RowReduction::sum, {half(0), half(1)},
        [&](OpBuilder &b, ValueRange e) -> Value {
          return kernel::Dot4Op::create(b, k.location(), none, e[1], e[0],
                                        kernel::RowBytes::small_rows);
        },
        word);
    k.store(arith::SubIOp::create(k.body(), k.location(), none, sum), sums,
            {row});
  });
}

} // namespace lmcc
