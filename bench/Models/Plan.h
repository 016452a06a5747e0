//===- Plan.h - What a timing program is to run ----------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_PLAN_H
#define LMCC_BENCH_MODELS_PLAN_H

#include "bench/Measure/Tensor.h"
#include <optional>
#include <string>
#include <vector>

namespace models {

/// One generated model on the inputs of a case.
struct PlannedModel {
  std::string name;
  double macs = 0;           ///< Multiply-accumulates of what is timed.
  std::vector<int64_t> dims; ///< Free sizes of `run`.
  bool keepsState = false;   ///< Whether to call `prefill` and `decode`.
};

/// An input whose values the prompt leaves behind.
struct Carried {
  size_t input;
  std::string promptOutput;
};

/// A peer on the inputs of a case.
struct PlannedRival {
  std::string kind; ///< onnx, llama or plain.
  std::string name;
  std::string path; ///< Of its model.
};

/// Inputs, and who runs on them. The first input of a decoder are its tokens,
/// the first output its logits.
struct PlannedCase {
  std::string name;
  /// An ONNX file that is run once, for what errors are relative to; without
  /// one that is the first rival.
  std::optional<PlannedRival> reference;
  std::vector<PlannedRival> rivals;
  std::vector<measure::Tensor> inputs;
  std::vector<measure::Tensor> outputs; ///< Names and sizes, no memory.
  std::vector<Carried> carried;
  /// What runs once before, to fill the state.
  std::vector<measure::Tensor> promptInputs, promptOutputs;
  std::vector<PlannedModel> models;
  double turnSeconds = 1e-3; ///< How long each repeats its work per round.
  bool stream = false; ///< Whether to read the weights in a plain loop too.
};

struct Plan {
  std::string onnxRuntime, llamaCpp; ///< Libraries; empty without them.
  std::string hidden;                ///< What of the processor rivals miss.
  int rounds = 0;
  double profileSeconds = 0;
  std::vector<PlannedCase> cases;
};

/// Reads the plan that a front end wrote, a text of lines of words:
///
///   onnx-runtime LIBRARY | llama-cpp LIBRARY | hide avx512|amx
///   rounds N | profile SECONDS
///   case NAME
///   reference NAME PATH.onnx
///   onnx NAME PATH.onnx | llama NAME PATH.gguf | plain NAME PATH
///   turn MILLISECONDS | stream
///   input NAME TYPE BYTES RANK SIZE... FILE    (type as ONNX counts them)
///   output NAME TYPE BYTES RANK SIZE...
///   prompt-input, prompt-output                (the same)
///   model NAME MACS DIM... | decoder NAME MACS
///
/// Lines after `case` belong to it. In place of a file, `@OUTPUT` means what
/// the reference computes as that output of the prompt. A mistake ends the
/// program.
Plan readPlan(const std::string &path);

} // namespace models

#endif // LMCC_BENCH_MODELS_PLAN_H
