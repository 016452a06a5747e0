//===- InPlace.cpp - Results that go where an operand was -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel may write over an operand if it reads each element of it no later
// than it writes the element at the same place. Which kernels do is known here,
// which buffers nobody reads afterwards where the schedule is built.
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/GroupKernels.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

namespace {
/// One operand of a group whose place the result may take.
class Overwriting {
public:
  Overwriting(GroupSite &site, BlockArgument operand,
              const graph::DimSpace &space, target::MachineAttr machine)
      : site(site), operand(operand), space(space), machine(machine) {}

  bool isSound() {
    if (!hasElementsOfResult())
      return false;
    if (graph::MatmulOp product = site.product())
      return isExtraOf(product);
    return llvm::TypeSwitch<Operation *, bool>(site.root())
        .Case<graph::SoftmaxOp, graph::LayerNormOp, graph::RmsNormOp,
              graph::RotaryEmbeddingOp>([&](Operation *op) {
          // The last pass over a row reads and writes place by place, or
          // pair by pair.
          return op->getOperand(0) == operand && isOnlyOfItsBuffer();
        })
        .Default([&](Operation *) { return isElementwise(); });
  }

  bool isResidual() {
    return site.product() && isa<graph::AddOp>(site.root()) &&
           llvm::is_contained(site.root()->getOperands(), operand) &&
           hasElementsOfResult();
  }

  bool isKeptResidual() {
    return isResidual() && !storesWithEpilogue(site.product());
  }

private:
  AffineExpr countOf(Type type) {
    return space.product(space.sizes(cast<RankedTensorType>(type)));
  }

  /// As many elements as the result, of its type. What repeats along an axis
  /// has fewer.
  bool hasElementsOfResult() {
    auto type = cast<RankedTensorType>(operand.getType());
    RankedTensorType result = site.group.getType();
    return bufferElement(type.getElementType()) ==
               bufferElement(result.getElementType()) &&
           countOf(type) == countOf(result);
  }

  /// Every argument of the region that stands for the same buffer.
  SmallVector<BlockArgument> sharers() {
    SmallVector<BlockArgument> result;
    Value buffer = site.inputOf(operand).buffer;
    for (BlockArgument other : site.group.getBody().getArguments())
      if (site.inputOf(other).buffer == buffer)
        result.push_back(other);
    return result;
  }
  bool isOnlyOfItsBuffer() { return sharers().size() == 1; }

  bool isElementwise() {
    return llvm::all_of(site.members(), [](Operation *op) {
      return op->hasTrait<graph::Elementwise>() || isa<graph::BroadcastOp>(op);
    });
  }

  /// Where a depth is cut into blocks, sums are stored before the epilogue
  /// reads anything.
  bool storesWithEpilogue(graph::MatmulOp product) {
    return site.panelProduct() && !cutsDepth(product);
  }

  /// The epilogue reads an element where it stores one.
  bool isExtraOf(graph::MatmulOp product) {
    if (!storesWithEpilogue(product))
      return false;
    // An epilogue reads a buffer whole or repeats it; whole, for the count.
    return llvm::all_of(sharers(), [&](BlockArgument sharer) {
      return !llvm::is_contained(product->getOperands(), sharer);
    });
  }

  /// Only of floats.
  bool cutsDepth(graph::MatmulOp product) {
    if (product.isByteProduct() || product.isGrouped())
      return false;
    auto sizes = space.sizes(product.getType());
    bool flattens =
        cast<RankedTensorType>(product.getRhs().getType()).getRank() == 2;
    AffineExpr rows = flattens ? space.product(ArrayRef(sizes).drop_back())
                               : sizes[sizes.size() - 2];
    auto lhs = cast<RankedTensorType>(product.getLhs().getType());
    std::optional<int64_t> depth = space.constant(space.sizes(lhs).back());
    return depth && machine.cutsDepth(*depth, space.constant(rows));
  }

  GroupSite &site;
  BlockArgument operand;
  const graph::DimSpace &space;
  target::MachineAttr machine;
};
} // namespace

bool mayOverwrite(GroupSite &site, BlockArgument operand,
                  const graph::DimSpace &space, target::MachineAttr machine) {
  return Overwriting(site, operand, space, machine).isSound();
}

bool isResidual(GroupSite &site, BlockArgument operand,
                const graph::DimSpace &space, target::MachineAttr machine) {
  return Overwriting(site, operand, space, machine).isResidual();
}

bool keepsResidual(GroupSite &site, const graph::DimSpace &space,
                   target::MachineAttr machine) {
  return llvm::any_of(
      site.group.getBody().getArguments(), [&](BlockArgument operand) {
        return Overwriting(site, operand, space, machine).isKeptResidual();
      });
}

} // namespace lmcc
