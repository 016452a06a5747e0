//===- KernelPool.h - What the schedules of a module share ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_KERNELPOOL_H
#define LMCC_PASSES_GRAPHTOKERNEL_KERNELPOOL_H

#include "dialects/Weight/Weight.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/GraphToKernel/KernelBuilder.h"
#include "llvm/ADT/StringMap.h"

namespace lmcc {

/// The kernels and the weights that all schedules of a module call and read:
/// each text, each packed form and each constant once.
class KernelPool {
public:
  explicit KernelPool(mlir::ModuleOp module) : module(module) {}

  mlir::ModuleOp getModule() const { return module; }

  /// The function with the text of the finished kernel of `k`; a new one is put
  /// in front of `schedule`, under `name` if that is free. `summary` describes
  /// it.
  mlir::func::FuncOp kernel(KernelBuilder &k, mlir::Value result,
                            llvm::StringRef name, llvm::StringRef summary,
                            mlir::func::FuncOp schedule);
  /// The weight `name` in column panels of `width`, `together` steps of the
  /// depth of each column side by side; made at the first request.
  mlir::StringRef packedWeight(mlir::Location location, mlir::StringRef name,
                               int64_t width, int64_t together);
  /// The bytes `name` in column panels of `width`, words of four steps in
  /// pairs, and the order of these, see `weight.pair_steps`.
  struct PairedPanels {
    mlir::StringAttr panels, order;
  };
  PairedPanels pairedWeight(mlir::Location location, mlir::StringRef name,
                            int64_t width);
  /// The bytes `name` of numbers of `bits` and the scales of their groups as
  /// panels of `width` columns, see `weight.pack_groups`. Scales are wide
  /// unless `weight.scales` has rounded them.
  mlir::StringRef packedGroups(mlir::Location location, mlir::StringRef name,
                               mlir::StringRef scales, int64_t width,
                               int64_t bits);
  /// Whether the scales in such panels are.
  bool hasWideScales(llvm::StringRef panels);
  /// A constant tensor as a weight.
  mlir::StringRef constantWeight(mlir::Location location,
                                 mlir::ElementsAttr value);

private:
  /// Makes the last operation of a recipe, which packs the value so far.
  using PackRecipe = llvm::function_ref<mlir::Value(mlir::OpBuilder &builder,
                                                    mlir::Value value)>;
  /// A new weight `<name>_<suffix>`, which goes on where `name` ends.
  mlir::StringAttr packedAs(llvm::StringRef suffix, llvm::StringRef name,
                            PackRecipe recipe);
  std::string freeName(llvm::StringRef wanted);

  mlir::ModuleOp module;
  llvm::StringMap<mlir::func::FuncOp> kernels;
  llvm::StringMap<unsigned> names;
  /// By what is packed, the width, and the steps side by side.
  llvm::DenseMap<std::tuple<mlir::Attribute, int64_t, int64_t>,
                 mlir::StringAttr>
      packed;
  /// By what is packed and the width.
  llvm::DenseMap<std::pair<mlir::Attribute, int64_t>, PairedPanels> paired;
  llvm::DenseMap<mlir::Attribute, mlir::StringAttr> constants;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_KERNELPOOL_H
