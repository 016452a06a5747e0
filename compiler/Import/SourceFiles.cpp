//===- SourceFiles.cpp - The files that hold a model ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/SourceFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace lmcc::import;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

/// O_NONBLOCK keeps a named pipe from waiting for a writer; it means nothing
/// for the regular files that we go on with.
static constexpr int readFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
static constexpr int folderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;

FileDescriptor::FileDescriptor(FileDescriptor &&other)
    : number(std::exchange(other.number, -1)) {}

FileDescriptor &FileDescriptor::operator=(FileDescriptor &&other) {
  std::swap(number, other.number);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (isOpen())
    ::close(number);
}

static Expected<FileDescriptor> openFolder(const std::string &path) {
  FileDescriptor folder(::open(path.c_str(), folderFlags));
  if (!folder.isOpen())
    return llvm::createStringError("cannot open folder '" + path +
                                   "': " + llvm::sys::StrError());
  return folder;
}

/// Opens `location` for reading and lets the kernel refuse whatever would leave
/// `folder`. Not open on failure, with errno set.
static FileDescriptor openBeneath(const FileDescriptor &folder,
                                  const std::string &location) {
  struct open_how how = {};
  how.flags = readFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN means that a folder was moved meanwhile, so that the kernel cannot
  // tell. It asks to try again; who keeps moving folders gets the error.
  for (int attempts = 16;; --attempts) {
    int number = int(::syscall(SYS_openat2, folder.get(), location.c_str(),
                               &how, sizeof(how)));
    bool retry = number < 0 && (errno == EAGAIN || errno == EINTR);
    if (!retry || attempts == 0)
      return FileDescriptor(number);
  }
}

/// What is wrong with the text of a location, before any file is touched.
static Error checkLocation(StringRef location) {
  if (location.empty())
    return llvm::createStringError("the location is empty");
  if (location.contains('\0'))
    return llvm::createStringError("the location has a zero byte in it");
  if (location.starts_with("/"))
    return llvm::createStringError(
        "the location is absolute; it must be relative to the model's folder");
  llvm::sys::path::const_iterator begin = llvm::sys::path::begin(
                                      location, llvm::sys::path::Style::posix),
                                  end = llvm::sys::path::end(location);
  if (llvm::is_contained(llvm::make_range(begin, end), ".."))
    return llvm::createStringError("the location has '..' in it; it must stay "
                                   "beneath the model's folder");
  return Error::success();
}

static Error describeOpenFailure(int code) {
  switch (code) {
  case EXDEV:
    return llvm::createStringError(
        "a symbolic link leads out of the folder; put the file itself there");
  case ELOOP:
    return llvm::createStringError(
        "its symbolic links go round in circles or through /proc");
  case ENOSYS:
  case EPERM:
    return llvm::createStringError(
        "the system cannot confine it to the model's folder (openat2: " +
        llvm::sys::StrError(code) +
        "); use Linux 5.6 or later and a sandbox that permits openat2");
  default: return llvm::createStringError(llvm::sys::StrError(code));
  }
}

static StringRef describeFileType(llvm::sys::fs::file_type type) {
  switch (type) {
  case llvm::sys::fs::file_type::directory_file: return "a folder";
  case llvm::sys::fs::file_type::fifo_file: return "a named pipe";
  case llvm::sys::fs::file_type::character_file:
  case llvm::sys::fs::file_type::block_file: return "a device";
  default: return "something else";
  }
}

Expected<SourceFiles> SourceFiles::open(StringRef path,
                                        const ReadLimits &limits) {
  SourceFiles files;
  StringRef parent = llvm::sys::path::parent_path(path);
  Expected<FileDescriptor> folder =
      openFolder(parent.empty() ? "." : parent.str());
  if (!folder)
    return folder.takeError();
  files.folder = std::move(*folder);

  if (!limits.externalDataFolder.empty()) {
    Expected<FileDescriptor> second = openFolder(limits.externalDataFolder);
    if (!second)
      return second.takeError();
    files.secondFolder = std::move(*second);
  }

  // The user chose this path, so links and all are followed.
  StringRef baseName = llvm::sys::path::filename(path);
  FileDescriptor model(
      ::openat(files.folder.get(), baseName.str().c_str(), readFlags));
  if (!model.isOpen())
    return llvm::createStringError(llvm::sys::StrError());
  if (Expected<unsigned> mapped = files.mapRegular(model, baseName); !mapped)
    return mapped.takeError();
  if (files.files.front().data.empty())
    return llvm::createStringError("the file is empty");
  return files;
}

Expected<unsigned> SourceFiles::openExternal(StringRef location) {
  if (auto known = externalByLocation.find(location);
      known != externalByLocation.end())
    return known->second;
  if (Error error = checkLocation(location))
    return error;

  FileDescriptor external = openBeneath(folder, location.str());
  if (!external.isOpen() && errno == ENOENT && secondFolder.isOpen())
    external = openBeneath(secondFolder, location.str());
  if (!external.isOpen())
    return describeOpenFailure(errno);

  Expected<unsigned> file = mapRegular(external, location);
  if (file)
    externalByLocation.try_emplace(location, *file);
  return file;
}

/// Maps what `descriptor` has open, unless it is mapped already. Type, identity
/// and size are asked of the descriptor, so no other file can slip in.
Expected<unsigned> SourceFiles::mapRegular(const FileDescriptor &descriptor,
                                           StringRef name) {
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(descriptor.get(), status))
    return llvm::errorCodeToError(error);
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return llvm::createStringError("it is " + describeFileType(status.type()) +
                                   ", not a regular file");
  llvm::sys::fs::UniqueID identity = status.getUniqueID();
  for (const auto &[known, file] : fileByIdentity)
    if (known == identity)
      return file;

  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> bytes =
      llvm::MemoryBuffer::getOpenFile(descriptor.get(), name, status.getSize(),
                                      /*RequiresNullTerminator=*/false);
  if (!bytes)
    return llvm::errorCodeToError(bytes.getError());
  unsigned file = add(name.str(), std::move(*bytes));
  fileByIdentity.push_back({identity, file});
  return file;
}

unsigned SourceFiles::addDecoded(std::unique_ptr<llvm::MemoryBuffer> bytes) {
  std::string name = (baseName() + "#" + Twine(files.size())).str();
  return add(std::move(name), std::move(bytes));
}

unsigned SourceFiles::add(std::string name,
                          std::unique_ptr<llvm::MemoryBuffer> bytes) {
  files.push_back(
      {std::move(name), llvm::arrayRefFromStringRef(bytes->getBuffer())});
  buffers.push_back(std::move(bytes));
  return files.size() - 1;
}
