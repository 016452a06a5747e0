// RUN: lmcc-opt %s --lmcc-roll-layers | FileCheck %s
// RUN: lmcc-opt %s --lmcc-roll-layers --verify-diagnostics -o /dev/null

weight.data @layers.0.in : tensor<4xf32> { %0 = weight.file "m" offset 0 : tensor<4xf32> weight.yield %0 : tensor<4xf32> }
weight.data @layers.1.in : tensor<4xf32> { %0 = weight.file "m" offset 0 : tensor<4xf32> weight.yield %0 : tensor<4xf32> }
weight.data @layers.2.in : tensor<4xf32> { %0 = weight.file "m" offset 0 : tensor<4xf32> weight.yield %0 : tensor<4xf32> }
weight.data @layers.0.out : tensor<9xf32> { %0 = weight.file "m" offset 0 : tensor<9xf32> weight.yield %0 : tensor<9xf32> }
weight.data @layers.2.out : tensor<9xf32> { %0 = weight.file "m" offset 0 : tensor<9xf32> weight.yield %0 : tensor<9xf32> }

func.func private @embed(memref<?xf32>, memref<?xf32>)
func.func private @map(memref<?xf32>, memref<?xf32>)
func.func private @in(memref<?xf32>, memref<?xf32>, memref<?xf32>, index)
func.func private @check(memref<?xf32>, index) -> i1
func.func private @append(memref<?xf32>, memref<?xf32>, memref<?xf32>)
func.func private @mix(memref<?xf32>, memref<?xf32>, memref<?xf32>)
func.func private @out(memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, f32)

