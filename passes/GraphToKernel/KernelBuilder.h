//===- KernelBuilder.h - One kernel while it is built -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel function and, argument by argument, what its call passes. Code that
// builds the body asks for buffers, sizes and scalars; an argument comes into
// being at the first request. Sizes that are numbers stay numbers.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_KERNELBUILDER_H
#define LMCC_PASSES_GRAPHTOKERNEL_KERNELBUILDER_H

#include "dialects/Graph/DimSpace.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace lmcc {

/// Signless element type of a buffer that holds elements of a graph tensor.
mlir::Type bufferElement(mlir::Type graphElement);

class KernelBuilder {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;
  using Sizes = graph::DimSpace::Sizes;

  KernelBuilder(mlir::Location location, const graph::DimSpace &space);
  ~KernelBuilder();
  KernelBuilder(const KernelBuilder &) = delete;

  mlir::OpBuilder &body() { return builder; }
  mlir::Location location() const { return where; }
  const graph::DimSpace &space() const { return dims; }

  /// A new buffer argument; the call passes `actual`, a flat buffer of the
  /// schedule. Equal buffers are one argument. `role` names it in the text.
  Value buffer(Value actual, llvm::StringRef role);
  /// The same, of bytes as words of four.
  Value words(Value actual, llvm::StringRef role);
  /// A size as a number or an index argument; `role` names it at its first
  /// request.
  Index size(mlir::AffineExpr expression, llvm::StringRef role = "n");
  llvm::SmallVector<Index> sizes(llvm::ArrayRef<mlir::AffineExpr> list);
  /// A scalar argument for the constant `value` (a float or integer).
  Value scalar(mlir::TypedAttr value, llvm::StringRef role = "c");
  /// A dense row-major view.
  Value view(Value buffer, llvm::ArrayRef<mlir::AffineExpr> shape);
  /// A view that repeats along axes: `present[i]` says whether axis i of
  /// `shape` exists in the buffer (stride 0 where it does not).
  Value broadcastView(Value buffer, llvm::ArrayRef<mlir::AffineExpr> shape,
                      llvm::ArrayRef<bool> present);

  /// A view with explicit strides, in elements, from `offset` on or from the
  /// first element.
  Value stridedView(Value buffer, llvm::ArrayRef<mlir::AffineExpr> shape,
                    llvm::ArrayRef<mlir::AffineExpr> strides,
                    mlir::AffineExpr offset = {});
  /// A local array of the kernel with indeterminate elements, f32 by default.
  Value localArray(llvm::ArrayRef<int64_t> shape, mlir::Type element = {});

  Index number(int64_t value) { return builder.getIndexAttr(value); }
  Value value(Index index);
  Value constant(mlir::Type element, double value);
  /// A loop from 0 over `size` (just the body where the size is 1).
  void loop(Index size, llvm::function_ref<void(Index)> content);
  /// A loop from `from` to `to` in steps of `step`; nothing if they are equal.
  void loop(Index from, Index to, int64_t step,
            llvm::function_ref<void(Index)> content);
  /// Nested loops, the first size outermost.
  void loops(llvm::ArrayRef<Index> sizes,
             llvm::function_ref<void(llvm::ArrayRef<Index>)> content);
  Value load(Value view, llvm::ArrayRef<Index> place);
  void store(Value element, Value view, llvm::ArrayRef<Index> place);
  /// Computes an element from the elements at the same place, with operations
  /// made at `builder`.
  using Element =
      llvm::function_ref<Value(mlir::OpBuilder &builder, mlir::ValueRange)>;
  /// Stores `element` of the inputs at every place of `output`; all views have
  /// its shape.
  void map(mlir::ValueRange inputs, Value output, Element element);
  /// Stores `value` at every place of a view.
  void fill(Value output, double value);
  /// The reduction of `element`, f32 by default, over rows.
  Value reduceRow(kernel::RowReduction reduction, mlir::ValueRange rows,
                  Element element, mlir::Type type = {});
  /// The part of `view` from `offsets` on; axes whose `sizes` entry is null
  /// are dropped (one place of them is taken).
  Value part(Value view, llvm::ArrayRef<Index> offsets,
             llvm::ArrayRef<Index> sizes);

  /// Ends the body, with `result` (an i1) if the kernel has one. After this
  /// the function is complete and owned by the caller.
  mlir::func::FuncOp finish(Value result = {});

  /// What the call passes, in the order of the arguments: buffers of the
  /// schedule, then sizes, then constants.
  struct Actual {
    Value buffer;
    mlir::AffineExpr size;
    mlir::TypedAttr constant;
  };
  llvm::ArrayRef<Actual> actuals() const { return passed; }

private:
  Value argument(mlir::Type type, llvm::StringRef name, Actual actual);
  void sortArguments();

  mlir::OpBuilder builder;
  mlir::Location where;
  const graph::DimSpace &dims;
  mlir::func::FuncOp function;
  llvm::SmallVector<Actual> passed;
  llvm::SmallVector<std::string> names;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_KERNELBUILDER_H
