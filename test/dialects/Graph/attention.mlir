// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @plain(
// CHECK-SAME:      %[[Q:.*]]: tensor<8x5x4xf32>, %[[K:.*]]: tensor<8x7x4xf32>, %[[V:.*]]: tensor<8x7x6xf32>)
func.func @plain(%q: tensor<8x5x4xf32>, %k: tensor<8x7x4xf32>, %v: tensor<8x7x6xf32>) {
  // CHECK-NEXT: graph.attention %[[Q]], %[[K]], %[[V]] : tensor<8x5x4xf32>, tensor<8x7x4xf32>, tensor<8x7x6xf32> -> tensor<8x5x6xf32> {
  // CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<8x5x7xf32>):
  // CHECK-NEXT:   graph.yield %[[S]] : tensor<8x5x7xf32>
  %0 = graph.attention %q, %k, %v : tensor<8x5x4xf32>, tensor<8x7x4xf32>, tensor<8x7x6xf32> -> tensor<8x5x6xf32> {
  ^bb0(%s: tensor<8x5x7xf32>):
    graph.yield %s : tensor<8x5x7xf32>
  }
  return
}

// Two heads of queries share one of keys and values; the mask repeats.
// CHECK-LABEL: func.func @grouped_heads_and_mask(
// CHECK-SAME:      %[[Q:.*]]: tensor<3x2x?x4xf32, #graph.dims<3, 2, n, 4>>, %[[K:.*]]: tensor<3x1x7x4xf32>, %[[V:.*]]: tensor<3x1x7x6xf32>, %[[M:.*]]: tensor<?x7xi1, #graph.dims<n, 7>>)
func.func @grouped_heads_and_mask(%q: tensor<3x2x?x4xf32, #graph.dims<3, 2, n, 4>>, %k: tensor<3x1x7x4xf32>,
    %v: tensor<3x1x7x6xf32>, %m: tensor<?x7xi1, #graph.dims<n, 7>>) {
  // CHECK-NEXT: graph.attention %[[Q]], %[[K]], %[[V]] extras(%[[M]]) :
  // CHECK-SAME:     -> tensor<3x2x?x6xf32, #graph.dims<3, 2, n, 6>> {
  // CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<3x2x?x7xf32, #graph.dims<3, 2, n, 7>>, %[[MASK:.*]]: tensor<?x7xi1, #graph.dims<n, 7>>):
  // CHECK:        graph.select %[[MASK]], %[[S]]
  %0 = graph.attention %q, %k, %v extras(%m) : tensor<3x2x?x4xf32, #graph.dims<3, 2, n, 4>>, tensor<3x1x7x4xf32>, tensor<3x1x7x6xf32>, tensor<?x7xi1, #graph.dims<n, 7>> -> tensor<3x2x?x6xf32, #graph.dims<3, 2, n, 6>> {
  ^bb0(%s: tensor<3x2x?x7xf32, #graph.dims<3, 2, n, 7>>, %mask: tensor<?x7xi1, #graph.dims<n, 7>>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %1 = graph.select %mask, %s, %low : tensor<?x7xi1, #graph.dims<n, 7>>, tensor<3x2x?x7xf32, #graph.dims<3, 2, n, 7>>, tensor<f32> -> tensor<3x2x?x7xf32, #graph.dims<3, 2, n, 7>>
    graph.yield %1 : tensor<3x2x?x7xf32, #graph.dims<3, 2, n, 7>>
  }
  return
}

// Places and sizes need no operand.
// CHECK-LABEL: func.func @places(
func.func @places(%q: tensor<?x4xf32, #graph.dims<n, 4>>, %k: tensor<?x4xf32, #graph.dims<n + 1, 4>>) {
  // CHECK:        graph.iota axis 1 : tensor<1x?xi32, #graph.dims<1, n + 1>>
  // CHECK-NEXT:   graph.iota : tensor<?x1xi32, #graph.dims<n, 1>>
  // CHECK-NEXT:   graph.dim_values <n> : tensor<i32>
  %0 = graph.attention %q, %k, %k : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<?x4xf32, #graph.dims<n + 1, 4>>, tensor<?x4xf32, #graph.dims<n + 1, 4>> -> tensor<?x4xf32, #graph.dims<n, 4>> {
  ^bb0(%s: tensor<?x?xf32, #graph.dims<n, n + 1>>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %1 = graph.iota axis 1 : tensor<1x?xi32, #graph.dims<1, n + 1>>
    %2 = graph.iota : tensor<?x1xi32, #graph.dims<n, 1>>
    %3 = graph.dim_values <n> : tensor<i32>
    %4 = graph.sub %3, %2 : tensor<i32>, tensor<?x1xi32, #graph.dims<n, 1>> -> tensor<?x1xi32, #graph.dims<n, 1>>
    %5 = graph.compare le %1, %4 : tensor<1x?xi32, #graph.dims<1, n + 1>>, tensor<?x1xi32, #graph.dims<n, 1>> -> tensor<?x?xi1, #graph.dims<n, n + 1>>
    %6 = graph.select %5, %s, %low : tensor<?x?xi1, #graph.dims<n, n + 1>>, tensor<?x?xf32, #graph.dims<n, n + 1>>, tensor<f32> -> tensor<?x?xf32, #graph.dims<n, n + 1>>
    graph.yield %6 : tensor<?x?xf32, #graph.dims<n, n + 1>>
  }
  return
}

