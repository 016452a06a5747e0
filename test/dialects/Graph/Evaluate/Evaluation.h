//===- Evaluation.h - Evaluating operations written as text -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TEST_DIALECTS_GRAPH_EVALUATE_EVALUATION_H
#define LMCC_TEST_DIALECTS_GRAPH_EVALUATE_EVALUATION_H

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "gtest/gtest.h"

namespace lmcc::graph {

/// Tensors go in and come out as the text of attributes, and bit for bit:
/// `dense<[1.0, 2.0]> : tensor<2xf32>`.
class Evaluation : public testing::Test {
protected:
  Evaluation();

  using Texts = std::vector<std::string>;

  /// The result of one operation on `%0`, `%1` ...; or the first error.
  std::string compute(const std::string &op, const Texts &operands,
                      const SymbolValues &symbols = {});
  /// The results of the first function of `module` under the symbols that the
  /// arguments imply; or the first error.
  Texts call(const std::string &module, const Texts &arguments);
  /// `text` as results are printed.
  std::string value(const std::string &text);

  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &module);
  HostTensor tensor(const std::string &text);
  std::string text(const HostTensor &tensor);
  /// The first error since the last call.
  std::string takeError();

  mlir::MLIRContext context;

private:
  std::string error;
};

} // namespace lmcc::graph

#endif // LMCC_TEST_DIALECTS_GRAPH_EVALUATE_EVALUATION_H
