//===- HarnessFiles.cpp - What the harness reads and writes ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Harness.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

using namespace lmcc;
using namespace lmcc::verify;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static std::string fileOf(llvm::StringRef workFolder, unsigned set,
                          const llvm::Twine &name) {
  llvm::SmallString<128> full(workFolder);
  path::append(full, llvm::Twine(set), name);
  return full.str().str();
}

static llvm::Error writeBytes(const std::string &file,
                              llvm::ArrayRef<uint8_t> bytes) {
  std::error_code error;
  llvm::raw_fd_ostream stream(file, error);
  if (!error) {
    stream.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (!error)
    return llvm::Error::success();
  return llvm::createStringError(
      error, fmt::format("cannot write {}: {}", file, error.message()));
}

static llvm::Expected<std::vector<uint8_t>> readBytes(const std::string &file) {
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError(
        buffer.getError(),
        fmt::format("cannot read {}: {}", file, buffer.getError().message()));
  return std::vector<uint8_t>((*buffer)->getBuffer().bytes_begin(),
                              (*buffer)->getBuffer().bytes_end());
}

llvm::Error verify::writeHarnessSet(llvm::StringRef workFolder, unsigned set,
                                    llvm::ArrayRef<int64_t> dims,
                                    llvm::ArrayRef<Tensor> inputs) {
  std::string folder = fileOf(workFolder, set, "");
  if (std::error_code error = fs::create_directories(folder))
    return llvm::createStringError(
        error, fmt::format("cannot create {}: {}", folder, error.message()));

  std::vector<uint8_t> dimBytes(dims.size() * sizeof(int64_t));
  for (auto [index, dim] : llvm::enumerate(dims))
    llvm::support::endian::write64le(dimBytes.data() + index * sizeof(int64_t),
                                     static_cast<uint64_t>(dim));
  if (llvm::Error error =
          writeBytes(fileOf(workFolder, set, "dims.bin"), dimBytes))
    return error;
  for (auto [index, input] : llvm::enumerate(inputs))
    if (llvm::Error error = writeBytes(
            fileOf(workFolder, set, "input_" + llvm::Twine(index) + ".bin"),
            input.bytes))
      return error;
  return llvm::Error::success();
}

llvm::Expected<Tensor> verify::readHarnessOutput(llvm::StringRef workFolder,
                                                 unsigned set, unsigned output,
                                                 int32_t elementType) {
  Tensor tensor;
  tensor.name = fmt::format("output_{}", output);
  tensor.elementType = elementType;
  llvm::Expected<std::vector<uint8_t>> dims =
      readBytes(fileOf(workFolder, set, tensor.name + "_dims.bin"));
  if (!dims)
    return dims.takeError();
  for (size_t at = 0; at + sizeof(int64_t) <= dims->size();
       at += sizeof(int64_t))
    tensor.dims.push_back(static_cast<int64_t>(
        llvm::support::endian::read64le(dims->data() + at)));

  std::string file = fileOf(workFolder, set, tensor.name + ".bin");
  llvm::Expected<std::vector<uint8_t>> bytes = readBytes(file);
  if (!bytes)
    return bytes.takeError();
  llvm::Expected<uint64_t> want = countBytes(elementType, tensor.dims);
  if (!want)
    return want.takeError();
  if (*want != bytes->size())
    return llvm::createStringError(fmt::format(
        "{} has {} bytes, but {}{} takes {}", file, bytes->size(),
        elementTypeName(elementType), dimsText(tensor.dims), *want));
  tensor.bytes = std::move(*bytes);
  return tensor;
}
