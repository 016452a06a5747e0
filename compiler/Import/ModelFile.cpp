//===- ModelFile.cpp - An ONNX model as it lies on disk -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/ModelFile.h"

#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/WireScan.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <utility>
#include <vector>

using namespace lmcc;
using namespace lmcc::import;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace {
/// Keeps the first error; those after it are mostly its consequences.
class FirstError : public google::protobuf::io::ErrorCollector {
public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string &message) override {
    if (!text.empty())
      return;
    // Counted from zero; -1 stands for the file as a whole.
    if (line >= 0)
      text = "line " + std::to_string(line + 1) + ", column " +
             std::to_string(column + 1) + ": ";
    text += message;
  }

  std::string text;
};
} // namespace

static bool isTextFormat(StringRef path) {
  return llvm::StringSwitch<bool>(llvm::sys::path::extension(path))
      .Cases({".textproto", ".pbtxt", ".txtpb"}, true)
      .Default(false);
}

static Error parseText(llvm::ArrayRef<uint8_t> text, onnx::ModelProto &model,
                       const ReadLimits &limits) {
  if (text.size() > limits.parsedBytes)
    return llvm::createStringError(
        "has " + Twine(text.size()) + " bytes of text, but at most " +
        Twine(limits.parsedBytes) + " can be read; use the binary format");

  google::protobuf::LogSilencer silencer;
  FirstError firstError;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&firstError);
  parser.SetRecursionLimit(int(limits.nesting));
  google::protobuf::io::ArrayInputStream stream(text.data(), int(text.size()));
  if (!parser.Parse(&stream, &model))
    return llvm::createStringError(Twine(firstError.text));
  return Error::success();
}

ModelFile::ModelFile(std::unique_ptr<onnx::ModelProto> proto,
                     TensorReader reader)
    : proto(std::move(proto)), reader(std::move(reader)) {}

ModelFile::~ModelFile() = default;

Expected<std::unique_ptr<ModelFile>> ModelFile::open(StringRef path,
                                                     const ReadLimits &limits) {
  Expected<SourceFiles> files = SourceFiles::open(path, limits);
  if (!files)
    return llvm::createFileError(path, files.takeError());

  llvm::ArrayRef<uint8_t> contents = files->list().front().data;
  auto model = std::make_unique<onnx::ModelProto>();
  std::vector<Payload> payloads;
  if (isTextFormat(path)) {
    if (Error error = parseText(contents, *model, limits))
      return llvm::createFileError(path, std::move(error));
  } else {
    Expected<std::vector<Payload>> found =
        parseReduced(contents, *model, limits);
    if (!found)
      return llvm::createFileError(
          path, llvm::createStringError("not a valid ONNX model: " +
                                        llvm::toString(found.takeError())));
    payloads = std::move(*found);
  }
  if (!model->has_graph())
    return llvm::createFileError(
        path, llvm::createStringError("not an ONNX model: it has no graph"));

  TensorReader reader(std::move(*files), std::move(payloads));
  return std::unique_ptr<ModelFile>(
      new ModelFile(std::move(model), std::move(reader)));
}
