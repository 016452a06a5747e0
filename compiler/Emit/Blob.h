//===- Blob.h - The weights in one file -------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All numbers are little-endian. Offsets count from the start of the file.
//
//    0  magic "LMCCBLOB"            8   format version          u32
//   12  header bytes          u32  16   bytes of the file       u64
//   24  layout hash      32 bytes  56   content hash       32 bytes
//   88  section count         u32  92   CRC-32C of the header   u32
//   96  for every section: offset u64, length u64, CRC-32C u32, 4 zero bytes
//
// The header is filled up with zeros to the alignment of the target; sections
// follow in the order of the module, each on that alignment, zeros between
// them. The layout hash is BLAKE3 over the alignment and the names, offsets,
// lengths and types of the sections: code and blob that agree in it fit. The
// content hash is BLAKE3 of everything behind the header. The checksum of the
// header is taken with its own four bytes as zero.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_BLOB_H
#define LMCC_COMPILER_EMIT_BLOB_H

#include "dialects/Weight/Weight.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lmcc::emit {

inline constexpr llvm::StringLiteral blobMagic = "LMCCBLOB";
inline constexpr uint32_t blobFormatVersion = 1;

using Hash = std::array<uint8_t, 32>;

/// 64 hexadecimal digits.
std::string hexOf(const Hash &hash);

struct BlobSection {
  weight::DataOp weight;
  uint64_t offset; ///< From the start of the file.
  uint64_t length; ///< In bytes.
};

/// Where everything lies; known before any weight is evaluated.
struct BlobLayout {
  std::vector<BlobSection> sections; ///< In the order of the module.
  uint64_t alignment;
  uint64_t headerBytes;
  uint64_t totalBytes;
  Hash hash;
};

/// Lays out the weights of `module` for its machine. Fails, at the weight, if
/// its elements are not whole bytes or a size does not fit 63 bits.
mlir::FailureOr<BlobLayout> layoutBlob(mlir::ModuleOp module);

/// Writes the bytes of one weight to `destination`, which is exactly as long
/// and holds zeros. Called from several threads at once.
using WeightEvaluator = llvm::function_ref<llvm::Error(
    weight::DataOp weight, llvm::MutableArrayRef<uint8_t> destination)>;

struct BlobHashes {
  Hash content; ///< As in the header.
  Hash file;    ///< BLAKE3 of the whole file.
};

/// Creates `path` and fills it. At most `threads` weights (0: one per
/// processor) are evaluated at a time, and no more than 256 MiB of them unless
/// one alone is larger. The bytes do not depend on it. The error is that of the
/// first weight that failed, in the order of the module.
llvm::Expected<BlobHashes> writeBlob(const BlobLayout &layout,
                                     llvm::StringRef path,
                                     WeightEvaluator evaluate,
                                     unsigned threads);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_BLOB_H
