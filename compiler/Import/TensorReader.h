//===- TensorReader.h - The bytes of a tensor -------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_TENSORREADER_H
#define LMCC_COMPILER_IMPORT_TENSORREADER_H

#include "compiler/Import/SourceFiles.h"
#include "compiler/Import/WireScan.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace lmcc::onnx {
class TensorProto;
} // namespace lmcc::onnx

namespace lmcc::import {

/// The bytes of one tensor where they already lie: in a mapped file, or in
/// memory, decoded from typed fields.
struct TensorBytes {
  unsigned file;   // An index into the source files.
  uint64_t offset; // In bytes, from the start of that file. Not aligned.
  llvm::ArrayRef<uint8_t> data;
};

/// Finds, checks and if need be decodes the data of tensors.
class TensorReader {
public:
  /// `payloads` lie in file 0 of `files`.
  TensorReader(SourceFiles files, std::vector<Payload> payloads)
      : sourceFiles(std::move(files)), payloads(std::move(payloads)) {}

  /// The dense little-endian bytes of `tensor`, exactly as many as its shape
  /// and type take; elements below a byte are packed from the lowest bit on.
  ///
  /// Fails, naming the tensor, if the type is unknown or a string, an axis is
  /// negative, sizes overflow, the data is missing, in several places or of
  /// another length, a value does not fit its type, or external data cannot be
  /// opened or is too short. Checksums of external data are not verified.
  ///
  /// Data in typed fields is decoded anew by each call, into a source file of
  /// its own. All bytes live as long as this object.
  llvm::Expected<TensorBytes> bytes(const onnx::TensorProto &tensor);

  const SourceFiles &files() const { return sourceFiles; }

private:
  llvm::Expected<TensorBytes> inlineBytes(const onnx::TensorProto &tensor,
                                          uint64_t size);
  llvm::Expected<TensorBytes> externalBytes(const onnx::TensorProto &tensor,
                                            uint64_t size);
  llvm::Expected<llvm::SmallVector<Payload, 1>>
  mappedPayloads(const onnx::TensorProto &tensor) const;
  TensorBytes slice(unsigned file, uint64_t offset, uint64_t size) const;

  SourceFiles sourceFiles;
  std::vector<Payload> payloads;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_TENSORREADER_H
