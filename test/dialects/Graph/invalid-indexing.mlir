// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

func.func @c1_gather_axis(%x: tensor<5x6xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{axis -1 is not an axis of a tensor of rank 2}}
  %0 = graph.gather %x, %i axis -1 : tensor<5x6xf32>, tensor<3xi64> -> tensor<5x3xf32>
  return
}

// -----

func.func @c2_gather_replaces_the_wrong_axis(%x: tensor<5x6xf32>, %i: tensor<2x3xi64>) {
  // expected-error @below {{result [2, 3, 6] is not [5, 6] with axis 1 replaced by [2, 3]}}
  %0 = graph.gather %x, %i axis 1 : tensor<5x6xf32>, tensor<2x3xi64> -> tensor<2x3x6xf32>
  return
}

// -----

func.func @c2_gather_keeps_the_axis(%x: tensor<5x6xf32>, %i: tensor<i64>) {
  // expected-error @below {{result [1, 6] is not [5, 6] with axis 0 replaced by []}}
  %0 = graph.gather %x, %i axis 0 : tensor<5x6xf32>, tensor<i64> -> tensor<1x6xf32>
  return
}

// -----

func.func @gather_by_bytes(%x: tensor<5x6xf32>, %i: tensor<3xi8>) {
  // expected-error @below {{operand #1 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values}}
  %0 = graph.gather %x, %i axis 0 : tensor<5x6xf32>, tensor<3xi8> -> tensor<3x6xf32>
  return
}

// -----

func.func @c1_gather_elements_axis(%x: tensor<5x6xf32>, %i: tensor<5x2xi64>) {
  // expected-error @below {{axis 2 is not an axis of a tensor of rank 2}}
  %0 = graph.gather_elements %x, %i axis 2 : tensor<5x6xf32>, tensor<5x2xi64> -> tensor<5x2xf32>
  return
}

// -----

func.func @c2_gather_elements_rank(%x: tensor<5x6xf32>, %i: tensor<2xi64>) {
  // expected-error @below {{indices have rank 1, the input 2}}
  %0 = graph.gather_elements %x, %i axis 1 : tensor<5x6xf32>, tensor<2xi64> -> tensor<2xf32>
  return
}

// -----

func.func @c3_gather_elements_result(%x: tensor<5x6xf32>, %i: tensor<5x2xi64>) {
  // expected-error @below {{result [5, 6] does not have the shape of indices [5, 2]}}
  %0 = graph.gather_elements %x, %i axis 1 : tensor<5x6xf32>, tensor<5x2xi64> -> tensor<5x6xf32>
  return
}

// -----

func.func @c1_gather_nd_tuples_are_too_long(%x: tensor<5x6x7xf32>, %i: tensor<5x3xi64>) {
  // expected-error @below {{the last axis of indices [5, 3] must be a number from 1 to 2}}
  %0 = graph.gather_nd %x, %i batch_axes 1 : tensor<5x6x7xf32>, tensor<5x3xi64> -> tensor<5xf32>
  return
}

// -----

func.func @c1_gather_nd_tuples_are_empty(%x: tensor<5x6x7xf32>, %i: tensor<4x0xi64>) {
  // expected-error @below {{the last axis of indices [4, 0] must be a number from 1 to 3}}
  %0 = graph.gather_nd %x, %i batch_axes 0 : tensor<5x6x7xf32>, tensor<4x0xi64> -> tensor<4x5x6x7xf32>
  return
}

// -----

func.func @c1_gather_nd_length_is_unknown(%x: tensor<5x6xf32>, %i: tensor<4x?xi64, #graph.dims<4, n>>) {
  // expected-error @below {{the last axis of indices [4, n] must be a number from 1 to 2}}
  %0 = graph.gather_nd %x, %i batch_axes 0 : tensor<5x6xf32>, tensor<4x?xi64, #graph.dims<4, n>> -> tensor<4xf32>
  return
}

// -----

func.func @c1_gather_nd_without_tuples(%x: tensor<5x6xf32>, %i: tensor<i64>) {
  // expected-error @below {{the last axis of indices [] must be a number from 1 to 2}}
  %0 = graph.gather_nd %x, %i batch_axes 0 : tensor<5x6xf32>, tensor<i64> -> tensor<6xf32>
  return
}

// -----

func.func @c2_gather_nd_rank(%x: tensor<5x6x7xf32>, %i: tensor<4x2xi64>) {
  // expected-error @below {{result has rank 1 instead of 2}}
  %0 = graph.gather_nd %x, %i batch_axes 0 : tensor<5x6x7xf32>, tensor<4x2xi64> -> tensor<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// scatter
//===----------------------------------------------------------------------===//

func.func @c1_scatter_elements_axis(%x: tensor<5x6xf32>, %i: tensor<2x6xi64>, %u: tensor<2x6xf32>) {
  // expected-error @below {{axis 2 is not an axis of a tensor of rank 2}}
  %0 = graph.scatter_elements assign %x, %i, %u axis 2 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf32>
  return
}

// -----

func.func @c2_scatter_elements_shapes(%x: tensor<5x6xf32>, %i: tensor<2x6xi64>, %u: tensor<6x2xf32>) {
  // expected-error @below {{indices [2, 6] and updates [6, 2] must have one shape, of rank 2}}
  %0 = graph.scatter_elements assign %x, %i, %u axis 0 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<6x2xf32>
  return
}

// -----

func.func @c2_scatter_elements_rank(%x: tensor<5x6xf32>, %i: tensor<6xi64>, %u: tensor<6xf32>) {
  // expected-error @below {{indices [6] and updates [6] must have one shape, of rank 2}}
  %0 = graph.scatter_elements assign %x, %i, %u axis 0 : tensor<5x6xf32>, tensor<6xi64>, tensor<6xf32>
  return
}

// -----

func.func @scatter_elements_of_another_type(%x: tensor<5x6xf32>, %i: tensor<2x6xi64>, %u: tensor<2x6xf64>) {
  // expected-error @below {{all of {input, updates} have same element type}}
  %0 = graph.scatter_elements assign %x, %i, %u axis 0 : tensor<5x6xf32>, tensor<2x6xi64>, tensor<2x6xf64>
  return
}

// -----

func.func @c1_scatter_nd_tuples_are_too_long(%x: tensor<5x6xf32>, %i: tensor<4x3xi64>, %u: tensor<4xf32>) {
  // expected-error @below {{the last axis of indices [4, 3] must be a number from 1 to 2}}
  %0 = graph.scatter_nd add %x, %i, %u : tensor<5x6xf32>, tensor<4x3xi64>, tensor<4xf32>
  return
}

// -----

func.func @c2_scatter_nd_updates(%x: tensor<5x6x7xf32>, %i: tensor<4x2xi64>, %u: tensor<4xf32>) {
  // expected-error @below {{updates have rank 1 instead of 2}}
  %0 = graph.scatter_nd add %x, %i, %u : tensor<5x6x7xf32>, tensor<4x2xi64>, tensor<4xf32>
  return
}
