//===- Einsum.cpp - Sums of products by equation --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operands are contracted from left to right. A label that both operands share
// and that is needed later becomes a batch axis of a matrix product, one that
// is not needed any more its depth, all others rows and columns.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace lmcc::import {

namespace {
/// One label per axis: a letter, or `ellipsis + i` for the i-th axis from the
/// back that "..." stands for.
using Labels = SmallVector<int, 8>;
constexpr int ellipsis = 256;

struct Operand {
  Value value;
  Labels labels;
};

struct Equation {
  SmallVector<Operand> operands;
  Labels result;
};
} // namespace

static bool contains(const Labels &labels, int label) {
  return llvm::is_contained(labels, label);
}

/// The labels of one term; "..." stands for `hidden` axes. Nothing if the term
/// is not well formed.
static std::optional<Labels> parseTerm(StringRef term, int64_t hidden) {
  Labels labels;
  bool isOpen = true;
  for (term = term.ltrim(); !term.empty(); term = term.ltrim()) {
    if (term.consume_front("...")) {
      if (!std::exchange(isOpen, false))
        return std::nullopt;
      for (int64_t i = hidden; i > 0; --i)
        labels.push_back(ellipsis + static_cast<int>(i));
      continue;
    }
    if (!llvm::isAlpha(term.front()))
      return std::nullopt;
    labels.push_back(term.front());
    term = term.drop_front();
  }
  return labels;
}

/// Without "->", the result has the axes of "..." and then every label that
/// occurs once, in alphabetical order.
static Labels impliedResult(ArrayRef<Operand> operands) {
  Labels all, result;
  int hidden = 0;
  for (const Operand &operand : operands)
    for (int label : operand.labels) {
      all.push_back(label);
      hidden = std::max(hidden, label - ellipsis);
    }
  for (int i = hidden; i > 0; --i)
    result.push_back(ellipsis + i);
  llvm::sort(all);
  for (int label : all)
    if (label < ellipsis && llvm::count(all, label) == 1)
      result.push_back(label);
  return result;
}

static std::optional<Equation> parseEquation(Node &node) {
  std::string text = node.text("equation", "");
  auto [left, right] = StringRef(text).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != node.inputCount())
    return std::nullopt;
  Equation equation;
  int64_t mostHidden = 0;
  for (auto [position, term] : llvm::enumerate(terms)) {
    Value value = node.input(position);
    int64_t named = llvm::count_if(term, llvm::isAlpha);
    int64_t hidden = Builder::rankOf(value) - named;
    auto labels = parseTerm(term, hidden);
    if (!labels ||
        static_cast<int64_t>(labels->size()) != Builder::rankOf(value))
      return std::nullopt;
    mostHidden = std::max(mostHidden, hidden);
    equation.operands.push_back({value, *labels});
  }
  if (!StringRef(text).contains("->")) {
    equation.result = impliedResult(equation.operands);
    return equation;
  }
  auto labels = parseTerm(right, mostHidden);
  if (!labels)
    return std::nullopt;
  equation.result = *labels;
  return equation;
}

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

/// Keeps the diagonal of axes that carry the same label.
static void takeDiagonals(Builder &builder, Operand &operand) {
  for (size_t first = 0; first < operand.labels.size(); ++first) {
    for (size_t second = operand.labels.size() - 1;
         operand.value && second > first; --second) {
      if (operand.labels[first] != operand.labels[second])
        continue;
      auto rank = static_cast<int64_t>(operand.labels.size());
      AffineExpr size = builder.sizesOf(operand.value)[first];
      if (!builder.space().unify(size,
                                 builder.sizesOf(operand.value)[second])) {
        operand.value = builder.error("axes of one label differ in size");
        return;
      }
      Value row = iotaAlong(builder, size, first, rank);
      Value column = iotaAlong(builder, size, second, rank);
      Value isDiagonal = builder.compare(graph::Comparison::eq, row, column);
      Value kept = builder.select(isDiagonal, operand.value,
                                  like(builder, operand.value, 0));
      operand.value = builder.reduce(graph::Reduction::sum, kept,
                                     {static_cast<int64_t>(second)},
                                     /*keep=*/false);
      operand.labels.erase(operand.labels.begin() + second);
    }
  }
}

