// RUN: lmcc-opt %s --lmcc-roll-layers | FileCheck %s --implicit-check-not=scf.for
// RUN: lmcc-opt %s --lmcc-roll-layers --verify-diagnostics -o /dev/null

func.func private @in(memref<?xf32>, memref<?xf32>)
func.func private @map(memref<?xf32>, memref<?xf32>)
func.func private @other(memref<?xf32>, memref<?xf32>)
func.func private @scale(memref<?xf32>, memref<?xf32>, f32)
func.func private @sized(memref<?xf32>, memref<?xf32>, index)
func.func private @mix(memref<?xf32>, memref<?xf32>, memref<?xf32>)

// Two layers are easier to read as they are.
// CHECK-LABEL: func.func @two_layers(
// CHECK:         return
func.func @two_layers(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 2 equal layers of 8 steps are no loop of 'two_layers': they are too few}}
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0_1, %b0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b0_2, %b0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b0_3, %b0_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b0_4, %b0_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b0_5, %b0_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_7 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_6, %b0_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_7, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1_1, %b1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b1_2, %b1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b1_3, %b1_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b1_4, %b1_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b1_5, %b1_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_7 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_6, %b1_7) : (memref<?xf32>, memref<?xf32>) -> ()
  call @other(%b1_7, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}

// So are few steps.
// CHECK-LABEL: func.func @few_steps(
// CHECK:         return
func.func @few_steps(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_1, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1_1, %b2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_1 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2_0, %b2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2_1, %b3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_1 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3_0, %b3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  call @other(%b3_1, %y) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}

// CHECK-LABEL: func.func @different_kernels(
// CHECK:         return
func.func @different_kernels(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 2 equal layers of 9 steps are no loop of 'different_kernels': they are too few}}
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0_1, %b0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b0_2, %b0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b0_3, %b0_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b0_4, %b0_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b0_5, %b0_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b0_6, %b0_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_7, %b0_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_8, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1_1, %b1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b1_2, %b1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b1_3, %b1_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b1_4, %b1_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b1_5, %b1_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b1_6, %b1_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_7, %b1_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1_8, %b2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b2_0, %b2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b2_1, %b2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b2_2, %b2_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b2_3, %b2_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b2_4, %b2_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_6 = kernel.buffer 11 : memref<?xf32>
  // expected-remark @below {{layers: differs from the layer beside it: calls 'other', not 'map'}}
  call @other(%b2_5, %b2_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b2_6, %b2_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2_7, %b2_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2_8, %b3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b3_0, %b3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b3_1, %b3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b3_2, %b3_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b3_3, %b3_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b3_4, %b3_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b3_5, %b3_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b3_6, %b3_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3_7, %b3_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b3_8, %b4_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b4_0, %b4_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b4_1, %b4_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b4_2, %b4_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b4_3, %b4_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b4_4, %b4_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b4_5, %b4_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b4_6, %b4_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b4_7, %b4_8) : (memref<?xf32>, memref<?xf32>) -> ()
  call @mix(%b4_8, %b4_8, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// CHECK-LABEL: func.func @different_constants(
// CHECK:         return
func.func @different_constants(%x: memref<?xf32>, %y: memref<?xf32>) {
  %s = arith.constant 0.5 : f32
  %r = arith.constant 0.25 : f32
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 2 equal layers of 9 steps are no loop of 'different_constants': they are too few}}
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0_1, %b0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b0_2, %b0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b0_3, %b0_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b0_4, %b0_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b0_5, %b0_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_7 = kernel.buffer 12 : memref<?xf32>
  call @scale(%b0_6, %b0_7, %s) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  %b0_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_7, %b0_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_8, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1_1, %b1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b1_2, %b1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b1_3, %b1_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b1_4, %b1_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b1_5, %b1_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_7 = kernel.buffer 12 : memref<?xf32>
  call @scale(%b1_6, %b1_7, %s) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  %b1_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_7, %b1_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1_8, %b2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b2_0, %b2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b2_1, %b2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b2_2, %b2_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b2_3, %b2_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b2_4, %b2_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b2_5, %b2_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_7 = kernel.buffer 12 : memref<?xf32>
  // expected-remark @below {{layers: differs from the layer beside it: passes the constant 2.500000e-01 : f32, not the constant 5.000000e-01 : f32}}
  call @scale(%b2_6, %b2_7, %r) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  %b2_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2_7, %b2_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2_8, %b3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b3_0, %b3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b3_1, %b3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b3_2, %b3_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b3_3, %b3_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b3_4, %b3_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b3_5, %b3_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_7 = kernel.buffer 12 : memref<?xf32>
  call @scale(%b3_6, %b3_7, %s) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  %b3_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3_7, %b3_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b3_8, %b4_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b4_0, %b4_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b4_1, %b4_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b4_2, %b4_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b4_3, %b4_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b4_4, %b4_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b4_5, %b4_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_7 = kernel.buffer 12 : memref<?xf32>
  call @scale(%b4_6, %b4_7, %s) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  %b4_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b4_7, %b4_8) : (memref<?xf32>, memref<?xf32>) -> ()
  call @mix(%b4_8, %b4_8, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// CHECK-LABEL: func.func @different_sizes(
// CHECK:         return
func.func @different_sizes(%n: index, %x: memref<?xf32>, %y: memref<?xf32>) {
  %m = affine.apply affine_map<()[n] -> (n * 2)>()[%n]
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 2 equal layers of 9 steps are no loop of 'different_sizes': they are too few}}
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0_1, %b0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b0_2, %b0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b0_3, %b0_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b0_4, %b0_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b0_5, %b0_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_7 = kernel.buffer 12 : memref<?xf32>
  call @sized(%b0_6, %b0_7, %n) : (memref<?xf32>, memref<?xf32>, index) -> ()
  %b0_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_7, %b0_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_8, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1_1, %b1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b1_2, %b1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b1_3, %b1_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b1_4, %b1_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b1_5, %b1_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_7 = kernel.buffer 12 : memref<?xf32>
  call @sized(%b1_6, %b1_7, %n) : (memref<?xf32>, memref<?xf32>, index) -> ()
  %b1_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_7, %b1_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1_8, %b2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b2_0, %b2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b2_1, %b2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b2_2, %b2_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b2_3, %b2_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b2_4, %b2_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b2_5, %b2_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_7 = kernel.buffer 12 : memref<?xf32>
  // expected-remark @below {{layers: differs from the layer beside it: passes another size, not an argument of the model}}
  call @sized(%b2_6, %b2_7, %m) : (memref<?xf32>, memref<?xf32>, index) -> ()
  %b2_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2_7, %b2_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2_8, %b3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b3_0, %b3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b3_1, %b3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b3_2, %b3_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b3_3, %b3_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b3_4, %b3_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b3_5, %b3_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_7 = kernel.buffer 12 : memref<?xf32>
  call @sized(%b3_6, %b3_7, %n) : (memref<?xf32>, memref<?xf32>, index) -> ()
  %b3_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3_7, %b3_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b3_8, %b4_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b4_0, %b4_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b4_1, %b4_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b4_2, %b4_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b4_3, %b4_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b4_4, %b4_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b4_5, %b4_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b4_7 = kernel.buffer 12 : memref<?xf32>
  call @sized(%b4_6, %b4_7, %n) : (memref<?xf32>, memref<?xf32>, index) -> ()
  %b4_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b4_7, %b4_8) : (memref<?xf32>, memref<?xf32>) -> ()
  call @mix(%b4_8, %b4_8, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}

