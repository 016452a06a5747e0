//===- WordPacking.cpp - Bytes in panels of words -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of bytes become panels of words with four steps of a column: the layout
// of weights, for what is computed.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;

class WordPacker {
public:
  WordPacker(const StridedTensor &matrix, Value panels, int64_t width,
             KernelBuilder &k)
      : k(k), space(k.space()), builder(k.body()), location(k.location()),
        width(width), batch(ArrayRef(matrix.sizes).drop_back(2)),
        depth(matrix.sizes[batch.size()]), columns(matrix.sizes.back()) {
    whole = space.simplify(depth.floorDiv(graph::wordBytes));
    words = space.simplify(depth.ceilDiv(graph::wordBytes));
    wholePanels = space.simplify(columns.floorDiv(width));
    panelCount = space.simplify(columns.ceilDiv(width));
    k.size(depth, "depth");
    k.sizes(batch);
    from = k.stridedView(k.buffer(matrix.buffer, "x"), matrix.sizes,
                         matrix.strides);
    graph::DimSpace::Sizes four(matrix.sizes), steps(matrix.strides);
    AffineExpr step = steps[batch.size()];
    four[batch.size()] = whole;
    four.insert(four.begin() + batch.size() + 1,
                space.number(graph::wordBytes));
    steps[batch.size()] = space.multiply(step, space.number(graph::wordBytes));
    steps.insert(steps.begin() + batch.size() + 1, step);
    fromWords = k.stridedView(k.buffer(matrix.buffer, "x"), four, steps);
    graph::DimSpace::Sizes packed(batch);
    packed.append({panelCount, words, space.number(width)});
    to = k.view(k.buffer(panels, "w"), packed);
  }

  void run() {
    AffineExpr rest = space.subtract(
        columns, space.multiply(wholePanels, space.number(width)));
    k.loops(k.sizes(batch), [&](ArrayRef<Index> place) {
      at.assign(place.begin(), place.end());
      k.loop(k.size(wholePanels),
             [&](Index p) { onePanel(p, k.number(width)); });
      if (space.constant(rest) == 0)
        return;
      // The last panel, filled up with zeros. Without a rest there is none.
      k.loop(k.size(space.subtract(panelCount, wholePanels)), [&](Index) {
        Index p = k.size(wholePanels);
        k.fill(part(to, {p, k.number(0), k.number(0)},
                    {{}, k.size(words), k.number(width)}),
               0);
        onePanel(p, k.size(rest));
      });
    });
  }

private:
  /// The first `columnCount` columns of panel `number`.
  void onePanel(Index number, Index columnCount) {
    panel = number;
    filled = columnCount;
    column = kernel::multiplySizes(builder, location, panel, k.number(width));
    wholeWords();
    AffineExpr rest = space.subtract(words, whole);
    if (space.constant(rest) != 0)
      k.loop(k.size(rest), [&](Index) { lastWord(); });
  }

  Value part(Value view, ArrayRef<Index> offsets, ArrayRef<Index> sizes) {
    SmallVector<Index> allOffsets(at), allSizes(at.size());
    allOffsets.append(offsets.begin(), offsets.end());
    allSizes.append(sizes.begin(), sizes.end());
    return k.part(view, allOffsets, allSizes);
  }

  Value widened(OpBuilder &inner, Value byte) {
    return arith::ExtUIOp::create(inner, location, inner.getI32Type(), byte);
  }

  void wholeWords() {
    if (space.constant(whole) == 0)
      return;
    SmallVector<Value> rows;
    for (int64_t step = 0; step < graph::wordBytes; ++step)
      rows.push_back(part(fromWords, {k.number(0), k.number(step), column},
                          {k.size(whole), {}, filled}));
    k.map(rows,
          part(to, {panel, k.number(0), k.number(0)},
               {{}, k.size(whole), filled}),
          [&](OpBuilder &inner, ValueRange bytes) {
            Value word = widened(inner, bytes[0]);
            for (int64_t step = 1; step < graph::wordBytes; ++step) {
              Value shift = arith::ConstantIntOp::create(
                  inner, location, inner.getI32Type(), 8 * step);
              Value byte = arith::ShLIOp::create(
                  inner, location, widened(inner, bytes[step]), shift);
              word = arith::OrIOp::create(inner, location, word, byte);
            }
            return word;
          });
  }

  /// Steps that are not there are the last one, times 0.
  void lastWord() {
    Value first = k.value(kernel::multiplySizes(
        builder, location, k.size(whole), k.number(graph::wordBytes)));
    Value end = k.value(k.size(depth));
    Value last = k.value(
        kernel::addSizes(builder, location, k.size(depth), k.number(-1)));
    SmallVector<Value> rows, factors;
    for (int64_t number = 0; number < graph::wordBytes; ++number) {
      Value step =
          k.value(kernel::addSizes(builder, location, first, k.number(number)));
      Value exists = arith::CmpIOp::create(
          builder, location, arith::CmpIPredicate::slt, step, end);
      Index row = Value(arith::MinSIOp::create(builder, location, step, last));
      rows.push_back(part(from, {row, column}, {{}, filled}));
      Type word = builder.getI32Type();
      factors.push_back(arith::SelectOp::create(
          builder, location, exists,
          arith::ConstantIntOp::create(builder, location, word,
                                       int64_t(1) << (8 * number)),
          arith::ConstantIntOp::create(builder, location, word, 0)));
    }
    k.map(rows, part(to, {panel, k.size(whole), k.number(0)}, {{}, {}, filled}),
          [&](OpBuilder &inner, ValueRange bytes) {
            Value word;
            for (auto [byte, factor] : llvm::zip(bytes, factors)) {
              Value moved = arith::MulIOp::create(inner, location,
                                                  widened(inner, byte), factor);
              word = word ? arith::AddIOp::create(inner, location, word, moved)
                                .getResult()
                          : moved;
            }
            return word;
          });
  }

  KernelBuilder &k;
  const graph::DimSpace &space;
  OpBuilder &builder;
  Location location;
  int64_t width;
  graph::DimSpace::Sizes batch;
  AffineExpr depth, columns, whole, words, wholePanels, panelCount;
  /// `[batch.., depth, columns]`, `[batch.., whole words, 4, columns]` and
  /// `[batch.., panels, words, width]`
  Value from, fromWords, to;
  /// Of the panel that is filled.
  SmallVector<Index> at;
  Index panel, column, filled;
};

} // namespace

void buildPackWordsKernel(const StridedTensor &matrix, Value panels,
                          int64_t width, KernelBuilder &k) {
  WordPacker(matrix, panels, width, k).run();
}

} // namespace lmcc