/// Sums over the labels that are in neither `needed` nor `other`.
static void sumUnused(Builder &builder, Operand &operand, const Labels &needed,
                      const Labels &other) {
  SmallVector<int64_t> axes;
  Labels kept;
  for (auto [axis, label] : llvm::enumerate(operand.labels)) {
    if (contains(needed, label) || contains(other, label))
      kept.push_back(label);
    else
      axes.push_back(axis);
  }
  operand.value = builder.reduce(graph::Reduction::sum, operand.value, axes,
                                 /*keep=*/false);
  operand.labels = kept;
}

static Value arrange(Builder &builder, const Operand &operand,
                     const Labels &order) {
  SmallVector<int64_t> permutation;
  for (int label : order)
    permutation.push_back(llvm::find(operand.labels, label) -
                          operand.labels.begin());
  return builder.transpose(operand.value, permutation);
}

static Operand contract(Builder &builder, Operand a, Operand b,
                        const Labels &needed) {
  sumUnused(builder, a, needed, b.labels);
  sumUnused(builder, b, needed, a.labels);
  Labels batch, depth, rows, columns;
  for (int label : a.labels)
    (!contains(b.labels, label) ? rows
     : contains(needed, label)  ? batch
                                : depth)
        .push_back(label);
  for (int label : b.labels)
    if (!contains(a.labels, label))
      columns.push_back(label);

  auto join = [](std::initializer_list<ArrayRef<int>> parts) {
    Labels all;
    for (ArrayRef<int> part : parts)
      all.append(part.begin(), part.end());
    return all;
  };
  Value lhs = arrange(builder, a, join({batch, rows, depth}));
  Value rhs = arrange(builder, b, join({batch, depth, columns}));
  if (!lhs || !rhs)
    return {};
  // Batch axes stay apart, since those of "..." may broadcast.
  graph::DimSpace &space = builder.space();
  Builder::Sizes l = builder.sizesOf(lhs), r = builder.sizesOf(rhs);
  ArrayRef<AffineExpr> lSizes(l), rSizes(r);
  auto matrix = [&](ArrayRef<AffineExpr> sizes, size_t split) {
    Builder::Sizes joined(sizes.take_front(batch.size()));
    ArrayRef<AffineExpr> rest = sizes.drop_front(batch.size());
    joined.push_back(space.product(rest.take_front(split)));
    joined.push_back(space.product(rest.drop_front(split)));
    return joined;
  };
  Value left = builder.reshape(lhs, matrix(lSizes, rows.size()));
  Value right = builder.reshape(rhs, matrix(rSizes, depth.size()));
  Value product = builder.matmul(left, right);
  if (!product)
    return {};
  Builder::Sizes sizes = builder.sizesOf(product);
  sizes.truncate(batch.size());
  llvm::append_range(sizes, lSizes.slice(batch.size(), rows.size()));
  llvm::append_range(sizes, rSizes.take_back(columns.size()));
  return {builder.reshape(product, sizes), join({batch, rows, columns})};
}

static LogicalResult translateEinsum(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  std::optional<Equation> equation = parseEquation(node);
  if (!equation)
    return node.unsupported("its equation does not fit the operands",
                            "the model is not valid; export it again");
  MutableArrayRef<Operand> operands = equation->operands;
  for (Operand &operand : operands)
    takeDiagonals(builder, operand);

  Operand result = operands.front();
  for (size_t next = 1; result.value && next < operands.size(); ++next) {
    Labels needed = equation->result;
    for (const Operand &later : operands.drop_front(next + 1))
      llvm::append_range(needed, later.labels);
    result = operands[next].value
                 ? contract(builder, result, operands[next], needed)
                 : Operand{};
  }
  if (!result.value)
    return failure();
  sumUnused(builder, result, equation->result, {});
  Labels seen;
  for (int label : equation->result) {
    if (!contains(result.labels, label) || contains(seen, label))
      return node.unsupported("a label of the result is repeated or unknown",
                              "the model is not valid; export it again");
    seen.push_back(label);
  }
  return node.finish(arrange(builder, result, equation->result));
}

void addEinsumOperators(OperatorTable &table) {
  table.add("Einsum", needsAll<translateEinsum>, 12);
}

} // namespace lmcc::import
