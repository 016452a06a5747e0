// RUN: lmcc-opt %s --lmcc-bound-stack --split-input-file | FileCheck %s

// A kernel needs its local arrays, each padded to a vector, the alignment of a
// vector, and what compilers may keep: 2048 bytes and 64 vectors, or where that
// is more a third of the bytes of all values.
module attributes {target.machine = #target.machine<name = "vectors of 32 bytes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
// 32 + 2048 + 64 * 32
// CHECK: func.func private @plain({{.*}}kernel.stack_bytes = 4128 : i64
func.func private @plain(%x: memref<?xf32>) attributes {kernel.kernel} {
  return
}
// 32 + 384 + 2 * 32 + 2048 + 64 * 32
// CHECK: func.func private @locals({{.*}}kernel.stack_bytes = 4576 : i64
func.func private @locals(%x: memref<?xf32>, %n: index, %c: i1) attributes {kernel.kernel} {
  %tile = memref.alloca() : memref<4x24xf32>
  %one = memref.alloca() : memref<1xf32>
  %four = memref.alloca() : memref<4xindex>
  return
}
// Values within loops count, and those that a loop carries: 8 for each of an
// argument, two counters and five constants, 64 bytes for each of two groups of
// conditions, 64 * 64 for each of three vectors, twice what is carried.
// 32 + (8 * 8 + 2 * 64 + 3 * 4096 + 2 * 4096) / 3 = 6922
// CHECK: func.func private @values({{.*}}kernel.stack_bytes = 6928 : i64
func.func private @values(%x: memref<?xf32>) attributes {kernel.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %false = arith.constant false
  %zeros = vector.broadcast %zero : f32 to vector<1024xf32>
  %none = vector.broadcast %false : i1 to vector<16xi1>
  scf.for %i = %c0 to %c4 step %c1 {
    %sum = scf.for %j = %c0 to %c4 step %c1 iter_args(%a = %zeros) -> vector<1024xf32> {
      %b = arith.addf %a, %zeros : vector<1024xf32>
      %c = arith.mulf %b, %zeros : vector<1024xf32>
      %d = arith.xori %none, %none : vector<16xi1>
      scf.yield %c : vector<1024xf32>
    }
  }
  return
}
// A schedule adds 512 bytes, 24 for each argument and 8 for each operand of the
// longest call to the largest of its kernels: 4576 + 512 + 2 * 24 + 3 * 8, as a
// multiple of 16.
// CHECK: func.func @run({{.*}}kernel.stack_bytes = 5168 : i64
func.func @run(%x: memref<?xf32>, %n: index) {
  %c = arith.constant true
  call @locals(%x, %n, %c) : (memref<?xf32>, index, i1) -> ()
  call @plain(%x) : (memref<?xf32>) -> ()
  return
}
// Each schedule has its own.
// CHECK: func.func @decode({{.*}}kernel.stack_bytes = 4672 : i64
func.func @decode(%x: memref<?xf32>) {
  call @plain(%x) : (memref<?xf32>) -> ()
  return
}
}

// -----

// On scalar code arrays are not padded beyond a value of four bytes. A schedule
// without a call has its own frame alone.
module attributes {target.machine = #target.machine<name = "scalars", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 16>} {
// 4 + 20 + 2048 + 64 * 4
// CHECK: func.func private @kernel({{.*}}kernel.stack_bytes = 2336 : i64
func.func private @kernel(%x: memref<?xf32>) attributes {kernel.kernel} {
  %0 = memref.alloca() : memref<5xf32>
  return
}
// CHECK: func.func @run() attributes {kernel.stack_bytes = 512 : i64}
func.func @run() {
  return
}
}

// -----

// Calls of a loop count once. What it picks from arguments or slots has an array
// of pointers, what it picks from weights has none:
// 2336 + 512 + 3 * 24 + 2 * 8 + 3 * 8
module attributes {target.machine = #target.machine<name = "scalars", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 16>} {
weight.data @w : tensor<4xf32> {
  %0 = weight.file "m" offset 0 : tensor<4xf32>
  weight.yield %0 : tensor<4xf32>
}
func.func private @kernel(%x: memref<?xf32>, %w: memref<?xf32>) attributes {kernel.kernel} {
  %0 = memref.alloca() : memref<5xf32>
  return
}
// CHECK: func.func @run({{.*}}kernel.stack_bytes = 2960 : i64
func.func @run(%x: memref<?xf32>, %y: memref<?xf32>, %z: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = weight.get @w : memref<?xf32>
  scf.for %layer = %c0 to %c3 step %c1 {
    %a = kernel.pick %layer of %x, %y, %z : memref<?xf32>
    %w = kernel.pick %layer of %0, %0, %0 : memref<?xf32>
    func.call @kernel(%a, %w) : (memref<?xf32>, memref<?xf32>) -> ()
  }
  return
}
}
