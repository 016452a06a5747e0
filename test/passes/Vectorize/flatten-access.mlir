// RUN: lmcc-opt %s --lmcc-flatten-access --cse --mlir-print-local-scope | FileCheck %s

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @every_access(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index, %[[E:[^:]*]]: f32, %[[V:[^:]*]]: vector<4xf32>)
func.func @every_access(%x: memref<?xf32>, %n: index, %i: index, %j: index, %element: f32, %elements: vector<4xf32>)
    -> (f32, vector<4xf32>) {
  // CHECK-NOT:  memref.reinterpret_cast
  // CHECK:      %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 768 + s1)>()[%[[I]], %[[J]]]
  // CHECK-NEXT: %[[L:.*]] = memref.load %[[X]][%[[AT]]] : memref<?xf32>
  // CHECK-NEXT: memref.store %[[E]], %[[X]][%[[AT]]] : memref<?xf32>
  // CHECK-NEXT: %[[LV:.*]] = vector.load %[[X]][%[[AT]]] : memref<?xf32>, vector<4xf32>
  // CHECK-NEXT: vector.store %[[V]], %[[X]][%[[AT]]] : memref<?xf32>, vector<4xf32>
  // CHECK-NEXT: memref.prefetch %[[X]][%[[AT]]], read, locality<2>, data : memref<?xf32>
  // CHECK-NEXT: return %[[L]], %[[LV]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [%n, 768], strides: [768, 1] : memref<?xf32> to memref<?x768xf32, strided<[768, 1]>>
  %0 = memref.load %view[%i, %j] : memref<?x768xf32, strided<[768, 1]>>
  memref.store %element, %view[%i, %j] : memref<?x768xf32, strided<[768, 1]>>
  %1 = vector.load %view[%i, %j] : memref<?x768xf32, strided<[768, 1]>>, vector<4xf32>
  vector.store %elements, %view[%i, %j] : memref<?x768xf32, strided<[768, 1]>>, vector<4xf32>
  memref.prefetch %view[%i, %j], read, locality<2>, data : memref<?x768xf32, strided<[768, 1]>>
  return %0, %1 : f32, vector<4xf32>
}

// What is flat stays as it is.
// CHECK-LABEL: func.func @flat_already(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>, %[[I:[^:]*]]: index)
func.func @flat_already(%x: memref<?xi8>, %i: index) -> i8 {
  // CHECK-NEXT: memref.load %[[X]][%[[I]]] : memref<?xi8>
  %0 = memref.load %x[%i] : memref<?xi8>
  return %0 : i8
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

// A part of a part of a view: offsets add up.
// CHECK-LABEL: func.func @nested_views(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @nested_views(%x: memref<?xf32>, %i: index, %j: index) -> f32 {
  // CHECK-NOT: memref.subview
  // CHECK:     %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 8 + s1 + 18)>()[%[[I]], %[[J]]]
  // CHECK:     memref.load %[[X]][%[[AT]]]
  // CHECK-NOT: memref.subview
  // CHECK:     return
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [5, 8], strides: [8, 1] : memref<?xf32> to memref<5x8xf32, strided<[8, 1]>>
  %rows = memref.subview %view[%i, 0] [3, 8] [1, 1] : memref<5x8xf32, strided<[8, 1]>> to memref<3x8xf32, strided<[8, 1], offset: ?>>
  %part = memref.subview %rows[1, 2] [2, 4] [1, 1] : memref<3x8xf32, strided<[8, 1], offset: ?>> to memref<2x4xf32, strided<[8, 1], offset: ?>>
  %c1 = arith.constant 1 : index
  %0 = memref.load %part[%c1, %j] : memref<2x4xf32, strided<[8, 1], offset: ?>>
  return %0 : f32
}

// An axis that a view drops still counts for where it begins.
// CHECK-LABEL: func.func @dropped_axis(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @dropped_axis(%x: memref<?xf32>, %i: index, %j: index) -> f32 {
  // CHECK: %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 8 + s1)>()[%[[I]], %[[J]]]
  // CHECK: memref.load %[[X]][%[[AT]]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [5, 8], strides: [8, 1] : memref<?xf32> to memref<5x8xf32, strided<[8, 1]>>
  %row = memref.subview %view[%i, 0] [1, 8] [1, 1] : memref<5x8xf32, strided<[8, 1]>> to memref<8xf32, strided<[1], offset: ?>>
  %0 = memref.load %row[%j] : memref<8xf32, strided<[1], offset: ?>>
  return %0 : f32
}

