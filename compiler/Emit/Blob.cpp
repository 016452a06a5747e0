//===- Blob.cpp - The weights in one file ---------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Blob.h"
#include "compiler/Emit/Crc32c.h"

#include "dialects/Target/Target.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ThreadPool.h"

#include <fmt/format.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;
using llvm::support::endian::write32le;
using llvm::support::endian::write64le;

// Places in the header, see Blob.h.
static constexpr uint64_t versionPlace = 8, headerBytesPlace = 12,
                          totalBytesPlace = 16, layoutHashPlace = 24,
                          contentHashPlace = 56, sectionCountPlace = 88,
                          headerChecksumPlace = 92, fixedHeaderBytes = 96,
                          sectionEntryBytes = 24;

std::string emit::hexOf(const Hash &hash) {
  return llvm::toHex(hash, /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

/// The bytes of `type`, one per `i1`; none if that is no whole number of bytes
/// or does not fit.
static std::optional<int64_t> bytesOf(RankedTensorType type) {
  Type element = type.getElementType();
  if (!type.hasStaticShape() || !element.isIntOrFloat())
    return std::nullopt;
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits != 1 && bits % 8 != 0)
    return std::nullopt;
  std::optional<int64_t> bytes = bits == 1 ? 1 : bits / 8;
  for (int64_t size : type.getShape())
    bytes = bytes ? llvm::checkedMul(*bytes, size) : std::nullopt;
  return bytes;
}

static std::optional<int64_t> alignUp(int64_t bytes, int64_t alignment) {
  std::optional<int64_t> sum = llvm::checkedAdd(bytes, alignment - 1);
  return sum ? std::optional(*sum / alignment * alignment) : std::nullopt;
}

static Hash hashLayout(const BlobLayout &layout) {
  llvm::BLAKE3 hasher;
  auto addNumber = [&](uint64_t number) {
    uint8_t bytes[8];
    write64le(bytes, number);
    hasher.update(ArrayRef<uint8_t>(bytes));
  };
  auto addText = [&](StringRef text) {
    addNumber(text.size());
    hasher.update(text);
  };
  addNumber(layout.alignment);
  for (const BlobSection &section : layout.sections) {
    weight::DataOp weight = section.weight;
    addText(weight.getSymName());
    addNumber(section.offset);
    addNumber(section.length);
    std::string type;
    llvm::raw_string_ostream(type) << weight.getType();
    addText(type);
  }
  return hasher.final();
}

FailureOr<BlobLayout> emit::layoutBlob(ModuleOp module) {
  auto weights = llvm::to_vector(module.getOps<weight::DataOp>());
  BlobLayout layout;
  layout.alignment = target::machineFor(module).getAlignment();
  std::optional<int64_t> end = alignUp(
      fixedHeaderBytes + sectionEntryBytes * weights.size(), layout.alignment);
  layout.headerBytes = *end;
  for (weight::DataOp weight : weights) {
    std::optional<int64_t> length =
        bytesOf(cast<RankedTensorType>(weight.getType()));
    if (!length)
      return weight.emitOpError() << "of type " << weight.getType()
                                  << " is no whole number of bytes or too "
                                     "large for a blob";
    layout.sections.push_back(
        {weight, static_cast<uint64_t>(*end), static_cast<uint64_t>(*length)});
    end = llvm::checkedAdd(*end, *length);
    end = end ? alignUp(*end, layout.alignment) : std::nullopt;
    if (!end)
      return weight.emitOpError("does not fit: a blob has at most 2^63 bytes");
  }
  layout.totalBytes = *end;
  layout.hash = hashLayout(layout);
  return layout;
}

//===----------------------------------------------------------------------===//
// Content
//===----------------------------------------------------------------------===//

namespace {
/// Bytes of weights that are being evaluated; waits until there is room.
class Budget {
public:
  void acquire(uint64_t bytes) {
    std::unique_lock<std::mutex> lock(mutex);
    roomFreed.wait(lock, [&] { return used == 0 || used + bytes <= limit; });
    used += bytes;
  }
  void release(uint64_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    used -= bytes;
    roomFreed.notify_one();
  }

private:
  static constexpr uint64_t limit = uint64_t{256} << 20;
  std::mutex mutex;
  std::condition_variable roomFreed;
  uint64_t used = 0;
};

class BlobWriter {
public:
  BlobWriter(const BlobLayout &layout, MutableArrayRef<uint8_t> file)
      : layout(layout), file(file), checksums(layout.sections.size()) {}

  llvm::Error evaluate(WeightEvaluator evaluator, unsigned threads);
  BlobHashes finish();

private:
  const BlobLayout &layout;
  MutableArrayRef<uint8_t> file;
  std::vector<uint32_t> checksums;
};
} // namespace

llvm::Error BlobWriter::evaluate(WeightEvaluator evaluator, unsigned threads) {
  // One place per weight, so that no thread waits for another to report.
  std::vector<std::optional<llvm::Error>> outcomes(layout.sections.size());
  Budget budget;
  {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threads));
    for (auto [index, section] : llvm::enumerate(layout.sections)) {
      budget.acquire(section.length);
      pool.async([&, index = index] {
        const BlobSection &mine = layout.sections[index];
        auto bytes = file.slice(mine.offset, mine.length);
        outcomes[index] = evaluator(mine.weight, bytes);
        checksums[index] = crc32c(bytes);
        budget.release(mine.length);
      });
    }
  }
  llvm::Error first = llvm::Error::success();
  for (std::optional<llvm::Error> &outcome : outcomes) {
    if (first)
      llvm::consumeError(std::move(*outcome));
    else
      first = std::move(*outcome);
  }
  return first;
}

