//===- Plan.cpp - What a timing program is to run -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Plan.h"
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

using measure::Tensor;

namespace models {

static bool readTensor(std::istream &words, Tensor &tensor) {
  size_t rank = 0;
  words >> tensor.name >> tensor.elementType >> tensor.elementBytes >> rank;
  tensor.sizes.resize(rank);
  for (int64_t &size : tensor.sizes)
    words >> size;
  return static_cast<bool>(words);
}

/// A tensor with its values, or with the name of where they come from.
static bool readInput(std::istream &words, std::vector<Tensor> &into,
                      std::vector<Carried> *carried) {
  Tensor tensor;
  std::string file;
  if (!readTensor(words, tensor) || !(words >> file))
    return false;
  if (carried && file[0] == '@') {
    carried->push_back({into.size(), file.substr(1)});
    tensor.allocate();
  } else if (!readElements(file, tensor)) {
    return false;
  }
  into.push_back(std::move(tensor));
  return true;
}

static bool readOutput(std::istream &words, std::vector<Tensor> &into) {
  into.emplace_back();
  return readTensor(words, into.back());
}

static bool readModel(std::istream &words, PlannedModel &model) {
  if (!(words >> model.name >> model.macs))
    return false;
  for (int64_t dim; words >> dim;)
    model.dims.push_back(dim);
  return words.eof();
}

static bool readMilliseconds(std::istream &words, double &seconds) {
  words >> seconds;
  seconds *= 1e-3;
  return static_cast<bool>(words);
}

static bool readRival(const std::string &kind, std::istream &words,
                      PlannedRival &into) {
  into.kind = kind;
  return static_cast<bool>(words >> into.name >> into.path);
}

/// A line that belongs to a case.
static bool readCaseLine(const std::string &kind, std::istream &words,
                         PlannedCase &into) {
  if (kind == "reference")
    return readRival("onnx", words, into.reference.emplace());
  if (kind == "onnx" || kind == "llama" || kind == "plain")
    return readRival(kind, words, into.rivals.emplace_back());
  if (kind == "turn")
    return readMilliseconds(words, into.turnSeconds);
  if (kind == "stream")
    return into.stream = true;
  if (kind == "input")
    return readInput(words, into.inputs, &into.carried);
  if (kind == "output")
    return readOutput(words, into.outputs);
  if (kind == "prompt-input")
    return readInput(words, into.promptInputs, nullptr);
  if (kind == "prompt-output")
    return readOutput(words, into.promptOutputs);
  if (kind != "model" && kind != "decoder")
    return false;
  into.models.emplace_back();
  into.models.back().keepsState = kind == "decoder";
  return readModel(words, into.models.back());
}

static bool readLine(const std::string &kind, std::istream &words, Plan &plan) {
  if (kind == "onnx-runtime")
    return static_cast<bool>(words >> plan.onnxRuntime);
  if (kind == "llama-cpp")
    return static_cast<bool>(words >> plan.llamaCpp);
  if (kind == "hide")
    return static_cast<bool>(words >> plan.hidden);
  if (kind == "rounds")
    return static_cast<bool>(words >> plan.rounds);
  if (kind == "profile")
    return static_cast<bool>(words >> plan.profileSeconds);
  if (kind == "case") {
    plan.cases.emplace_back();
    return static_cast<bool>(words >> plan.cases.back().name);
  }
  return !plan.cases.empty() && readCaseLine(kind, words, plan.cases.back());
}

Plan readPlan(const std::string &path) {
  Plan plan;
  std::ifstream file(path);
  std::string line, kind;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    if (words >> kind && !readLine(kind, words, plan)) {
      std::fprintf(stderr, "%s: cannot use the line '%s'\n", path.c_str(),
                   line.c_str());
      std::exit(1);
    }
  }
  return plan;
}

} // namespace models
