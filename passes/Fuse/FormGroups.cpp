//===- FormGroups.cpp - One group, one kernel -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A producer joins only if all of its users are in the group already, so no
// path leaves a group and comes back: groups can stand in the order of their
// last operation.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Graph.h"
#include "dialects/Weight/Weight.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Fuse/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_FORMGROUPS
#include "passes/Fuse/Passes.h.inc"

namespace {

/// Operations of one future kernel, last one first.
struct Group {
  SmallVector<Operation *> members;
  graph::MatmulOp product;

  Operation *root() const { return members.front(); }
  RankedTensorType type() const {
    return cast<RankedTensorType>(root()->getResult(0).getType());
  }
};

bool isElementwise(Operation *op) { return op->hasTrait<graph::Elementwise>(); }

RankedTensorType resultType(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType());
}

bool sameShape(RankedTensorType a, RankedTensorType b) {
  return a.getShape() == b.getShape() && a.getEncoding() == b.getEncoding();
}

bool runsInRegisters(Type element) {
  return element.isF32() || element.isInteger(32) || element.isInteger(1);
}

/// Whether an epilogue can widen the bytes that `op` converts: those of a full
/// tensor, which are loaded for this alone.
bool widensBytes(Operation *op) {
  auto conversion = dyn_cast<graph::CastOp>(op);
  if (!conversion ||
      !conversion.getInput().getType().getElementType().isInteger(8))
    return false;
  return runsInRegisters(conversion.getType().getElementType()) &&
         llvm::count_if(conversion.getInput().getUsers(),
                        llvm::IsaPred<graph::CastOp>) == 1;
}

/// Whether `op` narrows to bytes what it converts: the last operation of a
/// group by storing them, one in between by limiting a float.
bool narrowsToBytes(Operation *op, bool isLast) {
  auto conversion = dyn_cast<graph::CastOp>(op);
  if (!conversion || !conversion.getType().getElementType().isInteger(8))
    return false;
  Type from = conversion.getInput().getType().getElementType();
  return from.isF32() || (isLast && from.isInteger(32));
}

/// Whether `op` gives bytes, other than bytes of the same group with the other
/// sign: 128 more or less.
bool limitsToBytes(Operation *op) {
  if (!resultType(op).getElementType().isInteger(8))
    return false;
  auto conversion = dyn_cast<graph::CastOp>(op);
  auto sum = conversion ? conversion.getInput().getDefiningOp<graph::AddOp>()
                        : graph::AddOp();
  auto bytes =
      sum ? sum.getLhs().getDefiningOp<graph::CastOp>() : graph::CastOp();
  return !(bytes && bytes.getInput().getType().getElementType().isInteger(8));
}

/// Whether an epilogue over `result` can read `operand`: where the leading axes
/// are flattened to rows, it must be a full tensor, a row, a column or one
/// element; where batch axes stay loops, any broadcast will do.
bool canBeExtra(RankedTensorType operand, RankedTensorType result,
                bool flattensRows) {
  if (!flattensRows)
    return true;
  bool leadingFull = true, leadingOne = true;
  int64_t offset = result.getRank() - operand.getRank();
  for (int64_t axis = 0; axis + 1 < result.getRank(); ++axis) {
    graph::DimsAttr whole = graph::axisSize(result, axis);
    if (axis < offset) {
      leadingFull &= whole.getConstant(0) == 1;
      continue;
    }
    graph::DimsAttr own = graph::axisSize(operand, axis - offset);
    leadingFull &= own == whole;
    leadingOne &= own.getConstant(0) == 1;
  }
  return leadingFull || leadingOne;
}

class GroupFormer {
public:
  explicit GroupFormer(func::FuncOp function) : function(function) {}

  void run() {
    for (Operation &op : llvm::reverse(function.getBody().front()))
      if (isWork(&op))
        place(&op);
    for (Group &group : groups)
      build(group);
  }

private:
  static bool isWork(Operation *op) {
    return isa<graph::GraphDialect>(op->getDialect()) &&
           !isa<graph::ReshapeOp, graph::ConstantOp, graph::GroupOp>(op);
  }

  void place(Operation *op) {
    if (std::optional<size_t> number = groupOfUsers(op);
        number && canJoin(op, groups[*number])) {
      groups[*number].members.push_back(op);
      if (auto product = dyn_cast<graph::MatmulOp>(op))
        groups[*number].product = product;
      groupOf[op] = *number;
      return;
    }
    groupOf[op] = groups.size();
    groups.push_back({{op}, dyn_cast<graph::MatmulOp>(op)});
  }

  /// The one group that holds all users of `op`.
  std::optional<size_t> groupOfUsers(Operation *op) {
    std::optional<size_t> number;
    for (Operation *user : op->getUsers()) {
      auto entry = groupOf.find(user);
      if (entry == groupOf.end() || (number && *number != entry->second))
        return std::nullopt;
      number = entry->second;
    }
    return number;
  }

