// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

//===----------------------------------------------------------------------===//
// The same elements, elsewhere
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @reshape(
// CHECK-SAME:      %[[X:.*]]: tensor<?x6xf32, #graph.dims<n, 6>>)
func.func @reshape(%x: tensor<?x6xf32, #graph.dims<n, 6>>) {
  // CHECK-NEXT: graph.reshape %[[X]] : tensor<?x6xf32, #graph.dims<n, 6>> -> tensor<?xf32, #graph.dims<n * 6>>
  %0 = graph.reshape %x : tensor<?x6xf32, #graph.dims<n, 6>> -> tensor<?xf32, #graph.dims<6 * n>>
  return
}

// CHECK-LABEL: func.func @transpose(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x4xi1>)
func.func @transpose(%x: tensor<2x3x4xi1>) {
  // CHECK-NEXT: graph.transpose %[[X]] [2, 0, 1] : tensor<2x3x4xi1> -> tensor<4x2x3xi1>
  %0 = graph.transpose %x [2, 0, 1] : tensor<2x3x4xi1> -> tensor<4x2x3xi1>
  return
}

// CHECK-LABEL: func.func @broadcast(
// CHECK-SAME:      %[[X:.*]]: tensor<3x1xf32>)
func.func @broadcast(%x: tensor<3x1xf32>) {
  // CHECK-NEXT: graph.broadcast %[[X]] : tensor<3x1xf32> -> tensor<2x3x4xf32>
  %0 = graph.broadcast %x : tensor<3x1xf32> -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @concat(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<2x?xf32, #graph.dims<2, past>>)
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x?xf32, #graph.dims<2, past>>) {
  // CHECK-NEXT: graph.concat %[[X]], %[[Y]], %[[X]] axis 1 : tensor<2x3xf32>, tensor<2x?xf32, #graph.dims<2, past>>, tensor<2x3xf32> -> tensor<2x?xf32, #graph.dims<2, past + 6>>
  // CHECK-NEXT: graph.concat %[[X]] axis 0 : tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = graph.concat %x, %y, %x axis 1
     : tensor<2x3xf32>, tensor<2x?xf32, #graph.dims<2, past>>, tensor<2x3xf32>
    -> tensor<2x?xf32, #graph.dims<2, past + 6>>
  %1 = graph.concat %x axis 0 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @slice(
// CHECK-SAME:      %[[X:.*]]: tensor<5x7xf32>)
func.func @slice(%x: tensor<5x7xf32>) {
  // Rows 4, 2 and 0, as far as they go; the last two columns.
  // CHECK-NEXT: graph.slice %[[X]] from <4, 5> step [-2, 1] : tensor<5x7xf32> -> tensor<3x2xf32>
  // CHECK-NEXT: graph.slice %[[X]] from <n, 0> step [1, 3] : tensor<5x7xf32> -> tensor<1x3xf32>
  // CHECK-NEXT: graph.slice %[[X]] from <9, 0> step [1, 1] : tensor<5x7xf32> -> tensor<0x7xf32>
  %0 = graph.slice %x from <4, 5> step [-2, 1] : tensor<5x7xf32> -> tensor<3x2xf32>
  %1 = graph.slice %x from <n, 0> step [1, 3] : tensor<5x7xf32> -> tensor<1x3xf32>
  %2 = graph.slice %x from <9, 0> step [1, 1] : tensor<5x7xf32> -> tensor<0x7xf32>
  return
}

// CHECK-LABEL: func.func @pad(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>)
func.func @pad(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // CHECK-NEXT: graph.pad constant %[[X]], %[[V]] low [1, -1] : tensor<2x3xf32>, tensor<f32> -> tensor<4x4xf32>
  // CHECK-NEXT: graph.pad reflect %[[X]], %[[V]] low [1, 2] : tensor<2x3xf32>, tensor<f32> -> tensor<3x5xf32>
  // CHECK-NEXT: graph.pad edge %[[X]], %[[V]] low [0, 0] : tensor<2x3xf32>, tensor<f32> -> tensor<2x4xf32>
  // CHECK-NEXT: graph.pad wrap %[[X]], %[[V]] low [0, 3] : tensor<2x3xf32>, tensor<f32> -> tensor<2x6xf32>
  %0 = graph.pad constant %x, %v low [1, -1] : tensor<2x3xf32>, tensor<f32> -> tensor<4x4xf32>
  %1 = graph.pad reflect %x, %v low [1, 2] : tensor<2x3xf32>, tensor<f32> -> tensor<3x5xf32>
  %2 = graph.pad edge %x, %v low [0, 0] : tensor<2x3xf32>, tensor<f32> -> tensor<2x4xf32>
  %3 = graph.pad wrap %x, %v low [0, 3] : tensor<2x3xf32>, tensor<f32> -> tensor<2x6xf32>
  return
}

// CHECK-LABEL: func.func @patches(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x8x9xf32>)
func.func @patches(%x: tensor<2x3x8x9xf32>) {
  // CHECK-NEXT: graph.patches %[[X]] strides [2, 1] dilations [1, 3] low [1, 0] : tensor<2x3x8x9xf32> -> tensor<2x4x6x3x3x2xf32>
  %0 = graph.patches %x strides [2, 1] dilations [1, 3] low [1, 0] : tensor<2x3x8x9xf32> -> tensor<2x4x6x3x3x2xf32>
  return
}

//===----------------------------------------------------------------------===//
// Places chosen by indices
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @gather(
// CHECK-SAME:      %[[X:.*]]: tensor<5x6x7xf32>, %[[I:.*]]: tensor<2x3xi64>, %[[ONE:.*]]: tensor<i32>)
func.func @gather(%x: tensor<5x6x7xf32>, %i: tensor<2x3xi64>, %one: tensor<i32>) {
  // CHECK-NEXT: graph.gather %[[X]], %[[I]] axis 1 : tensor<5x6x7xf32>, tensor<2x3xi64> -> tensor<5x2x3x7xf32>
  // CHECK-NEXT: graph.gather %[[X]], %[[ONE]] axis 0 : tensor<5x6x7xf32>, tensor<i32> -> tensor<6x7xf32>
  %0 = graph.gather %x, %i axis 1 : tensor<5x6x7xf32>, tensor<2x3xi64> -> tensor<5x2x3x7xf32>
  %1 = graph.gather %x, %one axis 0 : tensor<5x6x7xf32>, tensor<i32> -> tensor<6x7xf32>
  return
}

// CHECK-LABEL: func.func @gather_elements(
// CHECK-SAME:      %[[X:.*]]: tensor<5x6xf32>, %[[I:.*]]: tensor<5x2xi32>)
func.func @gather_elements(%x: tensor<5x6xf32>, %i: tensor<5x2xi32>) {
  // CHECK-NEXT: graph.gather_elements %[[X]], %[[I]] axis 1 : tensor<5x6xf32>, tensor<5x2xi32> -> tensor<5x2xf32>
  %0 = graph.gather_elements %x, %i axis 1 : tensor<5x6xf32>, tensor<5x2xi32> -> tensor<5x2xf32>
  return
}

// CHECK-LABEL: func.func @gather_nd(
// CHECK-SAME:      %[[X:.*]]: tensor<5x6x7xf32>, %[[I:.*]]: tensor<5x3x1xi64>, %[[ALL:.*]]: tensor<4x3xi64>)
func.func @gather_nd(%x: tensor<5x6x7xf32>, %i: tensor<5x3x1xi64>, %all: tensor<4x3xi64>) {
  // CHECK-NEXT: graph.gather_nd %[[X]], %[[I]] batch_axes 1 : tensor<5x6x7xf32>, tensor<5x3x1xi64> -> tensor<5x3x7xf32>
  // CHECK-NEXT: graph.gather_nd %[[X]], %[[ALL]] batch_axes 0 : tensor<5x6x7xf32>, tensor<4x3xi64> -> tensor<4xf32>
  %0 = graph.gather_nd %x, %i batch_axes 1 : tensor<5x6x7xf32>, tensor<5x3x1xi64> -> tensor<5x3x7xf32>
  %1 = graph.gather_nd %x, %all batch_axes 0 : tensor<5x6x7xf32>, tensor<4x3xi64> -> tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @scatter_elements(
// CHECK-SAME:      %[[X:.*]]: tensor<5x6xf32>, %[[I:.*]]: tensor<2x6xi64>, %[[U:.*]]: tensor<2x6xf32>)
func.func @scatter_elements(%x: tensor<5x6xf32>, %i: tensor<2x6xi64>, %u: tensor<2x6xf32>) {
  // CHECK-NEXT: graph.scatter_elements assign %[[X]], %[[I]], %[[U]] axis 0 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf32>
  // CHECK-NEXT: graph.scatter_elements add %[[X]], %[[I]], %[[U]] axis 1 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf32>
  %0 = graph.scatter_elements assign %x, %i, %u axis 0 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf32>
  %1 = graph.scatter_elements add %x, %i, %u axis 1 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf32>
  return
}

// CHECK-LABEL: func.func @scatter_nd(
// CHECK-SAME:      %[[X:.*]]: tensor<5x6x7xf32>, %[[I:.*]]: tensor<4x2xi64>, %[[U:.*]]: tensor<4x7xf32>)
func.func @scatter_nd(%x: tensor<5x6x7xf32>, %i: tensor<4x2xi64>, %u: tensor<4x7xf32>) {
  // CHECK-NEXT: graph.scatter_nd mul %[[X]], %[[I]], %[[U]] : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  // CHECK-NEXT: graph.scatter_nd max %[[X]], %[[I]], %[[U]] : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  // CHECK-NEXT: graph.scatter_nd min %[[X]], %[[I]], %[[U]] : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  %0 = graph.scatter_nd mul %x, %i, %u : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  %1 = graph.scatter_nd max %x, %i, %u : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  %2 = graph.scatter_nd min %x, %i, %u : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4x7xf32>
  return
}

//===----------------------------------------------------------------------===//
// Elements from nothing
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @iota(
func.func @iota() {
  // CHECK-NEXT: graph.iota : tensor<?xi64, #graph.dims<n>>
  // CHECK-NEXT: graph.iota axis 1 : tensor<1x3x1xi32>
  %0 = graph.iota : tensor<?xi64, #graph.dims<n>>
  %1 = graph.iota axis 1 : tensor<1x3x1xi32>
  return
}

// CHECK-LABEL: func.func @dim_values(
func.func @dim_values() {
  // CHECK-NEXT: graph.dim_values <n + 1, 3> : tensor<2xi64>
  // CHECK-NEXT: graph.dim_values <batch * sequence> : tensor<i32>
  %0 = graph.dim_values <1 + n, 3> : tensor<2xi64>
  %1 = graph.dim_values <sequence * batch> : tensor<i32>
  return
}
