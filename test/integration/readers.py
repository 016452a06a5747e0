#!/usr/bin/python3
#===- readers.py - The tests find the faults that they look for ------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Feeds wrong memory plans and scalar loops to what the integration tests read
them with."""
import os
import tempfile
import unittest

import arena
import corpus
import loops

PLAN = """
  func.func @run(%arg0: memref<?xf32>) attributes {
      kernel.arena_bytes = 192 : i64} {
    %0 = kernel.slot 0 bytes 64 : memref<?xf32>
    call @first(%arg0, %0) : (memref<?xf32>, memref<?xf32>) -> ()
    %1 = kernel.slot 64 bytes 128 : memref<?xf32>
    call @second(%0, %1) : (memref<?xf32>, memref<?xf32>) -> ()
    kernel.release %0 : memref<?xf32>
    %2 = kernel.slot 0 bytes 64 : memref<?xf32>
    call @first(%1, %2) : (memref<?xf32>, memref<?xf32>) -> ()
    kernel.release %1 : memref<?xf32>
    call @first(%2, %arg0) : (memref<?xf32>, memref<?xf32>) -> ()
    kernel.release %2 : memref<?xf32>
    return
  }
"""

LOOP_PLAN = """
  func.func @run(%arg0: memref<?xf32>) attributes {
      kernel.arena_bytes = 128 : i64} {
    %c3 = arith.constant 3 : index
    %0 = kernel.slot 0 bytes 64 : memref<?xf32>
    call @first(%arg0, %0) : (memref<?xf32>, memref<?xf32>) -> ()
    %5 = scf.for %arg1 = %c0 to %c3 step %c1 iter_args(%arg2 = %0) -> (memref<?xf32>) {
      %1 = kernel.slot 64 bytes 64 : memref<?xf32>
      func.call @first(%arg2, %1) : (memref<?xf32>, memref<?xf32>) -> ()
      kernel.release %arg2 : memref<?xf32>
      %2 = kernel.slot 0 bytes 64 : memref<?xf32>
      func.call @first(%1, %2) : (memref<?xf32>, memref<?xf32>) -> ()
      kernel.release %1 : memref<?xf32>
      scf.yield %2 : memref<?xf32>
    }
    call @first(%5, %arg0) : (memref<?xf32>, memref<?xf32>) -> ()
    kernel.release %5 : memref<?xf32>
    return
  }
"""

# A dot product without vectors, one with, and a loop around a loop.
CODE = """
typedef float f32x8 __attribute__((vector_size(32)));
extern "C" float scalar(const float *a, const float *b, long n) {
  float sum = 0;
  for (long i = 0; i < n; ++i)
    sum = __builtin_fmaf(a[i], b[i], sum);
  return sum;
}
extern "C" void vectors(const f32x8 *a, const f32x8 *b, f32x8 *c, long n) {
  for (long row = 0; row < n; ++row) {
    f32x8 sum = c[row];
    for (long i = 0; i < n; ++i)
      sum = __builtin_elementwise_fma(a[i], b[i], sum);
    c[row] = sum;
  }
}
extern "C" float none(const float *a, long n) {
  float product = 1;
  for (long i = 0; i < n; ++i)
    product *= a[i];
  return __builtin_fmaf(product, product, a[0]);
}
"""


class PlanTest(unittest.TestCase):
    def reject(self, text, message):
        with self.assertRaisesRegex(corpus.Failed, message):
            arena.read_plan(text)

    def test_sound_plan(self):
        plan = arena.read_plan(PLAN)
        self.assertEqual((plan.arena, plan.live, plan.slots), (192, 192, 3))

    def test_overlap(self):
        self.reject(PLAN.replace("slot 64", "slot 32"), "overlap")

    def test_arena_too_small(self):
        self.reject(PLAN.replace("192", "128"), "slots end at 192")

    def test_used_after_release(self):
        self.reject(PLAN.replace("call @first(%2, %arg0)",
                                 "call @first(%1, %2)"),
                    "%1 is placed at call 1, released at 3, and used at 3")

    def test_released_late(self):
        release = "    kernel.release %0 : memref<?xf32>\n"
        late = PLAN.replace(release, "").replace("    return",
                                                 release + "    return")
        self.reject(late, "%0 is placed at call 0, released at 4, but used from "
                          "0 to 1")

    def test_sound_loop(self):
        plan = arena.read_plan(LOOP_PLAN)
        # The first, and two of the body for each of three layers.
        self.assertEqual((plan.arena, plan.live, plan.slots), (128, 128, 7))

    def test_successor_beside_the_carried(self):
        self.reject(LOOP_PLAN.replace("%1 = kernel.slot 64",
                                      "%1 = kernel.slot 0"), "overlap")

    def test_released_in_the_first_layer(self):
        outside = LOOP_PLAN.replace("@first(%arg2, %1)", "@first(%0, %1)")
        self.reject(outside.replace("release %arg2", "release %0"),
                    "%0 is placed at call 0, released at 2, and used at 3")

    def test_no_schedule(self):
        self.reject("module {}", "no schedule")


class LoopTest(unittest.TestCase):
    def test_loops(self):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "code.cpp")
            with open(source, "w", encoding="ascii") as file:
                file.write(CODE)
            # No loop is unrolled, so that the counts are those of the text.
            corpus.run(["clang++-22", "-O2", "-mavx2", "-mfma", "-c", source,
                        "--target=x86_64-linux-gnu", "-fno-unroll-loops",
                        "-o", source + ".o"])
            found = {name: [dict(counts) for counts in loops.fma_loops(code)]
                     for name, code in loops.disassemble(source + ".o").items()}
        self.assertEqual(found, {"scalar": [{1: 1}], "vectors": [{8: 1}],
                                 "none": []})


if __name__ == "__main__":
    unittest.main()