// Bytes with a scale for each row.
// CHECK-LABEL: func.func @attention_of_bytes(
func.func @attention_of_bytes(%q: tensor<2x5x4xi8>, %k: tensor<7x4xui8>, %v: tensor<7x6xi8>, %m: tensor<7xf32>,
    %qs: tensor<2x5x1xf32>, %ks: tensor<7x1xf32>, %vs: tensor<7x1xf32>) {
  // CHECK-NEXT: graph.attention %{{.*}}, %{{.*}}, %{{.*}} extras(%{{.*}}) scales(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x5x1xf32>, tensor<7x1xf32>, tensor<7x1xf32>) : tensor<2x5x4xi8>, tensor<7x4xui8>, tensor<7x6xi8>, tensor<7xf32> -> tensor<2x5x6xf32> {
  %0 = graph.attention %q, %k, %v extras(%m) scales(%qs, %ks, %vs : tensor<2x5x1xf32>, tensor<7x1xf32>, tensor<7x1xf32>) : tensor<2x5x4xi8>, tensor<7x4xui8>, tensor<7x6xi8>, tensor<7xf32> -> tensor<2x5x6xf32> {
  ^bb0(%s: tensor<2x5x7xf32>, %mask: tensor<7xf32>):
    %1 = graph.add %s, %mask : tensor<2x5x7xf32>, tensor<7xf32> -> tensor<2x5x7xf32>
    graph.yield %1 : tensor<2x5x7xf32>
  }
  return
}

// Halves or neighbours; angles by element, or one for a pair of the first six.
// CHECK-LABEL: func.func @rotary_embedding(
// CHECK-SAME:      %[[X:.*]]: tensor<3x?x8xf32, #graph.dims<3, n, 8>>, %[[C:.*]]: tensor<?x8xf32, #graph.dims<n, 8>>, %[[S:.*]]: tensor<?x8xf32, #graph.dims<n, 8>>, %[[D:.*]]: tensor<1x3xf32>)
func.func @rotary_embedding(%x: tensor<3x?x8xf32, #graph.dims<3, n, 8>>, %c: tensor<?x8xf32, #graph.dims<n, 8>>,
    %s: tensor<?x8xf32, #graph.dims<n, 8>>, %d: tensor<1x3xf32>) {
  // CHECK-NEXT: graph.rotary_embedding %[[X]], %[[C]], %[[S]] rotated 8 : tensor<3x?x8xf32, #graph.dims<3, n, 8>>, tensor<?x8xf32, #graph.dims<n, 8>>
  %0 = graph.rotary_embedding %x, %c, %s rotated 8 : tensor<3x?x8xf32, #graph.dims<3, n, 8>>, tensor<?x8xf32, #graph.dims<n, 8>>
  // CHECK-NEXT: graph.rotary_embedding %[[X]], %[[D]], %[[D]] rotated 6 interleaved : tensor<3x?x8xf32, #graph.dims<3, n, 8>>, tensor<1x3xf32>
  %1 = graph.rotary_embedding %x, %d, %d rotated 6 interleaved : tensor<3x?x8xf32, #graph.dims<3, n, 8>>, tensor<1x3xf32>
  return
}

// A bias by the distance of a key and a row.
// CHECK-LABEL: func.func @diagonals(
// CHECK-SAME:      %[[B:[^:]*]]: tensor<3x?xf32, #graph.dims<3, n + 4>>)
func.func @diagonals(%q: tensor<3x5x4xf32>, %k: tensor<3x?x4xf32, #graph.dims<3, n, 4>>, %b: tensor<3x?xf32, #graph.dims<3, n + 4>>) {
  // CHECK:      graph.attention %{{.*}} extras(%[[B]]) :
  // CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<3x5x?xf32, #graph.dims<3, 5, n>>, %[[A:.*]]: tensor<3x?xf32, #graph.dims<3, n + 4>>):
  // CHECK-NEXT:   graph.diagonals %[[A]] : tensor<3x?xf32, #graph.dims<3, n + 4>> -> tensor<3x5x?xf32, #graph.dims<3, 5, n>>
  %0 = graph.attention %q, %k, %k extras(%b) : tensor<3x5x4xf32>, tensor<3x?x4xf32, #graph.dims<3, n, 4>>, tensor<3x?x4xf32, #graph.dims<3, n, 4>>, tensor<3x?xf32, #graph.dims<3, n + 4>> -> tensor<3x5x4xf32> {
  ^bb0(%s: tensor<3x5x?xf32, #graph.dims<3, 5, n>>, %bias: tensor<3x?xf32, #graph.dims<3, n + 4>>):
    %1 = graph.diagonals %bias : tensor<3x?xf32, #graph.dims<3, n + 4>> -> tensor<3x5x?xf32, #graph.dims<3, 5, n>>
    %2 = graph.add %s, %1 : tensor<3x5x?xf32, #graph.dims<3, 5, n>>, tensor<3x5x?xf32, #graph.dims<3, 5, n>> -> tensor<3x5x?xf32, #graph.dims<3, 5, n>>
    graph.yield %2 : tensor<3x5x?xf32, #graph.dims<3, 5, n>>
  }
  return
}