  bool canJoin(Operation *op, const Group &group) {
    if (isView(op, group) || isSummed(op, group))
      return true;
    if (!llvm::all_of(group.members, [](Operation *member) {
          return isElementwise(member) || isa<graph::MatmulOp>(member);
        }))
      return false;
    if (!sameShape(resultType(op), group.type()))
      return false;
    // What feeds the product's operands cannot run in its epilogue.
    graph::MatmulOp present = group.product;
    if (present && llvm::is_contained(op->getUsers(), present.getOperation()))
      return false;
    if (auto product = dyn_cast<graph::MatmulOp>(op))
      return !present && canCarryEpilogue(product, group);
    if (!isElementwise(op))
      return false;
    return !present || (runsInRegisters(resultType(op).getElementType()) &&
                        fitsEpilogue(op, present, /*isLast=*/false));
  }

  /// An attention reads and writes its rows with any stride, a rotary embedding
  /// reads them so: transposes that keep the last axis together cost nothing.
  static bool isView(Operation *op, const Group &group) {
    auto keepsRows = [](Operation *other) {
      auto transpose = dyn_cast<graph::TransposeOp>(other);
      return transpose && transpose.getPermutation().back() ==
                              transpose.getType().getRank() - 1;
    };
    if (isa<graph::AttentionOp>(op))
      return group.members.size() == 1 && keepsRows(group.root());
    if (!keepsRows(op))
      return false;
    return llvm::all_of(op->getUses(), [](OpOperand &use) {
      if (isa<graph::RotaryEmbeddingOp>(use.getOwner()))
        return use.getOperandNumber() == 0; // Angles follow.
      auto attention = dyn_cast<graph::AttentionOp>(use.getOwner());
      return attention && attention.isRowsOperand(use.getOperandNumber());
    });
  }

  /// Sums of rows widen the bytes that they add.
  static bool isSummed(Operation *op, const Group &group) {
    auto sum = dyn_cast<graph::ReduceOp>(group.root());
    auto conversion = dyn_cast<graph::CastOp>(op);
    if (!sum || !conversion || group.members.size() != 1)
      return false;
    return sum.getReduction() == graph::Reduction::sum &&
           conversion.getInput().getType().getElementType().isInteger(8) &&
           conversion.getType().getElementType().isSignlessInteger(32);
  }

  static bool fitsEpilogue(Operation *op, graph::MatmulOp product,
                           bool isLast) {
    RankedTensorType result = product.getType();
    bool flattens = flattensRows(product), widens = widensBytes(op);
    if (!runsInRegisters(resultType(op).getElementType()) &&
        !narrowsToBytes(op, isLast))
      return false;
    return llvm::all_of(op->getOperandTypes(), [&](Type type) {
      auto operand = cast<RankedTensorType>(type);
      return (widens || runsInRegisters(operand.getElementType())) &&
             canBeExtra(operand, result, flattens);
    });
  }

  /// One matrix on the right serves all rows of all batches.
  static bool flattensRows(graph::MatmulOp product) {
    return cast<RankedTensorType>(product.getRhs().getType()).getRank() == 2;
  }

  static bool canCarryEpilogue(graph::MatmulOp product, const Group &group) {
    // The kernel of floats stores sums where the group's result goes, that of
    // words can store bytes.
    bool isOfWords = product.isProductOfWords();
    Type stored = group.type().getElementType();
    if (!(product.getType().getElementType().isF32() || isOfWords) ||
        !(stored.isF32() || (isOfWords && stored.isInteger(8))))
      return false;
    // Each limits and rounds with constants of its own; those of several leave
    // no registers for the sums.
    if (llvm::count_if(group.members, limitsToBytes) > 1)
      return false;
    return llvm::all_of(group.members, [&](Operation *member) {
      return fitsEpilogue(member, product, member == group.root());
    });
  }

  void build(const Group &group) {
    llvm::SmallPtrSet<Operation *, 8> inside(group.members.begin(),
                                             group.members.end());
    llvm::SetVector<Value> inputs;
    SmallVector<Location> locations;
    for (Operation *member : llvm::reverse(group.members)) {
      locations.push_back(member->getLoc());
      for (Value operand : member->getOperands())
        if (!inside.contains(operand.getDefiningOp()))
          inputs.insert(operand);
    }
    OpBuilder builder(group.root());
    Location location = builder.getFusedLoc(locations);
    auto op = graph::GroupOp::create(builder, location, group.type(),
                                     inputs.getArrayRef());
    Block *block = builder.createBlock(&op.getBody());
    IRMapping mapping;
    for (Value input : inputs)
      mapping.map(input, block->addArgument(input.getType(), input.getLoc()));
    for (Operation *member : llvm::reverse(group.members))
      builder.clone(*member, mapping);
    graph::YieldOp::create(builder, location,
                           mapping.lookup(group.root()->getResult(0)));
    group.root()->getResult(0).replaceAllUsesWith(op.getResult());
    // Users first: members are listed from the last one on.
    for (Operation *member : group.members)
      member->erase();
  }

  func::FuncOp function;
  SmallVector<Group> groups;
  DenseMap<Operation *, size_t> groupOf;
};

struct FormGroups : impl::FormGroupsBase<FormGroups> {
  void runOnOperation() override { GroupFormer(getOperation()).run(); }
};

} // namespace
} // namespace lmcc
