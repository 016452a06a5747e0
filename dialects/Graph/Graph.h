//===- Graph.h - The graph dialect ------------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_GRAPH_H
#define LMCC_DIALECTS_GRAPH_GRAPH_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Graph/GraphDialect.h.inc"
#include "dialects/Graph/GraphEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/GraphAttributes.h.inc"

namespace lmcc::graph {

/// Checks that the result has the broadcast shape of the operands.
llvm::LogicalResult verifyElementwise(mlir::Operation *op);

/// Marks operations that compute each result element from the operand elements
/// at the same place; operands broadcast like numpy.
template <typename ConcreteOp>
class Elementwise : public mlir::OpTrait::TraitBase<ConcreteOp, Elementwise> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifyElementwise(op);
  }
};

/// Name of the function attribute that lists the free symbols with their
/// bounds (array of `#graph.symbol`), in order of first appearance.
inline constexpr llvm::StringLiteral symbolsAttrName = "graph.symbols";
/// Name of the function attribute that lists what must hold of the sizes when
/// the model is called, beyond the bounds in `graph.symbols`: dictionaries with
/// `size` (`#graph.dims` of one axis), `low` and, where it has one, `high`.
inline constexpr llvm::StringLiteral demandsAttrName = "graph.demands";
/// Name of the function attribute of a decoder that keeps its state between
/// calls: a dictionary with the `capacity` of the state in tokens and the names
/// of the symbols for tokens in it before the call, `past`, and for new ones,
/// `count` (none if every call takes one token); and with `all_logits` if those
/// of all tokens are wanted, not of the last one.
inline constexpr llvm::StringLiteral decodingAttrName = "graph.decoding";
/// Name of the unit attribute of arguments that are such state. The function
/// appends to them with a concat along the axis that has the size `past`, and
/// what it appends is there at the next call.
inline constexpr llvm::StringLiteral stateAttrName = "graph.state";
/// Name of the argument and result attribute that holds a name of the model.
inline constexpr llvm::StringLiteral nameAttrName = "graph.name";

/// Name of the attribute of a product that was to be quantised and is not: the
/// reason, as text.
inline constexpr llvm::StringLiteral keptAttrName = "graph.kept";
/// That reason where the model has quantised them itself.
inline constexpr llvm::StringLiteral quantizedByModel =
    "the model has quantised its weights";
/// Unit attribute of a `graph.matmul`: the model allows its rows to be
/// quantised to 8 bits.
inline constexpr llvm::StringLiteral byteRowsAttrName = "graph.byte_rows";

/// The bytes that a dot product takes at a time, along the depth.
inline constexpr int64_t wordBytes = 4;

/// The type of a value of the dialect, which is a ranked tensor.
inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// `batch, 2 * length`, for messages.
std::string sizesText(DimsAttr sizes);

/// The size of one axis as an attribute that is equal exactly when the sizes
/// are provably equal.
DimsAttr axisSize(mlir::RankedTensorType type, unsigned axis);

/// The numpy broadcast of shapes, axis by axis from the back; empty if two
/// sizes are different and neither is the number 1.
std::optional<llvm::SmallVector<DimsAttr>>
broadcastSizes(llvm::ArrayRef<mlir::RankedTensorType> types);

} // namespace lmcc::graph

#define GET_OP_CLASSES
#include "dialects/Graph/GraphOps.h.inc"

#endif // LMCC_DIALECTS_GRAPH_GRAPH_H
