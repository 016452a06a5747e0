//===- SourceFiles.h - The files that hold a model --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model is one file, and any number of files with external data that it names
// itself. The names come from an untrusted file, so it is the kernel that keeps
// them beneath the folder of the model: a check of the text alone could not
// know where symbolic links lead, or what changes between check and use.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_SOURCEFILES_H
#define LMCC_COMPILER_IMPORT_SOURCEFILES_H

#include "compiler/Import/ReadLimits.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lmcc::import {

/// One stretch of bytes that tensors lie in.
struct SourceFile {
  /// The base name of the model, the location of external data as the model
  /// wrote it, or the base name with `#` and a number for decoded data.
  std::string name;
  llvm::ArrayRef<uint8_t> data;
};

/// Owns a file descriptor.
class FileDescriptor {
public:
  explicit FileDescriptor(int number = -1) : number(number) {}
  FileDescriptor(FileDescriptor &&other);
  FileDescriptor &operator=(FileDescriptor &&other);
  ~FileDescriptor();

  bool isOpen() const { return number >= 0; }
  int get() const { return number; }

private:
  int number;
};

/// The files of one model, mapped and read-only, each of them once. A file that
/// shrinks while it is mapped ends the process when its lost part is read.
class SourceFiles {
public:
  /// Opens the folder of `path`, and `path` itself as file 0. Fails if it is
  /// not a regular file or is empty.
  static llvm::Expected<SourceFiles> open(llvm::StringRef path,
                                          const ReadLimits &limits);

  /// The number of the file at `location`, a path relative to the folder of the
  /// model. Fails if the location is absolute, has `..` in it, leads out of the
  /// folder through a symbolic link, or is no regular file.
  llvm::Expected<unsigned> openExternal(llvm::StringRef location);

  /// Takes bytes that lie in no file. Returns their number.
  unsigned addDecoded(std::unique_ptr<llvm::MemoryBuffer> bytes);

  /// Valid until the next file is added. The bytes stay where they are.
  llvm::ArrayRef<SourceFile> list() const { return files; }

  llvm::StringRef baseName() const { return files.front().name; }

private:
  SourceFiles() = default;

  unsigned add(std::string name, std::unique_ptr<llvm::MemoryBuffer> bytes);
  llvm::Expected<unsigned> mapRegular(const FileDescriptor &descriptor,
                                      llvm::StringRef name);

  FileDescriptor folder;
  /// Not open if there is none.
  FileDescriptor secondFolder;
  std::vector<SourceFile> files;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> buffers;
  llvm::StringMap<unsigned> externalByLocation;
  /// Different locations may be one file. Linear search: there are few.
  std::vector<std::pair<llvm::sys::fs::UniqueID, unsigned>> fileByIdentity;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_SOURCEFILES_H
