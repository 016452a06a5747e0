//===- Plugin.cpp - Counts a guest's instructions per function ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plugin for QEMU, arguments out=FILE. Whenever the guest executes a mark,
// the line "mark" and a line per function that ran since the last one, with the
// number of its instructions, are added to the file. Marks themselves are not
// counted.
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <string>

// The part of the plugin interface in use, version 1 of it; distributions ship
// the emulator without its header.
extern "C" {
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
using Translated = void (*)(uint64_t plugin, qemu_plugin_tb *block);
using Executed = void (*)(unsigned cpu, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t plugin, Translated);
size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb *);
qemu_plugin_insn *qemu_plugin_tb_get_insn(const qemu_plugin_tb *, size_t);
const char *qemu_plugin_insn_symbol(const qemu_plugin_insn *);
const void *qemu_plugin_insn_data(const qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn *, Executed,
                                            int registers, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_insn *, int add,
                                                void *counter, uint64_t);

extern __attribute__((visibility("default"))) int qemu_plugin_version;
int qemu_plugin_version = 1;
}

namespace {

struct Counters {
  FILE *out = nullptr;
  std::map<std::string, uint64_t> ofFunction; // Places of values are stable.
};

// Callbacks of the emulator carry no context that a block could have.
Counters counters;

/// The instruction `hint #100`, which does nothing.
bool isMark(const qemu_plugin_insn *instruction) {
  constexpr uint32_t mark = 0xd5032c9f;
  return qemu_plugin_insn_size(instruction) == sizeof mark &&
         std::memcmp(qemu_plugin_insn_data(instruction), &mark, sizeof mark) ==
             0;
}

void onMark(unsigned, void *) {
  std::fprintf(counters.out, "mark\n");
  for (auto &[function, count] : counters.ofFunction) {
    if (count != 0)
      std::fprintf(counters.out, "%s %llu\n", function.c_str(),
                   static_cast<unsigned long long>(count));
    count = 0;
  }
  std::fflush(counters.out);
}

void onTranslated(uint64_t, qemu_plugin_tb *block) {
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    if (isMark(instruction)) {
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, onMark, 0, nullptr);
      continue;
    }
    const char *symbol = qemu_plugin_insn_symbol(instruction);
    uint64_t &counter = counters.ofFunction[symbol ? symbol : "unknown"];
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, 0, &counter, 1);
  }
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
qemu_plugin_install(uint64_t plugin, const qemu_info_t *, int argc,
                    char **argv) {
  constexpr const char *key = "out=";
  for (int i = 0; i < argc; ++i)
    if (std::strncmp(argv[i], key, std::strlen(key)) == 0)
      counters.out = std::fopen(argv[i] + std::strlen(key), "w");
  if (!counters.out)
    return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(plugin, onTranslated);
  return 0;
}
