//===- Find.cpp - The generated models of a program -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The front end writes models.inc, with a line GENERATED(name) for each model.
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Generated.h"
#include <cstring>

#define GENERATED(model) models::Generated model##_describe();
#include "models.inc"
#undef GENERATED

const models::Generated *models::find(const char *name) {
#define GENERATED(model)                                                       \
  if (std::strcmp(name, #model) == 0) {                                        \
    static const Generated found = model##_describe();                         \
    return &found;                                                             \
  }
#include "models.inc"
#undef GENERATED
  return nullptr;
}