// The last layer but one computes half as much.
// CHECK-LABEL: func.func @different_buffers(
// CHECK:         return
func.func @different_buffers(%x: memref<?xf32>, %y: memref<?xf32>) {
  %h = kernel.buffer 4 : memref<?xf32>
  call @in(%x, %h) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_0 = kernel.buffer 5 : memref<?xf32>
  // expected-remark @below {{layers: 2 equal layers of 9 steps are no loop of 'different_buffers': they are too few}}
  call @map(%h, %b0_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b0_0, %b0_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b0_1, %b0_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b0_2, %b0_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b0_3, %b0_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b0_4, %b0_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b0_5, %b0_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b0_6, %b0_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b0_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b0_7, %b0_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b0_8, %b1_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b1_0, %b1_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b1_1, %b1_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b1_2, %b1_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b1_3, %b1_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b1_4, %b1_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b1_5, %b1_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b1_6, %b1_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b1_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b1_7, %b1_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b1_8, %b2_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b2_0, %b2_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b2_1, %b2_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b2_2, %b2_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b2_3, %b2_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b2_4, %b2_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_6 = kernel.buffer 3 : memref<?xf32>
  // expected-remark @below {{layers: differs from the layer beside it: passes a buffer of 3 elements, not a buffer of 11 elements}}
  call @map(%b2_5, %b2_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b2_6, %b2_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b2_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b2_7, %b2_8) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_0 = kernel.buffer 5 : memref<?xf32>
  call @map(%b2_8, %b3_0) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_1 = kernel.buffer 6 : memref<?xf32>
  call @map(%b3_0, %b3_1) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_2 = kernel.buffer 7 : memref<?xf32>
  call @map(%b3_1, %b3_2) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_3 = kernel.buffer 8 : memref<?xf32>
  call @map(%b3_2, %b3_3) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_4 = kernel.buffer 9 : memref<?xf32>
  call @map(%b3_3, %b3_4) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_5 = kernel.buffer 10 : memref<?xf32>
  call @map(%b3_4, %b3_5) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_6 = kernel.buffer 11 : memref<?xf32>
  call @map(%b3_5, %b3_6) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_7 = kernel.buffer 12 : memref<?xf32>
  call @map(%b3_6, %b3_7) : (memref<?xf32>, memref<?xf32>) -> ()
  %b3_8 = kernel.buffer 4 : memref<?xf32>
  call @map(%b3_7, %b3_8) : (memref<?xf32>, memref<?xf32>) -> ()
  call @mix(%b3_8, %b3_8, %y) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
