//===- StatefulEntries.h - The callable side of kept state ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_STATEFULENTRIES_H
#define LMCC_COMPILER_EMIT_STATEFULENTRIES_H

#include "compiler/Emit/Program.h"

namespace lmcc::emit {

/// An input that stays the same from call to call, which an instance keeps a
/// pointer to, with its free sizes.
struct Parameter {
  const TensorContract *tensor;
  std::string type;                  ///< Of an element, in C.
  std::string field;                 ///< Of the instance.
  std::vector<const FreeDim *> dims; ///< That its sizes mention.
  /// The field for a size.
  std::string sizeField(const FreeDim &dim) const {
    return field + "_" + dim.identifier;
  }
};

/// Those of a program that keeps state.
std::vector<Parameter> parametersOf(const Program &program);

/// `int32_t tiny_set_x(tiny_model *model, const float *x, int64_t length)`
std::string setterSignature(const Program &program, const Parameter &parameter);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_STATEFULENTRIES_H