// Every second column from the second one on.
// CHECK-LABEL: func.func @steps(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @steps(%x: memref<?xf32>, %i: index, %j: index) -> f32 {
  // CHECK: %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 8 + s1 * 2 + 1)>()[%[[I]], %[[J]]]
  // CHECK: memref.load %[[X]][%[[AT]]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [5, 8], strides: [8, 1] : memref<?xf32> to memref<5x8xf32, strided<[8, 1]>>
  %odd = memref.subview %view[0, 1] [5, 4] [1, 2] : memref<5x8xf32, strided<[8, 1]>> to memref<5x4xf32, strided<[8, 2], offset: 1>>
  %0 = memref.load %odd[%i, %j] : memref<5x4xf32, strided<[8, 2], offset: 1>>
  return %0 : f32
}

// An operand that repeats has stride 0: its place in the batch does not matter.
// CHECK-LABEL: func.func @repeated_axis(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @repeated_axis(%x: memref<?xf32>, %b: index, %j: index) -> f32 {
  // CHECK: memref.load %[[X]][%[[J]]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [5, 8], strides: [0, 1] : memref<?xf32> to memref<5x8xf32, strided<[0, 1]>>
  %0 = memref.load %view[%b, %j] : memref<5x8xf32, strided<[0, 1]>>
  return %0 : f32
}

// Strides that are no numbers.
// CHECK-LABEL: func.func @dynamic_stride(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @dynamic_stride(%x: memref<?xf32>, %n: index, %i: index, %j: index) -> f32 {
  // CHECK: %[[AT:.*]] = affine.apply affine_map<()[s0, s1, s2] -> (s2 + s0 * s1)>()[%[[N]], %[[I]], %[[J]]]
  // CHECK: memref.load %[[X]][%[[AT]]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [5, %n], strides: [%n, 1] : memref<?xf32> to memref<5x?xf32, strided<[?, 1]>>
  %0 = memref.load %view[%i, %j] : memref<5x?xf32, strided<[?, 1]>>
  return %0 : f32
}

// CHECK-LABEL: func.func @one_element(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>)
func.func @one_element(%x: memref<?xf32>) -> f32 {
  // CHECK-NEXT: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-NEXT: memref.load %[[X]][%[[C0]]]
  %view = memref.reinterpret_cast %x to offset: [0], sizes: [], strides: [] : memref<?xf32> to memref<f32, strided<[]>>
  %0 = memref.load %view[] : memref<f32, strided<[]>>
  return %0 : f32
}

// Words are a buffer of their own: indices count words. The view of the bytes
// beneath them goes away.
// CHECK-LABEL: func.func @words(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>, %[[N:[^:]*]]: index, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index)
func.func @words(%x: memref<?xi8>, %n: index, %i: index, %j: index) -> vector<4xi32> {
  // CHECK-NEXT: %[[W:.*]] = kernel.words %[[X]] : memref<?xi8> to memref<?xi32>
  // CHECK-NEXT: %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 24 + s1)>()[%[[I]], %[[J]]]
  // CHECK-NEXT: %[[V:.*]] = vector.load %[[W]][%[[AT]]] : memref<?xi32>, vector<4xi32>
  // CHECK-NEXT: return %[[V]]
  %bytes = memref.reinterpret_cast %x to offset: [0], sizes: [%n], strides: [1] : memref<?xi8> to memref<?xi8>
  %words = kernel.words %bytes : memref<?xi8> to memref<?xi32>
  %view = memref.reinterpret_cast %words to offset: [0], sizes: [5, 24], strides: [24, 1] : memref<?xi32> to memref<5x24xi32, strided<[24, 1]>>
  %0 = vector.load %view[%i, %j] : memref<5x24xi32, strided<[24, 1]>>, vector<4xi32>
  return %0 : vector<4xi32>
}

//===----------------------------------------------------------------------===//
// Local arrays
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @local_array(
// CHECK-SAME:      %[[I:[^:]*]]: index, %[[J:[^:]*]]: index, %[[E:[^:]*]]: f32)
func.func @local_array(%i: index, %j: index, %element: f32) {
  // CHECK-NEXT: %[[LOCAL:.*]] = memref.alloca() : memref<32xf32>
  // CHECK:      %[[AT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 8 + s1)>()[%[[I]], %[[J]]]
  // CHECK:      memref.store %[[E]], %[[LOCAL]][%[[AT]]] : memref<32xf32>
  %local = memref.alloca() : memref<4x8xf32>
  %part = memref.subview %local[0, 0] [2, 8] [1, 1] : memref<4x8xf32> to memref<2x8xf32, strided<[8, 1]>>
  memref.store %element, %part[%i, %j] : memref<2x8xf32, strided<[8, 1]>>
  return
}
