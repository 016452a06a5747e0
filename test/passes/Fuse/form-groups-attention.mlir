// RUN: lmcc-opt %s --lmcc-form-groups | FileCheck %s

// Transposes that keep rows together are ways of reading and writing.
// CHECK-LABEL: func.func @transposes_are_views(
func.func @transposes_are_views(%q: tensor<5x2x4xf32>, %k: tensor<7x2x4xf32>, %v: tensor<7x2x6xf32>) -> tensor<5x2x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.group (
  // CHECK-NEXT:   graph.transpose
  // CHECK-NEXT:   graph.transpose
  // CHECK-NEXT:   graph.transpose
  // CHECK-NEXT:   graph.attention
  // CHECK:        graph.transpose
  // CHECK-NEXT:   graph.yield
  // CHECK:      return %[[R]]
  %0 = graph.transpose %q [1, 0, 2] : tensor<5x2x4xf32> -> tensor<2x5x4xf32>
  %1 = graph.transpose %k [1, 0, 2] : tensor<7x2x4xf32> -> tensor<2x7x4xf32>
  %2 = graph.transpose %v [1, 0, 2] : tensor<7x2x6xf32> -> tensor<2x7x6xf32>
  %3 = graph.attention %0, %1, %2 : tensor<2x5x4xf32>, tensor<2x7x4xf32>, tensor<2x7x6xf32> -> tensor<2x5x6xf32> {
  ^bb0(%s: tensor<2x5x7xf32>):
    graph.yield %s : tensor<2x5x7xf32>
  }
  %4 = graph.transpose %3 [1, 0, 2] : tensor<2x5x6xf32> -> tensor<5x2x6xf32>
  return %4 : tensor<5x2x6xf32>
}

// Values whose elements would be far apart, a mask that is transposed, queries
// with another user, and what is computed from the result stand alone.
// CHECK-LABEL: func.func @apart(
func.func @apart(%q: tensor<5x2x4xf32>, %k: tensor<2x7x4xf32>, %v: tensor<2x6x7xf32>, %m: tensor<7x5xf32>) -> (tensor<2x5x6xf32>, tensor<2x5x4xf32>) {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.transpose %{{.*}} [1, 0, 2]
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.transpose %{{.*}} [0, 2, 1]
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.transpose %{{.*}} [1, 0]
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.attention
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.exp
  %0 = graph.transpose %q [1, 0, 2] : tensor<5x2x4xf32> -> tensor<2x5x4xf32>
  %1 = graph.transpose %v [0, 2, 1] : tensor<2x6x7xf32> -> tensor<2x7x6xf32>
  %2 = graph.transpose %m [1, 0] : tensor<7x5xf32> -> tensor<5x7xf32>
  %3 = graph.attention %0, %k, %1 extras(%2) : tensor<2x5x4xf32>, tensor<2x7x4xf32>, tensor<2x7x6xf32>, tensor<5x7xf32> -> tensor<2x5x6xf32> {
  ^bb0(%s: tensor<2x5x7xf32>, %mask: tensor<5x7xf32>):
    %5 = graph.add %s, %mask : tensor<2x5x7xf32>, tensor<5x7xf32> -> tensor<2x5x7xf32>
    graph.yield %5 : tensor<2x5x7xf32>
  }
  %4 = graph.exp %3 : tensor<2x5x6xf32>
  return %4, %0 : tensor<2x5x6xf32>, tensor<2x5x4xf32>
}

// A rotary embedding reads heads that lie apart, but no angles that do.
// CHECK-LABEL: func.func @rotary_embedding(
func.func @rotary_embedding(%x: tensor<5x2x4xf32>, %c: tensor<4x5xf32>) -> tensor<2x5x4xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.transpose %{{.*}} [1, 0]
  // CHECK-NEXT:   graph.yield
  // CHECK:      %[[R:.*]] = graph.group
  // CHECK-NEXT:   graph.transpose %{{.*}} [1, 0, 2]
  // CHECK-NEXT:   graph.rotary_embedding
  // CHECK-NEXT:   graph.yield
  // CHECK:      return %[[R]]
  %0 = graph.transpose %x [1, 0, 2] : tensor<5x2x4xf32> -> tensor<2x5x4xf32>
  %1 = graph.transpose %c [1, 0] : tensor<4x5xf32> -> tensor<5x4xf32>
  %2 = graph.rotary_embedding %0, %1, %1 rotated 4 : tensor<2x5x4xf32>, tensor<5x4xf32>
  return %2 : tensor<2x5x4xf32>
}
