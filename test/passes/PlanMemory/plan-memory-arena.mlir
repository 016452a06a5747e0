// RUN: lmcc-opt %s --lmcc-plan-memory=arena=448 --split-input-file --verify-diagnostics=only-expected | FileCheck %s

// What fits is planned as without a limit.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      kernel.arena_bytes = 448 : i64
// expected-remark @below {{memory: the arena has 448 bytes, the largest live set 448}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %a = kernel.buffer 64 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 48 : memref<?xf32>
  call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @read(%x: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel} {
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<?xf32>
  memref.store %0, %y[%c0] : memref<?xf32>
  return
}
// expected-error @below {{--arena allows 448 bytes, but the smallest arena found has 512}}
// expected-note @below {{no free size lowers that}}
// expected-note @below {{or raise --arena to 512}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %a = kernel.buffer 64 : memref<?xf32>
  // expected-note @below {{256 bytes, 50 %}}
  call @read(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 64 : memref<?xf32>
  // expected-note @below {{here 2 buffers with 512 bytes live at once}}
  // expected-note @below {{256 bytes, 50 %}}
  call @read(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}
