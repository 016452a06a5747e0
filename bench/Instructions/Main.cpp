//===- Main.cpp - Marks one warm run of each model ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Instance.h"
#include "bench/Models/Plan.h"
#include "bench/Peer/PlainDecoder.h"
#include <cstdio>

/// What the plugin looks for; it does nothing.
static void mark() { asm volatile("hint #100" ::: "memory"); }

static void runPlain(const models::PlannedCase &planned,
                     const std::string &weights) {
  std::vector<int32_t> prompt = models::tokensOf(planned.promptInputs.front());
  auto position = static_cast<int>(prompt.size());
  plain_decoder_open(weights.c_str(), position + 1);
  for (int i = 0; i < position; ++i)
    plain_decoder_step(prompt[static_cast<size_t>(i)], i);
  mark();
  plain_decoder_step(models::tokensOf(planned.inputs.front()).front(),
                     position);
  mark();
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PLAN\n", argv[0]);
    return 2;
  }
  models::Plan plan = models::readPlan(argv[1]);
  for (const models::PlannedCase &planned : plan.cases) {
    for (const models::PlannedModel &model : planned.models) {
      std::unique_ptr<models::Instance> instance =
          models::makeInstance(model, planned);
      instance->run();
      mark();
      instance->run();
      mark();
    }
    for (const models::PlannedRival &rival : planned.rivals)
      runPlain(planned, rival.path);
  }
  return 0;
}
