//===- ModelFile.h - An ONNX model as it lies on disk -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_MODELFILE_H
#define LMCC_COMPILER_IMPORT_MODELFILE_H

#include "compiler/Import/ReadLimits.h"
#include "compiler/Import/TensorReader.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace lmcc::onnx {
class ModelProto;
} // namespace lmcc::onnx

namespace lmcc::import {

/// A parsed model together with the files its tensors lie in. Nothing in it has
/// been checked beyond what it takes to parse: names, operators, types and
/// shapes are still the word of an untrusted file.
class ModelFile {
public:
  /// Opens, maps and parses `path`: text format if the extension is
  /// `.textproto`, `.pbtxt` or `.txtpb`, else binary. Fails, naming the file,
  /// if it cannot be read, is no valid message, exceeds `limits` or has no
  /// graph.
  static llvm::Expected<std::unique_ptr<ModelFile>>
  open(llvm::StringRef path, const ReadLimits &limits = {});
  ~ModelFile();

  /// The model without its large tensor data. Ask `bytes` for data, whatever
  /// its size.
  const onnx::ModelProto &model() const { return *proto; }

  /// The data of a tensor of `model`, in an initializer, an attribute or a
  /// function. See TensorReader::bytes.
  llvm::Expected<TensorBytes> bytes(const onnx::TensorProto &tensor) {
    return reader.bytes(tensor);
  }

  /// What TensorBytes.file refers to. File 0 is the model itself. External
  /// files and decoded data are added as `bytes` meets them, which makes
  /// earlier results of this function invalid, but not the bytes.
  llvm::ArrayRef<SourceFile> files() const { return reader.files().list(); }

  /// The name of the model's file, without folders.
  llvm::StringRef baseName() const { return reader.files().baseName(); }

private:
  ModelFile(std::unique_ptr<onnx::ModelProto> proto, TensorReader reader);

  std::unique_ptr<onnx::ModelProto> proto;
  TensorReader reader;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_MODELFILE_H
