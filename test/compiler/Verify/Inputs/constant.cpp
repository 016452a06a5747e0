//===- constant.cpp - A model without inputs and symbols ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "constant.h"

const unsigned char constant_weights[1] = {42};

int32_t constant_init(constant_model *model, const void *blob, size_t, void *,
                      size_t) {
  model->blob = blob;
  return 0;
}

int32_t constant_check_weights(const constant_model *,
                               void (*)(void *, size_t, size_t), void *) {
  return 0;
}

int32_t constant_run(constant_model *model, const constant_dims *,
                     const void *const *, void *const *outputs) {
  *static_cast<int32_t *>(outputs[0]) =
      *static_cast<const unsigned char *>(model->blob);
  return 0;
}

int32_t constant_output_dims(const constant_dims *, uint32_t, int64_t *) {
  return 0;
}

const char *constant_status_text(int32_t) { return "success"; }
