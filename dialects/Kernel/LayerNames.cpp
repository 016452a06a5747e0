//===- LayerNames.cpp - One name for those of equal layers ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/LayerNames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc::kernel {

/// Takes a run of digits, or of anything else, from the front of `name`.
static StringRef takePart(StringRef &name, bool ofDigits) {
  StringRef part = name.take_while(
      [&](char character) { return llvm::isDigit(character) == ofDigits; });
  name = name.drop_front(part.size());
  return part;
}

/// `{88 + 37 * layer}` for numbers that rise evenly, `{..}` for others.
static std::string formulaOf(ArrayRef<StringRef> numbers) {
  SmallVector<int64_t> values;
  for (StringRef number : numbers)
    // Longer ones are no numbers of layers, and their sums might not fit.
    if (number.size() > 9 || number.getAsInteger(10, values.emplace_back()))
      return "{..}";
  int64_t step = values[1] - values[0];
  for (size_t layer = 1; layer < values.size(); ++layer)
    if (values[layer] - values[layer - 1] != step)
      return "{..}";
  std::string text = "layer";
  if (step != 1)
    text = (Twine(step) + " * " + text).str();
  if (values[0] != 0)
    text = (Twine(values[0]) + " + " + text).str();
  return "{" + text + "}";
}

std::string nameOfLayers(ArrayRef<StringRef> names) {
  StringRef first = names.front();
  std::string result;
  SmallVector<StringRef> rest(names), parts(names.size());
  for (bool ofDigits = false; !rest.front().empty(); ofDigits = !ofDigits) {
    for (auto [part, name] : llvm::zip(parts, rest))
      part = takePart(name, ofDigits);
    if (llvm::all_equal(parts))
      result += parts.front();
    else if (ofDigits && llvm::none_of(parts, std::mem_fn(&StringRef::empty)))
      result += formulaOf(parts);
    else
      return first.str();
  }
  bool allEnd = llvm::all_of(rest, std::mem_fn(&StringRef::empty));
  return allEnd ? result : first.str();
}

//===----------------------------------------------------------------------===//
// Locations
//===----------------------------------------------------------------------===//

/// Metadata of the fused location of an operation in a loop over layers.
static constexpr llvm::StringLiteral layersTag = "kernel.layers";

Location locationOfLayers(ArrayRef<Location> locations) {
  MLIRContext *context = locations.front()->getContext();
  return FusedLoc::get(context, locations, StringAttr::get(context, layersTag));
}

ArrayRef<Location> layersAt(Location location) {
  auto fused = dyn_cast<FusedLoc>(location);
  auto tag =
      fused ? dyn_cast_or_null<StringAttr>(fused.getMetadata()) : StringAttr();
  return tag && tag.getValue() == layersTag ? fused.getLocations()
                                            : ArrayRef<Location>();
}

static SmallVector<std::string> namesInLayers(ArrayRef<Location> layers) {
  SmallVector<SmallVector<std::string>> names;
  for (Location layer : layers)
    names.push_back(namesIn(layer));
  SmallVector<std::string> result = names.front();
  bool haveOneForm = llvm::all_of(
      names, [&](const auto &other) { return other.size() == result.size(); });
  for (size_t place = 0; haveOneForm && place < result.size(); ++place) {
    SmallVector<StringRef> ofLayers;
    for (const SmallVector<std::string> &other : names)
      ofLayers.push_back(other[place]);
    result[place] = nameOfLayers(ofLayers);
  }
  return result;
}

SmallVector<std::string> namesIn(Location location) {
  if (ArrayRef<Location> layers = layersAt(location); !layers.empty())
    return namesInLayers(layers);
  SmallVector<std::string> names;
  llvm::TypeSwitch<LocationAttr>(location)
      .Case([&](NameLoc named) {
        if (!named.getName().empty())
          names.push_back(named.getName().str());
      })
      .Case([&](FusedLoc fused) {
        for (Location part : fused.getLocations())
          for (std::string &name : namesIn(part))
            if (!llvm::is_contained(names, name))
              names.push_back(std::move(name));
      })
      .Case([&](CallSiteLoc call) { names = namesIn(call.getCallee()); })
      .Default([](LocationAttr) {});
  return names;
}

std::string withoutLayer(StringRef name) {
  std::string result;
  while (!name.empty()) {
    auto [before, behind] = name.split('{');
    result += before;
    name = behind.contains('}') ? behind.split('}').second : "";
  }
  return result;
}

} // namespace lmcc::kernel
