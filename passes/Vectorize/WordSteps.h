//===- WordSteps.h - Steps of a product of words of bytes -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_WORDSTEPS_H
#define LMCC_PASSES_VECTORIZE_WORDSTEPS_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"

namespace lmcc {

/// Adds a step of `product`, of words, with the rows that the machine wants.
class WordSteps {
public:
  using Value = mlir::Value;

  WordSteps(kernel::PanelProductOp product, target::MachineAttr machine,
            mlir::OpBuilder &builder)
      : product(product), machine(machine), builder(builder) {}

  /// The product of a row, whose `signs` are null if it has none, with a vector
  /// of a panel.
  Value add(Value row, Value signs, Value columns, Value sum);
  /// The same with numbers of a group: from 0 to 15, or bytes, unsigned where
  /// the machine wants one side so.
  Value addNumbers(Value row, Value numbers, Value sum);
  /// Whether two such products add up before their sums are widened.
  bool pairsNumbers();
  /// Two of them, where that is so.
  Value addNumberPair(llvm::ArrayRef<Value> rows, llvm::ArrayRef<Value> numbers,
                      Value sum);

  /// Whether steps of weights in an order do so, pair by pair.
  bool takesOrder() const { return machine.getSplitRows(); }
  /// A step of the depth: a row's word, with its signs if it has some, and the
  /// vector of a panel that it meets.
  struct Step {
    Value row, signs, columns;
  };
  /// The products of two steps that the order has made a pair.
  Value addPair(const Step &one, const Step &other, Value sum);

private:
  Value withSigns(Value columns, Value signs);
  Value dot4(Value sum, Value columns, Value rows, kernel::RowBytes bytes);

  kernel::PanelProductOp product;
  target::MachineAttr machine;
  mlir::OpBuilder &builder;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_WORDSTEPS_H
