//===- count_fma.c - Counts the multiply-adds that a program executes -----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plugin of qemu-aarch64:
//
//   qemu-aarch64 -plugin libcount_fma.so,out=FILE[,sym=PART] PROGRAM
//
// writes `{"vector": N, "scalar": M}` to FILE: fused multiply-adds of float32,
// a vector instruction counting once per lane. With sym= those of functions
// whose name contains PART. Instructions are told apart by their encoding, so
// that the emulator needs no disassembler.
//
// Debian ships no header for plugins; version 1 of the interface is declared
// here as far as it is used.
//
//===----------------------------------------------------------------------===//

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id,
                                           void (*)(plugin_id,
                                                    struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *),
                                    void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
                                                 size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);
// The only operation is 0: to add `value` to `*counter`.
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *,
                                                int operation, void *counter,
                                                uint64_t value);

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

// The interface has no room for a context in its first callback.
static struct {
  uint64_t vector, scalar;
  char symbol[64];
  char path[4096];
} state;

static int has_bits(uint32_t word, uint32_t mask, uint32_t bits) {
  return (word & mask) == bits;
}

// Float32 lanes that a vector FMLA or FMLS works on; 0 for all others.
static unsigned vector_lanes(uint32_t word) {
  const uint32_t subtract = 1u << 23; // In the form of three vectors.
  if (!has_bits(word & ~subtract, 0xBF60FC00u, 0x0E20CC00u) &&
      !has_bits(word, 0xBFC0B400u, 0x0F801000u)) // By an element.
    return 0;
  return word & (1u << 30) ? 4 : 2;
}

// FMADD, FMSUB, FNMADD, FNMSUB; and FMLA, FMLS of one lane by an element.
static int is_scalar(uint32_t word) {
  return has_bits(word, 0xFFC00000u, 0x1F000000u) ||
         has_bits(word, 0xFFC0B400u, 0x5F801000u);
}

static int is_wanted(const struct qemu_plugin_insn *instruction) {
  const char *symbol;
  if (!state.symbol[0])
    return 1;
  symbol = qemu_plugin_insn_symbol(instruction);
  return symbol && strstr(symbol, state.symbol);
}

static void translate(plugin_id id, struct qemu_plugin_tb *block) {
  const size_t count = qemu_plugin_tb_n_insns(block);
  size_t i;
  (void)id;
  for (i = 0; i < count; ++i) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    uint32_t word;
    if (!is_wanted(instruction))
      continue;
    memcpy(&word, qemu_plugin_insn_data(instruction), sizeof word);
    if (vector_lanes(word))
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, 0, &state.vector,
                                                 vector_lanes(word));
    else if (is_scalar(word))
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, 0, &state.scalar,
                                                 1);
  }
}

static void finish(plugin_id id, void *context) {
  FILE *out = fopen(state.path, "w");
  (void)id;
  (void)context;
  if (!out)
    return; // The test misses the file.
  fprintf(out, "{\"vector\": %llu, \"scalar\": %llu}\n",
          (unsigned long long)state.vector, (unsigned long long)state.scalar);
  fclose(out);
}

EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info,
                               int count, char **words) {
  int i;
  (void)info;
  for (i = 0; i < count; ++i) {
    if (strncmp(words[i], "out=", 4) == 0)
      snprintf(state.path, sizeof state.path, "%s", words[i] + 4);
    else if (strncmp(words[i], "sym=", 4) == 0)
      snprintf(state.symbol, sizeof state.symbol, "%s", words[i] + 4);
    else
      return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
