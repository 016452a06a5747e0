//===- InputRoles.cpp - What the inputs of a decoder mean -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names mean little: exporters call positions `position_ids`, `cache_position`
// or `arg_2`. What an input is follows from where its elements go. A name only
// decides between two lookups in tables, which look alike.
//
//===----------------------------------------------------------------------===//

#include "dialects/Weight/Weight.h"
#include "passes/State/Decoder.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

/// Where the elements of an input arrive, after moves and arithmetic.
struct Destinations {
  bool lookup = false;     ///< As indices, in a table of the model.
  bool angle = false;      ///< In a sine or cosine.
  bool comparison = false; ///< In a comparison.
  bool scores = false;     ///< At the scores of an attention.
  bool place = false;      ///< As the index at which something is stored.
  bool other = false;
  /// Rows of the tables looked up without arithmetic on the way.
  SmallVector<int64_t> tables;
};

bool isConstant(Value value) {
  return isa_and_present<graph::ConstantOp, weight::GetOp>(
      value.getDefiningOp());
}

bool isMove(Operation *op) {
  return isa<graph::ReshapeOp, graph::BroadcastOp, graph::TransposeOp,
             graph::SliceOp, graph::ConcatOp>(op);
}

class UseWalk {
public:
  Destinations follow(Value input) {
    pending.insert(input);
    moved.insert(input);
    for (size_t next = 0; next < pending.size(); ++next)
      for (OpOperand &use : pending[next].getUses())
        arrive(use);
    return found;
  }

private:
  void arrive(OpOperand &use) {
    Operation *op = use.getOwner();
    if (auto gather = dyn_cast<graph::GatherOp>(op))
      return lookUp(use, gather);
    if (isa<graph::ScatterElementsOp, graph::ScatterNdOp>(op)) {
      bool isIndex = use.getOperandNumber() == 1;
      found.place |= isIndex;
      found.other |= !isIndex;
      return;
    }
    if (isa<graph::SinOp, graph::CosOp>(op)) {
      found.angle = true;
      return;
    }
    if (isa<graph::AttentionOp>(op)) {
      bool isExtra = use.getOperandNumber() >= 3;
      found.scores |= isExtra;
      found.other |= !isExtra;
      return;
    }
    // Frequencies are often multiplied in by a product of matrices.
    bool isProductWithConstant =
        isa<graph::MatmulOp>(op) && llvm::any_of(op->getOperands(), isConstant);
    if (isa<graph::CompareOp>(op))
      found.comparison = true;
    bool goesOn = isMove(op) || op->hasTrait<graph::Elementwise>() ||
                  isProductWithConstant ||
                  isa<graph::CumulativeSumOp, graph::ReduceOp>(op);
    if (!goesOn) {
      found.other = true;
      return;
    }
    if (isMove(op) && moved.contains(use.get()))
      moved.insert(op->getResult(0));
    pending.insert(op->getResult(0));
  }

  void lookUp(OpOperand &use, graph::GatherOp gather) {
    if (&use != &gather.getIndicesMutable() || !isConstant(gather.getInput())) {
      found.other = true;
      return;
    }
    found.lookup = true;
    if (moved.contains(use.get()))
      found.tables.push_back(
          typeOf(gather.getInput()).getDimSize(gather.getAxis()));
  }

  Destinations found;
  llvm::SetVector<Value> pending;
  llvm::DenseSet<Value> moved; ///< Reached by moves alone.
};

/// Whether the sizes of a tensor are `count` once and 1 elsewhere.
bool hasOnePerToken(RankedTensorType type, const Decoder &decoder) {
  unsigned counts = 0;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    graph::DimsAttr size = graph::axisSize(type, axis);
    StringAttr symbol = symbolOf(size);
    if (symbol && symbol == decoder.count)
      ++counts;
    else if (size.getConstant(0) != 1 &&
             !(symbol && llvm::is_contained(decoder.batch, symbol)))
      return false;
  }
  return counts == (decoder.count ? 1 : 0);
}

bool mentions(RankedTensorType type, StringAttr symbol) {
  auto dims = dyn_cast_or_null<graph::DimsAttr>(type.getEncoding());
  return symbol && dims && llvm::is_contained(dims.getSymbols(), symbol);
}

StringRef nameOf(BlockArgument input) {
  auto function = cast<func::FuncOp>(input.getOwner()->getParentOp());
  auto name = function.getArgAttrOfType<StringAttr>(input.getArgNumber(),
                                                    graph::nameAttrName);
  return name ? name.getValue() : "";
}

} // namespace

std::optional<InputRole> roleOf(BlockArgument input, Decoder &decoder,
                                NearMisses &misses) {
  RankedTensorType type = typeOf(input);
  bool isInteger = isa<IntegerType>(type.getElementType()) &&
                   !type.getElementType().isInteger(1);
  bool followsPast = mentions(type, decoder.past) ||
                     (decoder.length && type.getRank() > 0 &&
                      type.getShape().back() == *decoder.length);
  bool isPerToken = hasOnePerToken(type, decoder);
  Destinations uses = UseWalk().follow(input);

  if (isInteger && isPerToken && !uses.other) {
    bool isPosition = uses.angle || uses.comparison || uses.place;
    bool isNamed = nameOf(input).contains_insensitive("pos");
    if (isPosition || (uses.lookup && isNamed)) {
      for (int64_t rows : uses.tables)
        decoder.mostTokens = std::min(rows, decoder.mostTokens.value_or(rows));
      return InputRole::positions;
    }
    if (uses.lookup && !uses.scores && !uses.tables.empty())
      return InputRole::tokens;
  }
  if (followsPast && !uses.other && (uses.scores || uses.lookup))
    return InputRole::mask;
  if (!mentions(type, decoder.past) && !mentions(type, decoder.count))
    return InputRole::parameter;
  misses.push_back(
      {input.getLoc(),
       ("input '" + nameOf(input) +
        "' changes its size from call to call, but is neither tokens, nor "
        "positions, nor only a mask of scores")
           .str()});
  return std::nullopt;
}

} // namespace lmcc
