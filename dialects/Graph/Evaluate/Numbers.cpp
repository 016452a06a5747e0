//===- Numbers.cpp - Elements of any type as double
//------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Numbers.h"

#include "dialects/Graph/Evaluate/Elements.h"

namespace lmcc::graph {

std::vector<double> numbersOf(const HostTensor &tensor) {
  return dispatchCompute(tensor.getElementType(), [&](auto zero) {
    Loaded<decltype(zero)> values(tensor);
    std::vector<double> numbers;
    numbers.reserve(static_cast<size_t>(values.size()));
    for (int64_t place = 0; place < values.size(); ++place)
      numbers.push_back(static_cast<double>(values[place]));
    return numbers;
  });
}

void fillWithNumbers(HostTensor &tensor,
                     llvm::function_ref<double(int64_t place)> number) {
  dispatchCompute(tensor.getElementType(), [&](auto zero) {
    for (int64_t place = 0; place < tensor.getNumElements(); ++place) {
      auto element = static_cast<decltype(zero)>(number(place));
      store(&element, 1, tensor, place);
    }
  });
}

} // namespace lmcc::graph
