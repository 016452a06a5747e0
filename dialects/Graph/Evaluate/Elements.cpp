//===- Elements.cpp - Elements in memory and in arithmetic ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Elements.h"

namespace lmcc::graph {

template <typename Compute>
void load(const HostTensor &tensor, int64_t first, int64_t count,
          Compute *values) {
  dispatchElement(tensor.getElementType(), [&](auto element) {
    using Stored = typename decltype(element)::Stored;
    if constexpr (std::is_same_v<typename decltype(element)::Compute,
                                 Compute>) {
      // Borrowed bytes may have any alignment.
      const uint8_t *place = tensor.bytes().data() + first * sizeof(Stored);
      for (int64_t i = 0; i < count; ++i) {
        Stored stored;
        std::memcpy(&stored, place + i * sizeof(Stored), sizeof(Stored));
        values[i] = static_cast<Compute>(stored);
      }
    } else {
      llvm_unreachable("elements are computed in another type");
    }
  });
}

template <typename Compute>
void store(const Compute *values, int64_t count, HostTensor &tensor,
           int64_t first) {
  dispatchElement(tensor.getElementType(), [&](auto element) {
    using Stored = typename decltype(element)::Stored;
    if constexpr (std::is_same_v<typename decltype(element)::Compute,
                                 Compute>) {
      Stored *place = tensor.mutableData<Stored>().data() + first;
      for (int64_t i = 0; i < count; ++i)
        place[i] = static_cast<Stored>(values[i]);
    } else {
      llvm_unreachable("elements are computed in another type");
    }
  });
}

template void load(const HostTensor &, int64_t, int64_t, float *);
template void load(const HostTensor &, int64_t, int64_t, double *);
template void load(const HostTensor &, int64_t, int64_t, int64_t *);
template void load(const HostTensor &, int64_t, int64_t, uint64_t *);
template void store(const float *, int64_t, HostTensor &, int64_t);
template void store(const double *, int64_t, HostTensor &, int64_t);
template void store(const int64_t *, int64_t, HostTensor &, int64_t);
template void store(const uint64_t *, int64_t, HostTensor &, int64_t);

} // namespace lmcc::graph
