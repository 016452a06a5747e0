// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file | FileCheck %s
// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file --verify-diagnostics=only-expected -o /dev/null

// Buffers of loops over layers. Alignment and element are such that 16 elements
// have 64 bytes.

// What the loop carries is not in use between its last mention and the first of
// its successor. They share a place, where the buffers between them lie.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[IN:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
// CHECK-SAME:      kernel.arena_bytes = 128 : i64
// expected-remark @below {{memory: the arena has 128 bytes, the largest live set 128}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // CHECK:      %[[H:.*]] = kernel.slot [[CARRIED:.*]] bytes 64
  // CHECK-NEXT: call @kernel(%[[IN]], %[[H]])
  // CHECK-NEXT: %[[LAST:.*]] = scf.for {{.*}} iter_args(%[[X:.*]] = %[[H]]) -> (memref<?xf32>) {
  // CHECK-NEXT:   %[[A:.*]] = kernel.slot [[OTHER:.*]] bytes 64
  // CHECK-NEXT:   func.call @kernel(%[[X]], %[[A]])
  // CHECK-NEXT:   kernel.release %[[X]]
  // CHECK-NEXT:   %[[B:.*]] = kernel.slot [[CARRIED]] bytes 64
  // CHECK-NEXT:   func.call @kernel(%[[A]], %[[B]])
  // CHECK-NEXT:   kernel.release %[[A]]
  // CHECK-NEXT:   %[[C:.*]] = kernel.slot [[OTHER]] bytes 64
  // CHECK-NEXT:   func.call @kernel(%[[B]], %[[C]])
  // CHECK-NEXT:   kernel.release %[[B]]
  // CHECK-NEXT:   %[[D:.*]] = kernel.slot [[CARRIED]] bytes 64
  // CHECK-NEXT:   func.call @kernel(%[[C]], %[[D]])
  // CHECK-NEXT:   kernel.release %[[C]]
  // CHECK-NEXT:   scf.yield %[[D]]
  // CHECK-NEXT: }
  // CHECK-NEXT: call @kernel(%[[LAST]], %[[OUT]])
  // CHECK-NEXT: kernel.release %[[LAST]]
  // CHECK-NEXT: return
  %h = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %last = scf.for %layer = %c0 to %c3 step %c1 iter_args(%x = %h) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    %b = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    %c = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
    %d = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%c, %d) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %d : memref<?xf32>
  }
  call @kernel(%last, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// What the body mentions, but does not make, is in use as long as the loop.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: the arena has 192 bytes, the largest live set 192}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // CHECK:      %[[TABLE:.*]] = kernel.slot
  // CHECK-NEXT: call @kernel(%{{.*}}, %[[TABLE]])
  // CHECK-NEXT: %[[LATE:.*]] = kernel.slot
  // CHECK-NEXT: scf.for
  // CHECK-NEXT:   %[[A:.*]] = kernel.slot
  // CHECK-NEXT:   func.call @kernel(%[[TABLE]], %[[A]])
  // CHECK-NEXT:   func.call @kernel(%[[A]], %[[LATE]])
  // CHECK-NEXT:   kernel.release %[[A]]
  // CHECK-NEXT: }
  // CHECK-NEXT: kernel.release %[[TABLE]]
  // CHECK-NEXT: call @kernel(%[[LATE]], %{{.*}})
  // CHECK-NEXT: kernel.release %[[LATE]]
  %table = kernel.buffer 16 : memref<?xf32>
  %late = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %table) : (memref<?xf32>, memref<?xf32>) -> ()
  scf.for %layer = %c0 to %c3 step %c1 {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%table, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    func.call @kernel(%a, %late) : (memref<?xf32>, memref<?xf32>) -> ()
  }
  call @kernel(%late, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// So is each buffer of which one is picked.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: the arena has 192 bytes, the largest live set 192}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  // CHECK:      %[[A:.*]] = kernel.slot
  // CHECK:      %[[B:.*]] = kernel.slot
  // CHECK:      scf.for
  // CHECK-NEXT:   %[[P:.*]] = kernel.pick %{{.*}} of %[[A]], %[[B]]
  // CHECK:      }
  // CHECK-DAG:  kernel.release %[[A]]
  // CHECK-DAG:  kernel.release %[[B]]
  // CHECK-NEXT: return
  %a = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  scf.for %layer = %c0 to %c2 step %c1 {
    %p = kernel.pick %layer of %a, %b : memref<?xf32>
    %c = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%p, %c) : (memref<?xf32>, memref<?xf32>) -> ()
    func.call @kernel(%c, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  }
  return
}
}

// -----

// One place goes through two loops. Nobody reads what the second one leaves, so
// its life ends with that loop.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: the arena has 128 bytes, the largest live set 128}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  // CHECK:      kernel.slot [[CARRIED:.*]] bytes 64
  // CHECK:      %[[FIRST:.*]] = scf.for
  // CHECK:        kernel.slot
  // CHECK:        kernel.slot [[CARRIED]] bytes 64
  // CHECK:      }
  // CHECK-NEXT: %[[LAST:.*]] = scf.for {{.*}} iter_args(%[[X:.*]] = %[[FIRST]]) -> (memref<?xf32>) {
  // CHECK:        kernel.slot
  // CHECK:        kernel.release %[[X]]
  // CHECK:        kernel.slot [[CARRIED]] bytes 64
  // CHECK:      }
  // CHECK-NEXT: kernel.release %[[LAST]]
  // CHECK-NEXT: return
  %h = kernel.buffer 16 : memref<?xf32>
  call @kernel(%in, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %first = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %h) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    %b = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %b : memref<?xf32>
  }
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %first) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    %b = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %b : memref<?xf32>
  }
  return
}
}
