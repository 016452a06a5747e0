//===- RotaryEmbedding.cpp - Rotations of pairs ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Elements.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"

using namespace mlir;

namespace lmcc::graph {

LogicalResult compute(RotaryEmbeddingOp op, Step &step) {
  Loaded<float> input(step.operands[0]), cosine(step.operands[1]),
      sine(step.operands[2]);
  ArrayRef<int64_t> shape = step.result.getShape(),
                    angles = step.operands[1].getShape();
  auto rotated = static_cast<int64_t>(op.getRotated());
  bool interleaved = op.getInterleaved();
  int64_t between = interleaved ? 1 : rotated / 2;
  float *result = step.result.mutableData<float>().data();

  auto rotateRow = [&](int64_t row, int64_t anglesRow) {
    const float *from = input.data() + row * shape.back();
    const float *c = cosine.data() + anglesRow * angles.back();
    const float *s = sine.data() + anglesRow * angles.back();
    float *to = result + row * shape.back();
    for (int64_t pair = 0; pair < rotated / 2; ++pair) {
      int64_t a = interleaved ? 2 * pair : pair, b = a + between;
      bool sharesColumn = angles.back() != rotated;
      int64_t atA = sharesColumn ? pair : a, atB = sharesColumn ? pair : b;
      to[a] = from[a] * c[atA] - from[b] * s[atA];
      to[b] = from[b] * c[atB] + from[a] * s[atB];
    }
    std::copy(from + rotated, from + shape.back(), to + rotated);
  };
  walkBroadcast(shape.drop_back(), {angles.drop_back()},
                [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
                  for (int64_t i = 0; i < count; ++i)
                    rotateRow(first + i,
                              runs[0].first + (runs[0].repeats ? 0 : i));
                });
  return success();
}

} // namespace lmcc::graph
