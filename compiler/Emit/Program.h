//===- Program.h - What all printers of a model share -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_PROGRAM_H
#define LMCC_COMPILER_EMIT_PROGRAM_H

#include "compiler/Emit/Blob.h"
#include "compiler/Emit/Contract.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace lmcc::emit {

/// Where a state lies in the memory that an instance keeps between calls.
struct StateSection {
  kernel::StateOp state;
  uint64_t offset, length; ///< In bytes.
};

/// A placed module that has passed the check, and its names in the output.
struct Program {
  mlir::ModuleOp module;
  std::string name;    ///< `<m>`: prefix of everything with external linkage.
  std::string macro;   ///< The same in upper case.
  std::string version; ///< Of lmcc.
  const target::Record *target;
  unsigned alignment;              ///< Bytes, of blob, sections and arena.
  std::vector<Contract> schedules; ///< In the order of kernel::schedulesOf.
  BlobLayout layout;
  std::vector<StateSection> state; ///< In the order of the module.
  bool hasSampler = false;
  std::vector<mlir::func::FuncOp> kernels;  ///< In the order of the module.
  llvm::StringMap<std::string> kernelNames; ///< By symbol: `<m>_k_<symbol>`.

  /// The schedule of that name, or null.
  const Contract *schedule(llvm::StringRef scheduleName) const;
  /// The schedule of one token of a decoder that keeps its state, or null.
  const Contract *decode() const;
  /// What the schedules work in: the most that any of them needs.
  uint64_t workBytes() const;
  uint64_t stateBytes() const;
  /// Both, one behind the other.
  uint64_t arenaBytes() const { return workBytes() + stateBytes(); }
};

/// `<m>.h`; `linksWeights` if the program has them as a symbol.
std::string printContract(const Program &program, bool linksWeights);
/// `<m>.cpp`
std::string printSchedules(const Program &program);
/// The entry points at the end of `<m>.cpp`, and among them the cases of
/// `<m>_status_text`.
std::string printEntryPoints(const Program &program);
/// Those of a decoder that keeps its state, and what the header says of them.
std::string printStatefulEntryPoints(const Program &program);
std::string printStatefulContract(const Program &program);
std::string printStatusCases(const Program &program);
/// `<m>_kernels.h`
std::string printKernelDeclarations(const Program &program);
/// `<m>_kernels.cpp`
std::string printKernels(const Program &program);
/// `lmcc_base.h` and `lmcc_rt.h`, which includes it; the parts that the target
/// lists must all exist.
std::string printCarriedBase(const Program &program);
std::string printCarriedHeader(const Program &program);
bool hasCarriedParts(const target::Record &target);

/// `text` with `@m@` and `@M@` replaced by the name and the macro prefix.
std::string fillIn(llvm::StringRef text, const Program &program);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_PROGRAM_H
