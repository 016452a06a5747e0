//===- Scope.h - What names mean while a body is translated -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_SCOPE_H
#define LMCC_COMPILER_IMPORT_SCOPE_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace google::protobuf {
template <typename T> class RepeatedPtrField;
} // namespace google::protobuf

namespace lmcc::onnx {
class AttributeProto;
class FunctionProto;
class GraphProto;
class NodeProto;
class OperatorSetIdProto;
class TensorProto;
class ValueInfoProto;
} // namespace lmcc::onnx

namespace lmcc::import {

/// What a name stands for.
struct Named {
  mlir::Value value;
  /// The caller of a function left this optional input out.
  bool isOmitted = false;
  /// Why there is no value, if nobody has been told yet: whoever reads the name
  /// reports it.
  std::string problem;

  bool isUnknown() const { return !value && !isOmitted; }
};

/// The names of one graph or function body. A subgraph sees the scope around
/// it, a function does not.
struct Scope {
  explicit Scope(Scope *outer = nullptr) : outer(outer) {}

  /// Adds the initializers of `graph`; fails if a name is there twice.
  llvm::Error addInitializers(const onnx::GraphProto &graph);
  /// Fails if a node computes a name that this scope already has.
  llvm::Error checkOutputs(
      const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes) const;

  Scope *outer;
  llvm::StringMap<Named> names;
  /// Those that nothing has read yet have no entry in `names`.
  llvm::StringMap<const onnx::TensorProto *> initializers;
};

/// What the nodes of one function body, or of the model itself, share.
struct Frame {
  /// Reads the operator sets that are imported; fails if one has two versions,
  /// or the default one a version other than 7 to 26.
  llvm::Error
  addVersions(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>
                  &imports);
  /// The version of `domain`; 1 for unnamed domains except the default one,
  /// which then has none.
  std::optional<int64_t> version(llvm::StringRef domain) const;

  /// The function whose body this is; null for the model.
  const onnx::FunctionProto *function = nullptr;
  /// The frame that calls it.
  const Frame *caller = nullptr;
  /// Put in front of node names.
  std::string path;
  llvm::StringMap<int64_t> versions;
  /// Values of the attributes that nodes of the body refer to.
  llvm::StringMap<const onnx::AttributeProto *> attributes;
};

/// "ai.onnx" is the long name of the default domain, which is "".
llvm::StringRef canonicalDomain(llvm::StringRef domain);

/// The functions that a model defines, by domain, name and overload.
class FunctionLibrary {
public:
  /// Fails if a function is defined twice.
  llvm::Error
  add(const google::protobuf::RepeatedPtrField<onnx::FunctionProto> &functions);
  /// What `node` calls; null if it is no function of the model.
  const onnx::FunctionProto *find(const onnx::NodeProto &node) const;

private:
  llvm::StringMap<const onnx::FunctionProto *> functions;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_SCOPE_H
