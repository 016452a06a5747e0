// RUN: lmcc-opt %s --lmcc-roll-layers | FileCheck %s
// RUN: lmcc-opt %s --lmcc-roll-layers --verify-diagnostics -o /dev/null

// What layers hand on takes no more memory in a loop.

func.func private @embed(memref<?xf32>, memref<?xf32>)
func.func private @map(memref<?xf32>, memref<?xf32>)
func.func private @append(memref<?xf32>, memref<?xf32>, memref<?xf32>)
func.func private @mix(memref<?xf32>, memref<?xf32>, memref<?xf32>)
func.func private @five(memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>)

// What a layer reads may not lie where it writes, so two take turns.
// CHECK-LABEL: func.func @take_turns(
// CHECK:         call @embed
// CHECK:         scf.for {{.*}} iter_args(%[[IN:[^ ]*]] = %{{[^ ]*}}) -> (memref<?xf32>) {
// CHECK-NEXT:      %[[A:.*]] = kernel.buffer 4
// CHECK-NEXT:      func.call @map(%[[IN]], %[[A]])
// CHECK-NEXT:      %[[B:.*]] = kernel.buffer 4
// CHECK-NEXT:      func.call @map(%[[A]], %[[B]])
// CHECK-NEXT:      scf.yield %[[B]]
// CHECK:         call @map
// CHECK:         call @append
// CHECK-NEXT:    return
func.func @take_turns(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %a0 = kernel.buffer 4 : memref<?xf32>
  // expected-remark @below {{layers: 10 equal layers of 1 steps are one loop of 'take_turns', 2 in each turn}}
  call @map(%h, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 4 : memref<?xf32>
  call @map(%a0, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 4 : memref<?xf32>
  call @map(%a1, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 4 : memref<?xf32>
  call @map(%a2, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 4 : memref<?xf32>
  call @map(%a3, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %a5 = kernel.buffer 4 : memref<?xf32>
  call @map(%a4, %a5) : (memref<?xf32>, memref<?xf32>) -> ()
  %a6 = kernel.buffer 4 : memref<?xf32>
  call @map(%a5, %a6) : (memref<?xf32>, memref<?xf32>) -> ()
  %a7 = kernel.buffer 4 : memref<?xf32>
  call @map(%a6, %a7) : (memref<?xf32>, memref<?xf32>) -> ()
  %a8 = kernel.buffer 4 : memref<?xf32>
  call @map(%a7, %a8) : (memref<?xf32>, memref<?xf32>) -> ()
  %a9 = kernel.buffer 4 : memref<?xf32>
  call @map(%a8, %a9) : (memref<?xf32>, memref<?xf32>) -> ()
  %a10 = kernel.buffer 4 : memref<?xf32>
  call @map(%a9, %a10) : (memref<?xf32>, memref<?xf32>) -> ()
  call @append(%a10, %a10, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// Each layer reads what the one before the last left, so three take turns.
// CHECK-LABEL: func.func @used_two_layers_later(
// CHECK:         scf.for {{.*}} iter_args(%[[G:[^ ]*]] = %{{[^ ]*}}, %[[H:[^ ]*]] = %{{[^ ]*}}) -> (memref<?xf32>, memref<?xf32>) {
// CHECK:           func.call @map(%[[H]], %[[A:[^)]*]])
// CHECK:           func.call @mix(%[[A]], %[[G]], %[[B:[^)]*]])
// CHECK:           func.call @map(%[[B]], %[[C:[^)]*]])
// CHECK:           func.call @mix(%[[C]], %[[H]], %[[D:[^)]*]])
// CHECK:           func.call @map(%[[D]], %[[E:[^)]*]])
// CHECK:           func.call @mix(%[[E]], %[[B]], %[[F:[^)]*]])
// CHECK:           scf.yield %[[D]], %[[F]]
func.func @used_two_layers_later(%x: memref<?xf32>, %y: memref<?xf32>) {
  %g = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %g) : (memref<?xf32>, memref<?xf32>) -> ()
  %h = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %a0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 9 equal layers of 2 steps are one loop of 'used_two_layers_later', 3 in each turn}}
  call @map(%h, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a0, %g, %b0) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a1, %h, %b1) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a2, %b0, %b2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a3, %b1, %b3) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 5 : memref<?xf32>
  call @map(%b3, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a4, %b2, %b4) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a5 = kernel.buffer 5 : memref<?xf32>
  call @map(%b4, %a5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b5 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a5, %b3, %b5) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a6 = kernel.buffer 5 : memref<?xf32>
  call @map(%b5, %a6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b6 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a6, %b4, %b6) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a7 = kernel.buffer 5 : memref<?xf32>
  call @map(%b6, %a7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b7 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a7, %b5, %b7) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %a8 = kernel.buffer 5 : memref<?xf32>
  call @map(%b7, %a8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b8 = kernel.buffer 4 : memref<?xf32>
  call @mix(%a8, %b6, %b8) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @append(%b7, %b8, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// All of these are in memory when the first layer begins, or when the last one
// of the loop in front ends.
// CHECK-LABEL: func.func @pick_from_before(
// CHECK:         scf.for
// CHECK:           func.call @embed
// CHECK-NEXT:    }
// CHECK:         scf.for %[[L:.*]] =
// CHECK-NEXT:      kernel.pick %[[L]] of
// CHECK-NEXT:      kernel.pick %[[L]] of
// CHECK-NEXT:      func.call @map
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @pick_from_before(%x: memref<?xf32>, %y0: memref<?xf32>, %y1: memref<?xf32>, %y2: memref<?xf32>, %y3: memref<?xf32>, %y4: memref<?xf32>, %y5: memref<?xf32>, %y6: memref<?xf32>, %y7: memref<?xf32>, %y8: memref<?xf32>) {
  %a0 = kernel.buffer 4 : memref<?xf32>
  // expected-remark @below {{layers: 9 equal layers of 1 steps are one loop of 'pick_from_before'}}
  call @embed(%x, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %a5 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a5) : (memref<?xf32>, memref<?xf32>) -> ()
  %a6 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a6) : (memref<?xf32>, memref<?xf32>) -> ()
  %a7 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a7) : (memref<?xf32>, memref<?xf32>) -> ()
  %a8 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %a8) : (memref<?xf32>, memref<?xf32>) -> ()
  // expected-remark @below {{layers: 9 equal layers of 1 steps are one loop of 'pick_from_before'}}
  call @map(%a0, %y0) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a1, %y1) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a2, %y2) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a3, %y3) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a4, %y4) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a5, %y5) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a6, %y6) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a7, %y7) : (memref<?xf32>, memref<?xf32>) -> ()
  call @map(%a8, %y8) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}

