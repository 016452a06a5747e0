//===- NodeOrder.h - Which nodes are needed, and when -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_NODEORDER_H
#define LMCC_COMPILER_IMPORT_NODEORDER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace google::protobuf {
template <typename T> class RepeatedPtrField;
} // namespace google::protobuf

namespace lmcc::onnx {
class NodeProto;
} // namespace lmcc::onnx

namespace lmcc::import {

/// How messages call a node: its name, else its first named output, else
/// operator and position.
std::string nodeName(const onnx::NodeProto &node, unsigned position);

/// The positions of the nodes that `outputs` depend on, each behind the nodes
/// it depends on and otherwise in the order of the model. What a subgraph takes
/// from around it counts as an input of its node. Names that no node computes
/// are left to the caller.
///
/// Fails if a name is computed twice, or if nodes depend on themselves.
llvm::Expected<llvm::SmallVector<unsigned>>
orderNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
           llvm::ArrayRef<llvm::StringRef> outputs);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_NODEORDER_H