BlobHashes BlobWriter::finish() {
  MutableArrayRef<uint8_t> header = file.take_front(layout.headerBytes);
  std::memcpy(header.data(), blobMagic.data(), blobMagic.size());
  write32le(&header[versionPlace], blobFormatVersion);
  write32le(&header[headerBytesPlace], layout.headerBytes);
  write64le(&header[totalBytesPlace], layout.totalBytes);
  BlobHashes hashes;
  hashes.content = llvm::BLAKE3::hash(file.drop_front(layout.headerBytes));
  llvm::copy(layout.hash, &header[layoutHashPlace]);
  llvm::copy(hashes.content, &header[contentHashPlace]);
  write32le(&header[sectionCountPlace], layout.sections.size());

  uint8_t *entry = header.data() + fixedHeaderBytes;
  for (auto [section, checksum] : llvm::zip(layout.sections, checksums)) {
    write64le(entry, section.offset);
    write64le(entry + 8, section.length);
    write32le(entry + 16, checksum);
    entry += sectionEntryBytes;
  }
  write32le(&header[headerChecksumPlace], crc32c(header));
  hashes.file = llvm::BLAKE3::hash(file);
  return hashes;
}

static llvm::Error fileError(StringRef what, StringRef path,
                             std::error_code error) {
  return llvm::createStringError(
      error,
      fmt::format("cannot {} {}: {}", what.str(), path.str(), error.message()));
}

llvm::Expected<BlobHashes> emit::writeBlob(const BlobLayout &layout,
                                           StringRef path,
                                           WeightEvaluator evaluate,
                                           unsigned threads) {
  namespace fs = llvm::sys::fs;
  llvm::Expected<fs::file_t> opened =
      fs::openNativeFileForReadWrite(path, fs::CD_CreateAlways, fs::OF_None);
  if (!opened)
    return fileError("create", path,
                     llvm::errorToErrorCode(opened.takeError()));
  fs::file_t descriptor = *opened;
  llvm::scope_exit close([&] { (void)fs::closeFile(descriptor); });

  // Takes the space on the disk now: a full one must not show up as a signal
  // when a mapped page is written back.
  if (std::error_code error = fs::resize_file(descriptor, layout.totalBytes))
    return fileError(fmt::format("take {} bytes for", layout.totalBytes), path,
                     error);
  std::error_code error;
  fs::mapped_file_region region(descriptor, fs::mapped_file_region::readwrite,
                                layout.totalBytes, /*offset=*/0, error);
  if (error)
    return fileError("map", path, error);

  BlobWriter writer(
      layout, {reinterpret_cast<uint8_t *>(region.data()), region.size()});
  if (llvm::Error failed = writer.evaluate(evaluate, threads))
    return failed;
  return writer.finish();
}
