//===- OnnxRuntimeAbi.h - What is used of ONNX Runtime's C ABI --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library exports one function, OrtGetApiBase, whose result hands out a
// table of function pointers. The order of that table is the published ABI:
// entries are only ever appended, so the places below hold for every release
// with version 1 of the table, which is all of them. They are counted from the
// declaration of `OrtApi` in onnxruntime_c_api.h.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_ONNXRUNTIMEABI_H
#define LMCC_BENCH_PEER_ONNXRUNTIMEABI_H

#include <cstddef>
#include <cstdint>

namespace peer {

/// What OrtGetApiBase returns.
struct ApiBase {
  /// The table, or null if the library is older than `version`.
  void *const *(*table)(uint32_t version);
  const char *(*versionText)();
};

constexpr uint32_t tableVersion = 1;

/// Handles that only the library looks into. A Status is null for success.
struct Status;
struct Environment;
struct Options;
struct Session;
struct MemoryInfo;
struct Value;

/// An entry of the table: its place and its type.
template <size_t Place, typename Type> struct Entry;
template <size_t Place, typename Result, typename... Arguments>
struct Entry<Place, Result(Arguments...)> {
  void *const *table = nullptr;
  Result operator()(Arguments... arguments) const {
    auto *function = reinterpret_cast<Result (*)(Arguments...)>(table[Place]);
    return function(arguments...);
  }
};

/// The entries in use.
struct Api {
  explicit Api(void *const *table)
      : errorMessage{table}, createEnvironment{table}, createSession{table},
        run{table}, createOptions{table}, setOptimizationLevel{table},
        setIntraOpThreads{table}, setInterOpThreads{table}, createTensor{table},
        createCpuMemory{table} {}

  Entry<2, const char *(const Status *)> errorMessage;
  /// (least severity to log, name in the log, out)
  Entry<3, Status *(int, const char *, Environment **)> createEnvironment;
  Entry<7, Status *(const Environment *, const char *path, const Options *,
                    Session **)>
      createSession;
  /// (session, run options or null, input names, inputs, their number, output
  /// names, their number, outputs)
  Entry<9, Status *(Session *, const void *, const char *const *,
                    const Value *const *, size_t, const char *const *, size_t,
                    Value **)>
      run;
  Entry<10, Status *(Options **)> createOptions;
  Entry<23, Status *(Options *, int)> setOptimizationLevel;
  Entry<24, Status *(Options *, int)> setIntraOpThreads;
  Entry<25, Status *(Options *, int)> setInterOpThreads;
  /// (memory, data, bytes, sizes, rank, element type, out)
  Entry<49, Status *(const MemoryInfo *, void *, size_t, const int64_t *,
                     size_t, int, Value **)>
      createTensor;
  /// (allocator type, memory type, out)
  Entry<69, Status *(int, int, MemoryInfo **)> createCpuMemory;
};

constexpr int logErrors = 3;
constexpr int allOptimizations = 99;
constexpr int deviceAllocator = 0;
constexpr int defaultMemory = 0;

} // namespace peer

#endif // LMCC_BENCH_PEER_ONNXRUNTIMEABI_H
