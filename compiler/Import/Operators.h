//===- Operators.h - The table of ONNX operators ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_OPERATORS_H
#define LMCC_COMPILER_IMPORT_OPERATORS_H

#include "compiler/Import/Node.h"
#include "llvm/ADT/StringMap.h"

namespace lmcc::import {

/// Translates one node into graph operations. Failure has been reported.
using Translate = mlir::LogicalResult (*)(Node &);

class OperatorTable {
public:
  /// All operators of all families.
  static const OperatorTable &get();

  struct Entry {
    Translate translate;
    /// First opset version of the domain whose form is understood. Models of
    /// the default domain have version 7 or newer, so 1 says that all forms
    /// since then are.
    int64_t since;
  };
  /// Null if the operator is unknown. The default domain is "" here.
  const Entry *find(llvm::StringRef domain, llvm::StringRef name) const;

  /// Operators are of the default domain unless the name has the form
  /// `domain::Name`.
  void add(llvm::StringRef name, Translate translate, int64_t since = 1);
  /// All names, sorted; for the documentation.
  llvm::SmallVector<llvm::StringRef> names() const;

private:
  llvm::StringMap<Entry> entries;
};

// One function per family, in Operators/<Family>.cpp.
void addConstantOperators(OperatorTable &table);
void addControlFlowOperators(OperatorTable &table);
void addElementwiseOperators(OperatorTable &table);
void addMovementOperators(OperatorTable &table);
void addIndexingOperators(OperatorTable &table);
void addReductionOperators(OperatorTable &table);
void addContractionOperators(OperatorTable &table);
void addNormalizationOperators(OperatorTable &table);
void addAttentionOperators(OperatorTable &table);
void addQuantizationOperators(OperatorTable &table);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_OPERATORS_H