// Everything a layer can do: it reads what the one before it left and a table
// that all read; it has weights, an input and an output, of which two layers
// may have the same; it has buffers of its own, and a check.
// CHECK-LABEL: func.func @layers(
// CHECK-SAME:      %[[N:[^:]*]]: index, %[[X:[^:]*]]: memref<?xf32>,
// CHECK-SAME:      %[[P0:[^:]*]]: memref<?xf32>, %[[P1:[^:]*]]: memref<?xf32>, %[[P2:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>,
// CHECK-SAME:      %[[Q0:[^:]*]]: memref<?xf32>, %[[Q1:[^:]*]]: memref<?xf32>, %[[Q2:[^:]*]]: memref<?xf32>)
func.func @layers(%n: index, %x: memref<?xf32>, %p0: memref<?xf32>, %p1: memref<?xf32>, %p2: memref<?xf32>,
                  %y: memref<?xf32>, %q0: memref<?xf32>, %q1: memref<?xf32>, %q2: memref<?xf32>) {
  // CHECK:      %[[TABLE:.*]] = kernel.buffer 8
  // CHECK:      call @embed(%[[X]], %[[TABLE]])
  // CHECK:      %[[H:.*]] = kernel.buffer 6
  // CHECK:      call @embed(%[[X]], %[[H]])
  %table = kernel.buffer 8 : memref<?xf32>
  call @embed(%x, %table) : (memref<?xf32>, memref<?xf32>) -> ()
  %h = kernel.buffer 6 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %half = arith.constant 0.5 : f32

  // Values without a time are there before the loop.
  // CHECK-DAG:  %[[I0:.*]] = weight.get @layers.0.in
  // CHECK-DAG:  %[[I1:.*]] = weight.get @layers.1.in
  // CHECK-DAG:  %[[I2:.*]] = weight.get @layers.2.in
  // CHECK-DAG:  %[[O0:.*]] = weight.get @layers.0.out
  // CHECK-DAG:  %[[O2:.*]] = weight.get @layers.2.out
  // CHECK-DAG:  %[[SIZE:.*]] = affine.apply
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG:  %[[C1:.*]] = arith.constant 1 : index
  // CHECK:      %[[LAST:.*]] = scf.for %[[L:.*]] = %[[C0]] to %[[C3]] step %[[C1]] iter_args(%[[IN:.*]] = %[[H]]) -> (memref<?xf32>) {
  // CHECK-NEXT:   %[[WI:.*]] = kernel.pick %[[L]] of %[[I0]], %[[I1]], %[[I2]] : memref<?xf32>
  // CHECK-NEXT:   %[[A:.*]] = kernel.buffer 5 : memref<?xf32>
  // CHECK-NEXT:   func.call @in(%[[IN]], %[[WI]], %[[A]], %[[SIZE]])
  // CHECK-NEXT:   %[[OK:.*]] = func.call @check(%[[A]], %[[N]])
  // CHECK-NEXT:   kernel.require %[[OK]] else  index_out_of_range
  // CHECK-NEXT:   %[[P:.*]] = kernel.pick %[[L]] of %[[P0]], %[[P1]], %[[P2]] : memref<?xf32>
  // CHECK-NEXT:   %[[Q:.*]] = kernel.pick %[[L]] of %[[Q0]], %[[Q1]], %[[Q2]] : memref<?xf32>
  // CHECK-NEXT:   func.call @append(%[[P]], %[[A]], %[[Q]])
  // CHECK-NEXT:   %[[B:.*]] = kernel.buffer 7 : memref<?xf32>
  // CHECK-NEXT:   func.call @mix(%[[Q]], %[[TABLE]], %[[B]])
  // CHECK-NEXT:   %[[C:.*]] = kernel.buffer 6 : memref<?xf32>
  // CHECK-NEXT:   func.call @mix(%[[B]], %[[IN]], %[[C]])
  // CHECK-NEXT:   %[[WO:.*]] = kernel.pick %[[L]] of %[[O0]], %[[O0]], %[[O2]] : memref<?xf32>
  // CHECK-NEXT:   %[[D:.*]] = kernel.buffer 6 : memref<?xf32>
  // CHECK-NEXT:   func.call @out(%[[B]], %[[WO]], %[[C]], %[[D]], %{{.*}})
  // CHECK-NEXT:   scf.yield %[[D]] : memref<?xf32>
  // CHECK-NEXT: }

  // Layer 0.
  %i0 = weight.get @layers.0.in : memref<?xf32>
  %size = affine.apply affine_map<()[n] -> (n * 2)>()[%n]
  %a0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 3 equal layers of 7 steps are one loop of 'layers'}}
  call @in(%h, %i0, %a0, %size) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
  %ok0 = call @check(%a0, %n) : (memref<?xf32>, index) -> i1
  kernel.require %ok0 else index_out_of_range
  call @append(%p0, %a0, %q0) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %b0 = kernel.buffer 7 : memref<?xf32>
  call @mix(%q0, %table, %b0) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %o0 = weight.get @layers.0.out : memref<?xf32>
  %c0 = kernel.buffer 6 : memref<?xf32>
  call @mix(%b0, %h, %c0) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %d0 = kernel.buffer 6 : memref<?xf32>
  call @out(%b0, %o0, %c0, %d0, %half) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, f32) -> ()

  // Layer 1.
  %i1 = weight.get @layers.1.in : memref<?xf32>
  %a1 = kernel.buffer 5 : memref<?xf32>
  call @in(%d0, %i1, %a1, %size) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
  %ok1 = call @check(%a1, %n) : (memref<?xf32>, index) -> i1
  kernel.require %ok1 else index_out_of_range
  call @append(%p1, %a1, %q1) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %b1 = kernel.buffer 7 : memref<?xf32>
  call @mix(%q1, %table, %b1) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c1 = kernel.buffer 6 : memref<?xf32>
  call @mix(%b1, %d0, %c1) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %d1 = kernel.buffer 6 : memref<?xf32>
  call @out(%b1, %o0, %c1, %d1, %half) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, f32) -> ()

  // Layer 2.
  %i2 = weight.get @layers.2.in : memref<?xf32>
  %a2 = kernel.buffer 5 : memref<?xf32>
  call @in(%d1, %i2, %a2, %size) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
  %ok2 = call @check(%a2, %n) : (memref<?xf32>, index) -> i1
  kernel.require %ok2 else index_out_of_range
  call @append(%p2, %a2, %q2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %b2 = kernel.buffer 7 : memref<?xf32>
  call @mix(%q2, %table, %b2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %o2 = weight.get @layers.2.out : memref<?xf32>
  %c2 = kernel.buffer 6 : memref<?xf32>
  call @mix(%b2, %d1, %c2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %d2 = kernel.buffer 6 : memref<?xf32>
  call @out(%b2, %o2, %c2, %d2, %half) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, f32) -> ()

  // CHECK-NEXT: call @map(%[[LAST]], %[[Y]])
  call @map(%d2, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}

// The norm behind the last layer is like those of the layers, so a loop could
// also begin behind the first norm. It would carry two buffers instead of one.
// CHECK-LABEL: func.func @begin_where_a_layer_does(
// CHECK:         call @embed
// CHECK:         scf.for {{.*}} iter_args(%[[IN:[^ ]*]] = %{{[^ ]*}}) -> (memref<?xf32>) {
// CHECK:           func.call @map(%[[IN]], %[[A:[^)]*]])
// CHECK:           func.call @mix(%[[A]], %[[IN]], %[[B:[^)]*]])
// CHECK:           func.call @embed(%[[B]], %[[C:[^)]*]])
// CHECK:           scf.yield %[[C]]
// CHECK:         call @map
// CHECK-NEXT:    call @append
// CHECK-NEXT:    return
func.func @begin_where_a_layer_does(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %a0 = kernel.buffer 4 : memref<?xf32>
  // expected-remark @below {{layers: 5 equal layers of 3 steps are one loop of 'begin_where_a_layer_does'}}
  call @map(%h, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a0, %h, %b0) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c0 = kernel.buffer 4 : memref<?xf32>
  call @embed(%b0, %c0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 4 : memref<?xf32>
  call @map(%c0, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a1, %c0, %b1) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c1 = kernel.buffer 4 : memref<?xf32>
  call @embed(%b1, %c1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 4 : memref<?xf32>
  call @map(%c1, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a2, %c1, %b2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c2 = kernel.buffer 4 : memref<?xf32>
  call @embed(%b2, %c2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 4 : memref<?xf32>
  call @map(%c2, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a3, %c2, %b3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c3 = kernel.buffer 4 : memref<?xf32>
  call @embed(%b3, %c3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 4 : memref<?xf32>
  call @map(%c3, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a4, %c3, %b4) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c4 = kernel.buffer 4 : memref<?xf32>
  call @embed(%b4, %c4) : (memref<?xf32>, memref<?xf32>) -> ()
  %n = kernel.buffer 4 : memref<?xf32>
  call @map(%c4, %n) : (memref<?xf32>, memref<?xf32>) -> ()
  call @append(%n, %n, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// An encoder and a decoder that reads what it left; each is a loop.
// CHECK-LABEL: func.func @two_families(
// CHECK:         %[[MEMORY:.*]] = scf.for {{.*}} -> (memref<?xf32>) {
// CHECK-COUNT-4:   func.call @map
// CHECK:         }
// CHECK:         scf.for {{.*}} {
// CHECK-COUNT-3:   func.call @map
// CHECK:           func.call @mix(%{{.*}}, %[[MEMORY]], %{{.*}})
// CHECK:         }
// CHECK:         call @append
// CHECK-NEXT:    return
func.func @two_families(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %e0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 4 equal layers of 4 steps are one loop of 'two_families'}}
  call @map(%h, %e0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %e0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%e0_0, %e0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %e0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%e0_1, %e0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %e0_3 = kernel.buffer 4 : memref<?xf32>
  call @map(%e0_2, %e0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %e1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%e0_3, %e1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %e1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%e1_0, %e1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %e1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%e1_1, %e1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %e1_3 = kernel.buffer 4 : memref<?xf32>
  call @map(%e1_2, %e1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %e2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%e1_3, %e2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %e2_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%e2_0, %e2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %e2_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%e2_1, %e2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %e2_3 = kernel.buffer 4 : memref<?xf32>
  call @map(%e2_2, %e2_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %e3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%e2_3, %e3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %e3_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%e3_0, %e3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %e3_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%e3_1, %e3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %e3_3 = kernel.buffer 4 : memref<?xf32>
  call @map(%e3_2, %e3_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %d = kernel.buffer 9 : memref<?xf32>
  call @embed(%x, %d) : (memref<?xf32>, memref<?xf32>) -> ()
  %f0_0 = kernel.buffer 10 : memref<?xf32>
  // expected-remark @below {{layers: 4 equal layers of 4 steps are one loop of 'two_families'}}
  call @map(%d, %f0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %f0_1 = kernel.buffer 11 : memref<?xf32>
  call @map(%f0_0, %f0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %f0_2 = kernel.buffer 12 : memref<?xf32>
  call @map(%f0_1, %f0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %f0_3 = kernel.buffer 9 : memref<?xf32>
  call @mix(%f0_2, %e3_3, %f0_3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %f1_0 = kernel.buffer 10 : memref<?xf32>
  call @map(%f0_3, %f1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %f1_1 = kernel.buffer 11 : memref<?xf32>
  call @map(%f1_0, %f1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %f1_2 = kernel.buffer 12 : memref<?xf32>
  call @map(%f1_1, %f1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %f1_3 = kernel.buffer 9 : memref<?xf32>
  call @mix(%f1_2, %e3_3, %f1_3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %f2_0 = kernel.buffer 10 : memref<?xf32>
  call @map(%f1_3, %f2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %f2_1 = kernel.buffer 11 : memref<?xf32>
  call @map(%f2_0, %f2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %f2_2 = kernel.buffer 12 : memref<?xf32>
  call @map(%f2_1, %f2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %f2_3 = kernel.buffer 9 : memref<?xf32>
  call @mix(%f2_2, %e3_3, %f2_3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %f3_0 = kernel.buffer 10 : memref<?xf32>
  call @map(%f2_3, %f3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %f3_1 = kernel.buffer 11 : memref<?xf32>
  call @map(%f3_0, %f3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %f3_2 = kernel.buffer 12 : memref<?xf32>
  call @map(%f3_1, %f3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %f3_3 = kernel.buffer 9 : memref<?xf32>
  call @mix(%f3_2, %e3_3, %f3_3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @append(%f3_3, %e3_3, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// A kernel is no schedule.
// CHECK-LABEL: func.func @kernel(
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @kernel(%x: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel} {
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%x, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
