//===- CommandClassifier.cpp - The encoder with its memory ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandClassifier.h"

#include "LargestOf.h"
#include "vocabulary.h"

namespace home {

/// The label with the largest score. There must be one score per label.
template <size_t scoreCount, size_t labelCount>
static const char *bestLabel(const float (&scores)[scoreCount],
                             const char *const (&labels)[labelCount]) {
  static_assert(scoreCount == labelCount, "the vocabulary is of another model");
  return labels[largestOf(scores, scoreCount)];
}

int32_t CommandClassifier::initialize() {
  // Nothing is ever hidden from the model.
  for (int64_t &use : attentionMask)
    use = 1;
  const int32_t status =
      home_encoder_init(&model, home_encoder_weights, HOME_ENCODER_BLOB_BYTES,
                        arena, sizeof arena);
  if (status != HOME_ENCODER_OK)
    return status;
  return home_encoder_check_weights(&model, nullptr, nullptr);
}

int32_t CommandClassifier::classify(const int64_t *tokens, size_t count,
                                    Labels &labels) {
  const size_t used = count < tokenCapacity ? count : tokenCapacity;
  const void *inputs[] = {tokens, attentionMask};
  void *outputs[] = {intent, room, value};
  home_encoder_dims dims = {};
  dims.sequence = static_cast<int64_t>(used);
  const int32_t status = home_encoder_run(&model, &dims, inputs, outputs);
  if (status != HOME_ENCODER_OK)
    return status;
  labels.intent = bestLabel(intent, intentLabels);
  labels.room = bestLabel(room, roomLabels);
  labels.value = bestLabel(value, valueLabels);
  return HOME_ENCODER_OK;
}

} // namespace home
