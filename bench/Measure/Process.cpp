//===- Process.cpp - Memory of this process -------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Process.h"
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace measure {

size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

/// The head line of a mapping is "first-last rights offset device inode path".
static bool readHead(const std::string &line, uint64_t place,
                     std::string &rights, std::string &path, bool &holds) {
  uint64_t first, last;
  if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64, &first, &last) != 2)
    return false;
  std::istringstream words(line);
  std::string word;
  words >> word >> rights >> word >> word >> word;
  path = words >> word ? word : "anonymous";
  holds = place >= first && place < last;
  return true;
}

std::string describeMapping(const void *address) {
  std::ifstream file("/proc/self/smaps");
  auto place = reinterpret_cast<uint64_t>(address);
  std::string line, rights, path, kind;
  bool holds = false;
  size_t large = 0, resident = 0, page = 0;
  while (std::getline(file, line)) {
    std::string foundRights, foundPath;
    bool foundHolds;
    if (readHead(line, place, foundRights, foundPath, foundHolds)) {
      if (holds)
        break;
      holds = foundHolds;
      rights = foundRights;
      path = foundPath;
      continue;
    }
    size_t kilobytes;
    if (!holds || !(std::istringstream(line) >> kind >> kilobytes))
      continue;
    if (kind == "Rss:")
      resident = kilobytes;
    else if (kind == "KernelPageSize:")
      page = kilobytes;
    else if (kind == "AnonHugePages:" || kind == "FilePmdMapped:" ||
             kind == "ShmemPmdMapped:")
      large += kilobytes;
  }
  std::ostringstream text;
  bool isFile = path[0] == '/';
  text << (isFile ? "mapped file " : path) << (isFile ? rights : " " + rights)
       << ", " << page << " KiB pages, " << large << " of " << resident
       << " KiB in large ones";
  return text.str();
}

} // namespace measure
