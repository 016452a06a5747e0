//===- DataSets.cpp - The test data of one verification -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/DataSets.h"

#include "compiler/Import/TensorType.h"
#include "compiler/Verify/TestSets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Expected<std::vector<verify::TestSet>>
findAllSets(llvm::ArrayRef<std::string> folders) {
  std::vector<verify::TestSet> sets;
  for (const std::string &folder : folders) {
    Expected<std::vector<verify::TestSet>> found = verify::findTestSets(folder);
    if (!found)
      return found.takeError();
    llvm::append_range(sets, *found);
  }
  return sets;
}

static std::string labelOf(const verify::TestSet &set,
                           llvm::ArrayRef<verify::TestSet> all) {
  StringRef name = llvm::sys::path::filename(set.path);
  bool isUnique = llvm::count_if(all, [&](const verify::TestSet &other) {
                    return llvm::sys::path::filename(other.path) == name;
                  }) == 1;
  return (isUnique ? name : StringRef(set.path)).str();
}

/// `int64[batch, 128]`, with names escaped.
static std::string describeInput(const import::ModelInput &input) {
  std::string text = verify::elementTypeName(input.elementType);
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(
      input.sizes, stream, [&](const import::ModelInput::Size &size) {
        if (size.name.empty())
          stream << size.number;
        else
          stream.write_escaped(size.name, /*UseHexEscapes=*/true);
      });
  stream << "]";
  return text;
}

/// Whether data may be fed to `input`.
static Error checkFits(StringRef path, const verify::Tensor &tensor,
                       const import::ModelInput &input) {
  // What the importer cannot take it reports better.
  if (!input.hasShape)
    return Error::success();
  bool fits = tensor.elementType == input.elementType &&
              tensor.dims.size() == input.sizes.size();
  for (size_t axis = 0; fits && axis < tensor.dims.size(); ++axis)
    fits = !input.sizes[axis].name.empty() ||
           input.sizes[axis].number == tensor.dims[axis];
  if (fits)
    return Error::success();
  return llvm::createFileError(
      path, llvm::createStringError(
                "holds " + verify::elementTypeName(tensor.elementType) +
                verify::dimsText(tensor.dims) + ", but the model declares " +
                import::quoted(input.name) + " as " + describeInput(input)));
}

static Expected<verify::Tensor> readTensor(const std::string &path) {
  Expected<import::DenseTensor> tensor = import::readTensorFile(path);
  if (!tensor)
    return tensor.takeError();
  return verify::Tensor{std::move(tensor->name), tensor->elementType,
                        std::move(tensor->dims), std::move(tensor->bytes)};
}

static Expected<DataSet> readSet(const verify::TestSet &files,
                                 std::string label,
                                 llvm::ArrayRef<import::ModelInput> inputs) {
  if (files.inputs.size() != inputs.size())
    return llvm::createFileError(
        files.path,
        llvm::createStringError("has data for " + Twine(files.inputs.size()) +
                                " inputs, but the model declares " +
                                Twine(inputs.size())));
  DataSet set{std::move(label), {}, {}};
  for (auto [path, input] : llvm::zip_equal(files.inputs, inputs)) {
    Expected<verify::Tensor> tensor = readTensor(path);
    if (!tensor)
      return tensor.takeError();
    if (Error error = checkFits(path, *tensor, input))
      return error;
    set.inputs.push_back(std::move(*tensor));
  }
  for (const std::string &path : files.outputs) {
    Expected<verify::Tensor> tensor = readTensor(path);
    if (!tensor)
      return tensor.takeError();
    set.outputs.push_back(std::move(*tensor));
  }
  return set;
}

Expected<std::vector<DataSet>>
driver::readDataSets(llvm::ArrayRef<std::string> folders,
                     llvm::ArrayRef<import::ModelInput> inputs) {
  Expected<std::vector<verify::TestSet>> files = findAllSets(folders);
  if (!files)
    return files.takeError();
  std::vector<DataSet> sets;
  for (const verify::TestSet &set : *files) {
    Expected<DataSet> data = readSet(set, labelOf(set, *files), inputs);
    if (!data)
      return data.takeError();
    sets.push_back(std::move(*data));
  }
  return sets;
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

/// The values that one set gives to the named sizes.
static Expected<llvm::StringMap<int64_t>>
sizesOf(const DataSet &set, llvm::ArrayRef<import::ModelInput> inputs,
        const llvm::StringMap<import::DenseTensor> &bound) {
  llvm::StringMap<int64_t> values;
  for (auto [tensor, input] : llvm::zip_equal(set.inputs, inputs)) {
    if (!input.hasShape || bound.contains(input.name))
      continue;
    for (auto [size, value] : llvm::zip_equal(input.sizes, tensor.dims)) {
      if (size.name.empty())
        continue;
      auto [known, isNew] = values.try_emplace(size.name, value);
      if (!isNew && known->second != value)
        return llvm::createFileError(
            set.label,
            llvm::createStringError(
                "gives the size " + import::quoted(size.name) + " the value " +
                Twine(known->second) + " and, in the input " +
                import::quoted(input.name) + ", the value " + Twine(value)));
    }
  }
  return values;
}

Expected<SizeBounds>
driver::boundsOf(llvm::ArrayRef<DataSet> sets,
                 llvm::ArrayRef<import::ModelInput> inputs,
                 const llvm::StringMap<import::DenseTensor> &bound) {
  SizeBounds bounds;
  for (const DataSet &set : sets) {
    Expected<llvm::StringMap<int64_t>> values = sizesOf(set, inputs, bound);
    if (!values)
      return values.takeError();
    for (const auto &[name, value] : *values) {
      auto [range, isNew] = bounds.try_emplace(name, value, value);
      range->second.first = std::min(range->second.first, value);
      range->second.second = std::max(range->second.second, value);
    }
  }
  return bounds;
}
