//===- TiedTables.h - Tables that are also a product's weights --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_TIEDTABLES_H
#define LMCC_PASSES_GRAPHTOKERNEL_TIEDTABLES_H

#include "dialects/Weight/Weight.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <optional>

namespace lmcc {

/// Tables whose rows are looked up and which, transposed, are also the
/// right side of a product (Press and Wolf, "Using the output embedding to
/// improve language models", 2017). The product reads panels; looking rows up
/// in those saves storing the table twice.
class TiedTables {
public:
  explicit TiedTables(mlir::ModuleOp module);

  /// The weight `name`, as a product reads it.
  struct Panels {
    std::string name;
    /// Of the depth of a column, so many lie side by side.
    int64_t stepsTogether = 1;
  };
  /// The weight that is the transpose of table `name`, if rows of that are
  /// looked up everywhere and the transpose is the right side of a product.
  std::optional<Panels> transposeOf(llvm::StringRef name) const;

  /// Whether weight `name` is such a transpose, whose panels rows are looked up
  /// in.
  bool isTransposed(llvm::StringRef name) const;

private:
  llvm::StringMap<Panels> transposes;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_TIEDTABLES_H