// And all of these when the last layer ends.
// CHECK-LABEL: func.func @pick_for_behind(
// CHECK-COUNT-9: kernel.buffer
// CHECK:         scf.for %[[L:.*]] =
// CHECK-NEXT:      %[[A:.*]] = kernel.pick %[[L]] of
// CHECK-NEXT:      func.call @map(%{{.*}}, %[[A]])
// CHECK-NEXT:    }
// CHECK-NEXT:    call @all
// CHECK-NEXT:    return
func.func private @all(memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>)
func.func @pick_for_behind(%x: memref<?xf32>) {
  %a0 = kernel.buffer 4 : memref<?xf32>
  // expected-remark @below {{layers: 9 equal layers of 1 steps are one loop of 'pick_for_behind'}}
  call @map(%x, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %a5 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a5) : (memref<?xf32>, memref<?xf32>) -> ()
  %a6 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a6) : (memref<?xf32>, memref<?xf32>) -> ()
  %a7 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a7) : (memref<?xf32>, memref<?xf32>) -> ()
  %a8 = kernel.buffer 4 : memref<?xf32>
  call @map(%x, %a8) : (memref<?xf32>, memref<?xf32>) -> ()
  call @all(%a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7, %a8) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// What a layer in the middle leaves is used behind the last one too, and must
