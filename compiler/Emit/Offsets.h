//===- Offsets.h - Where a schedule finds weights and state -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_OFFSETS_H
#define LMCC_COMPILER_EMIT_OFFSETS_H

#include "compiler/Emit/Names.h"
#include "compiler/Emit/Program.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lmcc::emit {

/// The constants that hold the offsets of weights in the blob, and of states in
/// their memory, in bytes: a table for each list of them from which a loop
/// picks one per layer, and one for each other. What is a part of a longer
/// table is found there.
class Offsets {
public:
  /// Takes names for those that the schedules need from `names`.
  Offsets(const Program &program, UniqueNames &names);

  /// The pointer to `value`, `weight<float>(weights, w_head)`, or with
  /// `w_mlp[11]` if it is in a table; that of the layer with the number `layer`
  /// if `value` is picked, `weight<float>(weights, w_mlp[layer])`. Empty if it
  /// is no weight or state.
  std::string pointerTo(mlir::Value value, llvm::StringRef layer) const;

  /// The definitions, in the order of the blob and of the states.
  std::string print() const;

private:
  /// Names of weights, or of states.
  struct Symbols {
    bool areStates;
    std::vector<std::string> names;
    bool operator<(const Symbols &other) const {
      return std::tie(areStates, names) <
             std::tie(other.areStates, other.names);
    }
  };
  struct Section {
    uint64_t offset;
    std::string description;
  };
  /// Those of a list begin with entry `first` of `table`, in `constants`.
  struct Place {
    Symbols table;
    size_t first = 0;
  };

  /// What `value` is or is picked from; no names if it is something else.
  static Symbols symbolsOf(mlir::Value value);
  /// Adds what a schedule needs.
  static void collect(mlir::func::FuncOp schedule, std::set<Symbols> &lists);
  /// Finds `list` in a longer one with a constant.
  std::optional<Place> findInTable(const Symbols &list) const;
  static std::string nameOf(const Symbols &list);
  const Section &section(const Symbols &symbols, size_t number) const {
    return sections.at({symbols.areStates, {symbols.names[number]}});
  }
  std::string print(const Symbols &symbols, const std::string &name) const;

  std::map<Symbols, Section> sections; ///< By one name.
  std::map<Symbols, std::string> constants;
  std::map<Symbols, Place> places;
};

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_OFFSETS_H
