//===- Main.cpp - Marks one warm run of each model ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Instance.h"
#include "bench/Models/Plan.h"
#include "bench/Models/Rival.h"
#include <cstdio>

/// What the plugin looks for; it does nothing.
static void mark() { asm volatile("hint #100" ::: "memory"); }

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PLAN\n", argv[0]);
    return 2;
  }
  models::Plan plan = models::readPlan(argv[1]);
  models::Libraries libraries = models::loadLibraries(plan);
  for (models::PlannedCase &planned : plan.cases) {
    for (const models::PlannedModel &model : planned.models) {
      std::unique_ptr<models::Instance> instance =
          models::makeInstance(model, planned);
      instance->run();
      mark();
      instance->run();
      mark();
    }
    for (const models::PlannedRival &one : planned.rivals) {
      std::unique_ptr<models::Rival> rival =
          models::makeRival(one, planned, libraries);
      mark();
      rival->run();
      mark();
    }
  }
  return 0;
}
