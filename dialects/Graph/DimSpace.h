//===- DimSpace.h - The sizes of one model ----------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Named symbols with bounds, and what has been learned about them. A symbol is
// a plain name; two symbols that meet where sizes must agree are unified: one
// of them is expressed by the others from then on.
//
// Sizes are affine expressions over symbols by position, products of symbols
// (as in a flattened batch x sequence) included. They are kept as sums of
// products in one canonical order, so that equality is identity.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_DIMSPACE_H
#define LMCC_DIALECTS_GRAPH_DIMSPACE_H

#include "dialects/Graph/Graph.h"

namespace lmcc::graph {

/// The form in which `#graph.dims` stores sizes: unused symbols dropped, the
/// others sorted by name, every size canonical.
std::pair<llvm::SmallVector<mlir::StringAttr>, mlir::AffineMap>
canonicalSizes(llvm::ArrayRef<mlir::StringAttr> symbols, mlir::AffineMap map);

/// Bounds of a size, both included; `high` is empty when there is none.
struct SizeRange {
  int64_t low = 0;
  std::optional<int64_t> high;
};

/// `4`, `4..9` or `at least 4`.
std::string rangeText(const SizeRange &range);

class DimSpace {
public:
  using Sizes = llvm::SmallVector<mlir::AffineExpr, 4>;

  explicit DimSpace(mlir::MLIRContext *context) : context(context) {}
  /// The space that the `graph.symbols` attribute of `function` describes.
  static DimSpace of(mlir::Operation *function);

  mlir::MLIRContext *getContext() const { return context; }

  /// The size called `name`, created at its first mention.
  mlir::AffineExpr symbol(llvm::StringRef name);
  mlir::AffineExpr number(int64_t value) const;
  /// Sets the bounds of `name`; equal bounds make it a number.
  void bound(llvm::StringRef name, int64_t low, int64_t high);

  /// `size` with everything learned so far put in.
  mlir::AffineExpr simplify(mlir::AffineExpr size) const;
  std::optional<int64_t> constant(mlir::AffineExpr size) const;
  SizeRange range(mlir::AffineExpr size) const;

  mlir::AffineExpr add(mlir::AffineExpr a, mlir::AffineExpr b) const;
  mlir::AffineExpr subtract(mlir::AffineExpr a, mlir::AffineExpr b) const;
  mlir::AffineExpr multiply(mlir::AffineExpr a, mlir::AffineExpr b) const;
  mlir::AffineExpr product(llvm::ArrayRef<mlir::AffineExpr> sizes) const;
  /// `a / b` where equal factors cancel; a rest is rounded down. Empty if the
  /// divisor is not a number after cancelling.
  std::optional<mlir::AffineExpr> divide(mlir::AffineExpr a,
                                         mlir::AffineExpr b) const;

  /// True if the sizes are equal for all values of the symbols.
  bool equal(mlir::AffineExpr a, mlir::AffineExpr b) const;
  /// Demands that two sizes are equal and learns from it; false if they cannot
  /// be.
  bool unify(mlir::AffineExpr a, mlir::AffineExpr b);
  /// Demands that a size is not below `low`; false if it cannot be so.
  bool demandAtLeast(mlir::AffineExpr size, int64_t low);
  /// The broadcast of two sizes: a number 1 gives way, all else is unified.
  std::optional<mlir::AffineExpr> broadcast(mlir::AffineExpr a,
                                            mlir::AffineExpr b);

  Sizes sizes(mlir::RankedTensorType type) const;
  mlir::RankedTensorType type(llvm::ArrayRef<mlir::AffineExpr> sizes,
                              mlir::Type element) const;
  DimsAttr attribute(llvm::ArrayRef<mlir::AffineExpr> sizes) const;
  Sizes expressions(DimsAttr dims) const;

  /// The symbols that stay free, in order of first mention, with bounds.
  struct FreeSymbol {
    llvm::StringRef name;
    SizeRange range;
  };
  llvm::SmallVector<FreeSymbol> freeSymbols() const;
  /// A readable form, for messages.
  std::string text(mlir::AffineExpr size) const;
  /// What must be checked when the model is called, because the bounds of the
  /// free symbols do not imply it: `size` lies in `range`.
  struct Demand {
    mlir::AffineExpr size;
    SizeRange range;
  };
  llvm::SmallVector<Demand> demands() const;

private:
  struct Symbol {
    mlir::StringAttr name;
    SizeRange range;
    /// Set once the symbol is expressed by others.
    mlir::AffineExpr replacement;
  };
  unsigned position(mlir::StringAttr name);
  void replace(unsigned position, mlir::AffineExpr replacement);
  void narrow(unsigned position, SizeRange bounds);

  mlir::MLIRContext *context;
  llvm::SmallVector<Symbol> symbols;
  llvm::SmallVector<Demand> noted;
};

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_DIMSPACE_H