// not lie where the next layer writes. So the loop ends with it.
// CHECK-LABEL: func.func @used_behind(
// CHECK:         %[[C:.*]] = scf.for {{.*}} -> (memref<?xf32>) {
// CHECK-COUNT-3:   func.call @map
// CHECK:         }
// CHECK-COUNT-9: call @map
// CHECK-NEXT:    call @mix(%[[C]], %{{.*}}, %{{.*}})
func.func @used_behind(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %a0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 4 equal layers of 3 steps are one loop of 'used_behind'}}
  call @map(%h, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0 = kernel.buffer 6 : memref<?xf32>
  call @map(%a0, %b0) : (memref<?xf32>, memref<?xf32>) -> ()
  %c0 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0, %c0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 5 : memref<?xf32>
  call @map(%c0, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1 = kernel.buffer 6 : memref<?xf32>
  call @map(%a1, %b1) : (memref<?xf32>, memref<?xf32>) -> ()
  %c1 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1, %c1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 5 : memref<?xf32>
  call @map(%c1, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2 = kernel.buffer 6 : memref<?xf32>
  call @map(%a2, %b2) : (memref<?xf32>, memref<?xf32>) -> ()
  %c2 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2, %c2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 5 : memref<?xf32>
  call @map(%c2, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3 = kernel.buffer 6 : memref<?xf32>
  call @map(%a3, %b3) : (memref<?xf32>, memref<?xf32>) -> ()
  %c3 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3, %c3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 5 : memref<?xf32>
  call @map(%c3, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4 = kernel.buffer 6 : memref<?xf32>
  call @map(%a4, %b4) : (memref<?xf32>, memref<?xf32>) -> ()
  %c4 = kernel.buffer 4 : memref<?xf32>
  call @map(%b4, %c4) : (memref<?xf32>, memref<?xf32>) -> ()
  %a5 = kernel.buffer 5 : memref<?xf32>
  call @map(%c4, %a5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b5 = kernel.buffer 6 : memref<?xf32>
  call @map(%a5, %b5) : (memref<?xf32>, memref<?xf32>) -> ()
  %c5 = kernel.buffer 4 : memref<?xf32>
  call @map(%b5, %c5) : (memref<?xf32>, memref<?xf32>) -> ()
  %a6 = kernel.buffer 5 : memref<?xf32>
  call @map(%c5, %a6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b6 = kernel.buffer 6 : memref<?xf32>
  call @map(%a6, %b6) : (memref<?xf32>, memref<?xf32>) -> ()
  %c6 = kernel.buffer 4 : memref<?xf32>
  call @map(%b6, %c6) : (memref<?xf32>, memref<?xf32>) -> ()
  call @mix(%c3, %c6, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// The same, of each layer, and the first one needs what was there before.
// CHECK-LABEL: func.func @used_before_and_behind(
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @used_before_and_behind(%x: memref<?xf32>, %y: memref<?xf32>) {
  %p0 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %p0) : (memref<?xf32>, memref<?xf32>) -> ()
  %p1 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %p1) : (memref<?xf32>, memref<?xf32>) -> ()
  %p2 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %p2) : (memref<?xf32>, memref<?xf32>) -> ()
  %p3 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %p3) : (memref<?xf32>, memref<?xf32>) -> ()
  %p4 = kernel.buffer 4 : memref<?xf32>
  call @embed(%x, %p4) : (memref<?xf32>, memref<?xf32>) -> ()
  %a0 = kernel.buffer 5 : memref<?xf32>
  call @map(%p0, %a0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0 = kernel.buffer 6 : memref<?xf32>
  call @map(%a0, %b0) : (memref<?xf32>, memref<?xf32>) -> ()
  %c0 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0, %c0) : (memref<?xf32>, memref<?xf32>) -> ()
  %a1 = kernel.buffer 5 : memref<?xf32>
  call @map(%p1, %a1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1 = kernel.buffer 6 : memref<?xf32>
  call @map(%a1, %b1) : (memref<?xf32>, memref<?xf32>) -> ()
  // expected-remark @below {{layers: 5 equal layers of 3 steps are no loop of 'used_before_and_behind': what a layer leaves here is used when the next one writes its own, or by a layer behind that}}
  %c1 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1, %c1) : (memref<?xf32>, memref<?xf32>) -> ()
  %a2 = kernel.buffer 5 : memref<?xf32>
  call @map(%p2, %a2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2 = kernel.buffer 6 : memref<?xf32>
  call @map(%a2, %b2) : (memref<?xf32>, memref<?xf32>) -> ()
  %c2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b2, %c2) : (memref<?xf32>, memref<?xf32>) -> ()
  %a3 = kernel.buffer 5 : memref<?xf32>
  call @map(%p3, %a3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3 = kernel.buffer 6 : memref<?xf32>
  call @map(%a3, %b3) : (memref<?xf32>, memref<?xf32>) -> ()
  %c3 = kernel.buffer 7 : memref<?xf32>
  call @map(%b3, %c3) : (memref<?xf32>, memref<?xf32>) -> ()
  %a4 = kernel.buffer 5 : memref<?xf32>
  call @map(%p4, %a4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4 = kernel.buffer 6 : memref<?xf32>
  call @map(%a4, %b4) : (memref<?xf32>, memref<?xf32>) -> ()
  %c4 = kernel.buffer 7 : memref<?xf32>
  call @map(%b4, %c4) : (memref<?xf32>, memref<?xf32>) -> ()
  call @five(%c0, %c1, %c2, %c3, %c4) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
