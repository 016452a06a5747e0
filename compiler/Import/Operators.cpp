//===- Operators.cpp - The table of ONNX operators ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators.h"

namespace lmcc::import {

static OperatorTable makeTable() {
  OperatorTable table;
  addConstantOperators(table);
  addControlFlowOperators(table);
  addElementwiseOperators(table);
  addMovementOperators(table);
  addIndexingOperators(table);
  addReductionOperators(table);
  addContractionOperators(table);
  addNormalizationOperators(table);
  addAttentionOperators(table);
  addQuantizationOperators(table);
  return table;
}

const OperatorTable &OperatorTable::get() {
  static const OperatorTable table = makeTable();
  return table;
}

const OperatorTable::Entry *OperatorTable::find(llvm::StringRef domain,
                                                llvm::StringRef name) const {
  // The colons are ours; a model must not reach another domain with them.
  if (domain.contains(':') || name.contains(':'))
    return nullptr;
  auto entry = domain.empty() ? entries.find(name)
                              : entries.find((domain + "::" + name).str());
  return entry == entries.end() ? nullptr : &entry->second;
}

void OperatorTable::add(llvm::StringRef name, Translate translate,
                        int64_t since) {
  [[maybe_unused]] bool isNew =
      entries.try_emplace(name, Entry{translate, since}).second;
  assert(isNew && "an operator is in the table twice");
}

llvm::SmallVector<llvm::StringRef> OperatorTable::names() const {
  llvm::SmallVector<llvm::StringRef> result(entries.keys());
  llvm::sort(result);
  return result;
}

} // namespace lmcc::import
