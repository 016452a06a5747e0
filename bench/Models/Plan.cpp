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

static Tensor readTensor(std::istream &words) {
  Tensor tensor;
  size_t rank = 0;
  words >> tensor.name >> tensor.elementType >> tensor.elementBytes >> rank;
  tensor.sizes.resize(rank);
  for (int64_t &size : tensor.sizes)
    words >> size;
  return tensor;
}

static bool readModel(std::istream &words, PlannedModel &model) {
  if (!(words >> model.name >> model.macs))
    return false;
  for (int64_t dim; words >> dim;)
    model.dims.push_back(dim);
  return words.eof();
}

/// A line that belongs to a case.
static bool readCaseLine(const std::string &kind, std::istream &words,
                         PlannedCase &into) {
  if (kind == "peer")
    return static_cast<bool>(words >> into.onnx);
  if (kind == "plain")
    return static_cast<bool>(words >> into.plain >> into.position);
  if (kind == "stream")
    return into.stream = true;
  if (kind == "model") {
    into.models.emplace_back();
    return readModel(words, into.models.back());
  }
  if (kind != "input" && kind != "output")
    return false;
  Tensor tensor = readTensor(words);
  if (!words)
    return false;
  std::string file;
  if (kind == "input" && (!(words >> file) || !readElements(file, tensor)))
    return false;
  (kind == "input" ? into.inputs : into.outputs).push_back(std::move(tensor));
  return true;
}

static bool readLine(const std::string &kind, std::istream &words, Plan &plan) {
  if (kind == "library")
    return static_cast<bool>(words >> plan.library);
  if (kind == "hide-avx512")
    return plan.hideAvx512 = true;
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
