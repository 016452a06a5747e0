// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file | FileCheck %s
// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file --verify-diagnostics=only-expected -o /dev/null

// Lifetimes are those of calls: the schedules below call one kernel that reads
// its first and writes its second buffer.

// A chain: the first buffer is read for the last time before the third is
// written, so both have one place.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[IN:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
// CHECK-SAME:      kernel.arena_bytes = 512 : i64
// expected-remark @below {{memory: the arena has 512 bytes, the largest live set 512}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  // The largest is placed first, and 100 elements are 7 lines of 64 bytes.
  // CHECK-NEXT: %[[A:.*]] = kernel.slot 448 bytes 64 : memref<?xf32>
  // CHECK-NEXT: call @kernel(%[[IN]], %[[A]])
  // CHECK-NEXT: %[[B:.*]] = kernel.slot 0 bytes 448 : memref<?xf32>
  // CHECK-NEXT: call @kernel(%[[A]], %[[B]])
  // CHECK-NEXT: kernel.release %[[A]] : memref<?xf32>
  // CHECK-NEXT: %[[C:.*]] = kernel.slot 448 bytes 64 : memref<?xf32>
  // CHECK-NEXT: call @kernel(%[[B]], %[[C]])
  // CHECK-NEXT: kernel.release %[[B]] : memref<?xf32>
  // CHECK-NEXT: call @kernel(%[[C]], %[[OUT]])
  // CHECK-NEXT: kernel.release %[[C]] : memref<?xf32>
  // CHECK-NEXT: return
  %a = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 100 : memref<?xf32>
  call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  %c = kernel.buffer 16 : memref<?xf32>
  call @kernel(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%c, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// A buffer lives until its last reader: the residual keeps its place while the
// two after it pass.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      kernel.arena_bytes = 192 : i64
// expected-remark @below {{memory: the arena has 192 bytes, the largest live set 192}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  // CHECK:      %[[RESIDUAL:.*]] = kernel.slot 0 bytes 64
  // CHECK:      kernel.slot 64 bytes 64
  // CHECK:      kernel.slot 128 bytes 64
  // CHECK-NOT:  kernel.release %[[RESIDUAL]]
  // CHECK:      call @kernel(%[[RESIDUAL]], %{{.*}})
  // CHECK-NEXT: kernel.release %[[RESIDUAL]]
  %residual = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %residual) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 16 : memref<?xf32>
  call @kernel(%residual, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  %c = kernel.buffer 16 : memref<?xf32>
  call @kernel(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%residual, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// A buffer lives from the first call that mentions it, not from its making.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: the arena has 64 bytes, the largest live set 64}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  // CHECK-NEXT: %[[A:.*]] = kernel.slot 0 bytes 64
  // CHECK-NEXT: call @kernel(%{{.*}}, %[[A]])
  // CHECK-NEXT: call @kernel(%[[A]], %{{.*}})
  // CHECK-NEXT: kernel.release %[[A]]
  // CHECK-NEXT: %[[B:.*]] = kernel.slot 0 bytes 64
  // CHECK-NEXT: call @kernel(%{{.*}}, %[[B]])
  // CHECK-NEXT: call @kernel(%[[B]], %{{.*}})
  // CHECK-NEXT: kernel.release %[[B]]
  %a = kernel.buffer 16 : memref<?xf32>
  %b = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%a, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%in, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%b, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// What one call reads and writes never overlaps, even at its last mention.
module attributes {target.machine = #target.machine<name = "aligned to 16", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 16>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: the arena has 32 bytes, the largest live set 32}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  // CHECK: kernel.slot 0 bytes 16
  // CHECK: kernel.slot 16 bytes 16
  %a = kernel.buffer 4 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 4 : memref<?xf32>
  call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// Two that live together leave a hole behind them; a later one that fits goes
// there.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      kernel.arena_bytes = 448 : i64
// expected-remark @below {{memory: the arena has 448 bytes, the largest live set 448}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  // CHECK: kernel.slot 0 bytes 256
  // CHECK: kernel.slot 256 bytes 192
  // CHECK: kernel.slot 0 bytes 128
  %a = kernel.buffer 64 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 48 : memref<?xf32>
  call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  %c = kernel.buffer 32 : memref<?xf32>
  call @kernel(%in, %c) : (memref<?xf32>, memref<?xf32>) -> ()
  call @kernel(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// Bytes follow from the element type, a boolean being one; nothing needs no
// place.
module attributes {target.machine = #target.machine<name = "bytes", vector_bits = 32, tile_rows = 1, panel_columns = 1, depth_block = 256, alignment = 1>} {
func.func private @kernel(memref<?xi1>, memref<?xf16>, memref<?xi64>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      kernel.arena_bytes = 41 : i64
// expected-remark @below {{memory: the arena has 41 bytes, the largest live set 41}}
func.func @run() {
  // CHECK-NEXT:    kernel.slot 34 bytes 7 : memref<?xi1>
  // CHECK-NEXT:    kernel.slot 24 bytes 10 : memref<?xf16>
  // CHECK-NEXT:    kernel.slot 0 bytes 24 : memref<?xi64>
  // CHECK-NEXT:    kernel.slot 0 bytes 0 : memref<?xf32>
  // CHECK-NEXT:    call @kernel
  // CHECK-COUNT-4: kernel.release
  %a = kernel.buffer 7 : memref<?xi1>
  %b = kernel.buffer 5 : memref<?xf16>
  %c = kernel.buffer 3 : memref<?xi64>
  %d = kernel.buffer 0 : memref<?xf32>
  call @kernel(%a, %b, %c, %d) : (memref<?xi1>, memref<?xf16>, memref<?xi64>, memref<?xf32>) -> ()
  return
}
}

// -----

// A buffer that no call mentions has no place.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
// CHECK: func.func @run() attributes {kernel.arena_bytes = 0 : i64} {
// expected-remark @below {{memory: the arena has 0 bytes, the largest live set 0}}
func.func @run() {
  // CHECK-NEXT: return
  %0 = kernel.buffer 16 : memref<?xf32>
  return
}
}
