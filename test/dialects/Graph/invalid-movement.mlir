// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// reshape, transpose, broadcast
//===----------------------------------------------------------------------===//

func.func @c1_reshape_loses_elements(%x: tensor<2x3xf32>) {
  // expected-error @below {{input has 6 elements, the result 5}}
  %0 = graph.reshape %x : tensor<2x3xf32> -> tensor<5xf32>
  return
}

// -----

func.func @reshape_to_another_type(%x: tensor<2x3xf32>) {
  // expected-error @below {{all of {input, result} have same element type}}
  %0 = graph.reshape %x : tensor<2x3xf32> -> tensor<6xi32>
  return
}

// -----

func.func @c1_transpose_has_an_axis_twice(%x: tensor<2x3x4xf32>) {
  // expected-error @below {{permutes 3 axes of a tensor of rank 3}}
  %0 = graph.transpose %x [0, 2, 2] : tensor<2x3x4xf32> -> tensor<2x4x4xf32>
  return
}

// -----

func.func @c1_transpose_misses_an_axis(%x: tensor<2x3x4xf32>) {
  // expected-error @below {{permutes 2 axes of a tensor of rank 3}}
  %0 = graph.transpose %x [1, 0] : tensor<2x3x4xf32> -> tensor<3x2xf32>
  return
}

// -----

// The inverse permutation would fit.
func.func @c2_transpose_the_other_way(%x: tensor<2x3x4xf32>) {
  // expected-error @below {{axis 0 of the result [3, 4, 2] is not axis 2 of the input [2, 3, 4]}}
  %0 = graph.transpose %x [2, 0, 1] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  return
}

// -----

func.func @c1_broadcast_of_an_axis_other_than_one(%x: tensor<2x3xf32>) {
  // expected-error @below {{shape [4, 3] of the result is not the broadcast of [2, 3] and [4, 3]}}
  %0 = graph.broadcast %x : tensor<2x3xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @c1_broadcast_to_less(%x: tensor<2x3xf32>) {
  // expected-error @below {{shape [2, 1] of the result is not the broadcast of [2, 3] and [2, 1]}}
  %0 = graph.broadcast %x : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// concat
//===----------------------------------------------------------------------===//

func.func @c1_concat_of_nothing() {
  // expected-error @below {{needs at least one operand}}
  %0 = "graph.concat"() {axis = 0} : () -> tensor<0x3xf32>
  return
}

// -----

func.func @c1_concat_of_two_ranks(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{operand 'tensor<3xf32>' does not fit the result 'tensor<3x3xf32>'}}
  %0 = graph.concat %x, %y axis 0 : tensor<2x3xf32>, tensor<3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @c1_concat_of_two_types(%x: tensor<2x3xf32>, %y: tensor<1x3xi32>) {
  // expected-error @below {{operand 'tensor<1x3xi32>' does not fit the result 'tensor<3x3xf32>'}}
  %0 = graph.concat %x, %y axis 0 : tensor<2x3xf32>, tensor<1x3xi32> -> tensor<3x3xf32>
  return
}

// -----

func.func @c2_concat_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis 2 is not an axis of a tensor of rank 2}}
  %0 = graph.concat %x, %x axis 2 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x6xf32>
  return
}

// -----

