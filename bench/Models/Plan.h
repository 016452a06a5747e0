//===- Plan.h - What a timing program is to run ----------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_PLAN_H
#define LMCC_BENCH_MODELS_PLAN_H

#include "bench/Measure/Tensor.h"
#include <string>
#include <vector>

namespace models {

/// One generated model on the inputs of a case.
struct PlannedModel {
  std::string name;
  double macs = 0; ///< Multiply-accumulates of a run.
  std::vector<int64_t> dims;
};

/// Inputs, and who runs on them.
struct PlannedCase {
  std::string name;
  std::string onnx;  ///< For the peer; empty without one.
  std::string plain; ///< Weights for the plain decoder; empty without one.
  int position = 0;  ///< Of the token that the plain decoder decodes.
  std::vector<measure::Tensor> inputs;
  std::vector<measure::Tensor> outputs; ///< Names and sizes, no memory.
  std::vector<PlannedModel> models;
  bool stream = false; ///< Whether to read the weights in a plain loop too.
};

struct Plan {
  std::string library; ///< Of the peer; empty without one.
  bool hideAvx512 = false;
  int rounds = 0;
  double profileSeconds = 0;
  std::vector<PlannedCase> cases;
};

/// Reads the plan that a front end wrote, a text of lines of words:
///
///   library PATH | hide-avx512 | rounds N | profile SECONDS
///   case NAME
///   peer PATH.onnx | plain PATH POSITION | stream
///   input NAME TYPE BYTES RANK SIZE... FILE    (type as ONNX counts them)
///   output NAME TYPE BYTES RANK SIZE...
///   model NAME MACS DIM...
///
/// Lines after `case` belong to it. A mistake ends the program.
Plan readPlan(const std::string &path);

} // namespace models

#endif // LMCC_BENCH_MODELS_PLAN_H
