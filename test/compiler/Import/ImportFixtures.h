//===- ImportFixtures.h - Files and models for tests of Import --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every test makes its files in a folder of its own. Refusals are compared by a
// part of their text: the part that tells the person what to look at.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TEST_COMPILER_IMPORT_IMPORTFIXTURES_H
#define LMCC_TEST_COMPILER_IMPORT_IMPORTFIXTURES_H

#include "compiler/Import/ModelFile.h"
#include "compiler/Import/Onnx.pb.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <system_error>

#include <unistd.h>

namespace lmcc::import {

/// A folder that goes away with the test.
class Folder {
public:
  Folder() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("lmcc-import", root));
  }
  ~Folder() {
    // Unlike LLVM's own function, this removes named pipes too.
    std::error_code error;
    std::filesystem::remove_all(root.c_str(), error);
    EXPECT_FALSE(error) << error.message();
  }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> full(root);
    llvm::sys::path::append(full, name);
    return full.str().str();
  }

  std::string write(llvm::StringRef name, llvm::StringRef contents) const {
    std::error_code error;
    llvm::raw_fd_ostream os(path(name), error);
    EXPECT_FALSE(error) << error.message();
    os << contents;
    return path(name);
  }

  std::string makeFolder(llvm::StringRef name) const {
    EXPECT_FALSE(llvm::sys::fs::create_directories(path(name)));
    return path(name);
  }

  void link(llvm::StringRef target, llvm::StringRef name) const {
    EXPECT_EQ(::symlink(target.str().c_str(), path(name).c_str()), 0);
  }

private:
  llvm::SmallString<128> root;
};

/// Tests that open a model.
class ModelFixture : public testing::Test {
protected:
  /// Writes `model` and opens it.
  std::unique_ptr<ModelFile> open(const onnx::ModelProto &model,
                                  const ReadLimits &limits = {}) {
    llvm::Expected<std::unique_ptr<ModelFile>> file = ModelFile::open(
        folder.write("model.onnx", model.SerializeAsString()), limits);
    if (file)
      return std::move(*file);
    ADD_FAILURE() << llvm::toString(file.takeError());
    return nullptr;
  }

  /// Opens a file with these contents, which must fail. Returns the message.
  std::string refusal(llvm::StringRef contents,
                      llvm::StringRef name = "model.onnx",
                      const ReadLimits &limits = {}) {
    return refusalOf(folder.write(name, contents), limits);
  }

  std::string refusalOf(const std::string &path,
                        const ReadLimits &limits = {}) {
    llvm::Expected<std::unique_ptr<ModelFile>> file =
        ModelFile::open(path, limits);
    if (!file)
      return llvm::toString(file.takeError());
    ADD_FAILURE() << "opened " << path;
    return "";
  }

  Folder folder;
};

/// Tests of one tensor, the only initializer of a model.
class TensorFixture : public ModelFixture {
protected:
  TensorFixture() {
    tensor().set_name("w");
    tensor().set_data_type(onnx::TensorProto::FLOAT);
  }

  onnx::TensorProto &tensor() {
    onnx::GraphProto &graph = *model.mutable_graph();
    return graph.initializer_size() ? *graph.mutable_initializer(0)
                                    : *graph.add_initializer();
  }

  void setDims(std::initializer_list<int64_t> dims) {
    tensor().mutable_dims()->Assign(dims.begin(), dims.end());
  }

  void addExternal(const char *key, const std::string &value) {
    tensor().set_data_location(onnx::TensorProto::EXTERNAL);
    onnx::StringStringEntryProto &entry = *tensor().add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }

  /// The bytes of the tensor after a trip through the file.
  std::string bytes(const ReadLimits &limits = {}) {
    file = open(model, limits);
    if (!file)
      return "";
    llvm::Expected<TensorBytes> found =
        file->bytes(file->model().graph().initializer(0));
    if (!found) {
      ADD_FAILURE() << llvm::toString(found.takeError());
      return "";
    }
    // The two ways to the data agree.
    EXPECT_EQ(file->files()[found->file]
                  .data.slice(found->offset, found->data.size())
                  .data(),
              found->data.data());
    where = *found;
    return llvm::toStringRef(found->data).str();
  }

  std::string tensorRefusal(const ReadLimits &limits = {}) {
    file = open(model, limits);
    if (!file)
      return "";
    llvm::Expected<TensorBytes> found =
        file->bytes(file->model().graph().initializer(0));
    if (!found)
      return llvm::toString(found.takeError());
    ADD_FAILURE() << "accepted the tensor";
    return "";
  }

  onnx::ModelProto model;
  std::unique_ptr<ModelFile> file;
  TensorBytes where = {};
};

/// `message`, a refusal, says `part`.
#define EXPECT_SAYS(message, part)                                             \
  EXPECT_PRED_FORMAT2(testing::IsSubstring, part, message)

/// The bytes of `values` as they lie in memory.
template <typename Value> std::string raw(std::initializer_list<Value> values) {
  return std::string(reinterpret_cast<const char *>(values.begin()),
                     values.size() * sizeof(Value));
}

} // namespace lmcc::import

#endif // LMCC_TEST_COMPILER_IMPORT_IMPORTFIXTURES_H