func.func @c3_concat_of_different_rows(%x: tensor<2x3xf32>, %y: tensor<1x4xf32>) {
  // expected-error @below {{operand [1, 4] differs from the result [3, 3] outside axis 0}}
  %0 = graph.concat %x, %y axis 0 : tensor<2x3xf32>, tensor<1x4xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @c4_concat_sizes(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) {
  // expected-error @below {{operands have 6 elements along axis 0, the result 5}}
  %0 = graph.concat %x, %y axis 0 : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<5x3xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// slice, pad, patches
//===----------------------------------------------------------------------===//

func.func @c1_slice_starts(%x: tensor<5x7xf32>) {
  // expected-error @below {{needs one start and one step for each of the 2 axes of input and result}}
  %0 = graph.slice %x from <0> step [1, 1] : tensor<5x7xf32> -> tensor<5x7xf32>
  return
}

// -----

func.func @c1_slice_steps(%x: tensor<5x7xf32>) {
  // expected-error @below {{needs one start and one step for each of the 2 axes of input and result}}
  %0 = graph.slice %x from <0, 0> step [1, 1, 1] : tensor<5x7xf32> -> tensor<5x7xf32>
  return
}

// -----

func.func @c1_slice_drops_an_axis(%x: tensor<5x7xf32>) {
  // expected-error @below {{needs one start and one step for each of the 2 axes of input and result}}
  %0 = graph.slice %x from <0, 0> step [1, 1] : tensor<5x7xf32> -> tensor<7xf32>
  return
}

// -----

func.func @c2_slice_without_step(%x: tensor<5x7xf32>) {
  // expected-error @below {{step of axis 1 is 0}}
  %0 = graph.slice %x from <0, 0> step [1, 0] : tensor<5x7xf32> -> tensor<5x7xf32>
  return
}

// -----

func.func @c3_slice_ends_outside(%x: tensor<5x7xf32>) {
  // expected-error @below {{takes elements 1 to 7 of axis 1, which has 7}}
  %0 = graph.slice %x from <0, 1> step [1, 2] : tensor<5x7xf32> -> tensor<5x4xf32>
  return
}

// -----

func.func @c3_slice_walks_backwards_outside(%x: tensor<5x7xf32>) {
  // expected-error @below {{takes elements 4 to -1 of axis 0, which has 5}}
  %0 = graph.slice %x from <4, 0> step [-1, 1] : tensor<5x7xf32> -> tensor<6x7xf32>
  return
}

// -----

func.func @c3_slice_starts_outside(%x: tensor<5x7xf32>) {
  // expected-error @below {{takes elements -1 to -1 of axis 0, which has 5}}
  %0 = graph.slice %x from <-1, 0> step [1, 1] : tensor<5x7xf32> -> tensor<1x7xf32>
  return
}

// -----

func.func @c1_pad_counts(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // expected-error @below {{has 1 counts for 2 axes}}
  %0 = graph.pad constant %x, %v low [1] : tensor<2x3xf32>, tensor<f32> -> tensor<3x3xf32>
  return
}

// -----

func.func @c2_pad_value(%x: tensor<2x3xf32>, %v: tensor<1xf32>) {
  // expected-error @below {{value must be a single element of rank 0}}
  %0 = graph.pad constant %x, %v low [1, 0] : tensor<2x3xf32>, tensor<1xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @c3_pad_changes_the_rank(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // expected-error @below {{changes the rank from 2 to 3}}
  %0 = graph.pad edge %x, %v low [1, 0] : tensor<2x3xf32>, tensor<f32> -> tensor<1x3x3xf32>
  return
}

// -----

func.func @c1_patches_without_spatial_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{turns rank 2 into rank 2}}
  %0 = graph.patches %x strides [] dilations [] low [] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_patches_result(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{turns rank 3 into rank 3}}
  %0 = graph.patches %x strides [1] dilations [1] low [0] : tensor<2x3x8xf32> -> tensor<2x6x9xf32>
  return
}

// -----

func.func @c2_patches_strides(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{needs 1 positive strides and dilations and as many paddings}}
  %0 = graph.patches %x strides [0] dilations [1] low [0] : tensor<2x3x8xf32> -> tensor<2x6x3x3xf32>
  return
}

// -----

func.func @c2_patches_dilations(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{needs 1 positive strides and dilations and as many paddings}}
  %0 = graph.patches %x strides [1] dilations [1, 1] low [0] : tensor<2x3x8xf32> -> tensor<2x6x3x3xf32>
  return
}

// -----

func.func @c2_patches_low(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{needs 1 positive strides and dilations and as many paddings}}
  %0 = graph.patches %x strides [1] dilations [1] low [] : tensor<2x3x8xf32> -> tensor<2x6x3x3xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// iota, dim_values
//===----------------------------------------------------------------------===//

func.func @c1_iota_has_the_axis() {
  // expected-error @below {{axis 2 is no axis of [1, 3]}}
  %0 = graph.iota axis 2 : tensor<1x3xi64>
  return
}

// -----

func.func @c2_iota_counts_along_one_axis() {
  // expected-error @below {{[2, 3] has more than one element along axis 0}}
  %0 = graph.iota axis 1 : tensor<2x3xi64>
  return
}

// -----

func.func @iota_of_floats() {
  // expected-error @below {{result #0 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values}}
  %0 = graph.iota : tensor<3xf32>
  return
}

// -----

func.func @c1_dim_values_count() {
  // expected-error @below {{2 values do not fit 'tensor<3xi64>'}}
  %0 = graph.dim_values <n, 3> : tensor<3xi64>
  return
}

// -----

func.func @c1_dim_values_of_rank_0() {
  // expected-error @below {{2 values do not fit 'tensor<i64>'}}
  %0 = graph.dim_values <n, 3> : tensor<i64>
  return
}

// -----

func.func @c1_dim_values_of_rank_2() {
  // expected-error @below {{2 values do not fit 'tensor<2x1xi64>'}}
  %0 = graph.dim_values <n, 3> : tensor<2x1xi64>
  return
}
