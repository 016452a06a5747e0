// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// matmul
//===----------------------------------------------------------------------===//

func.func @c1_matmul_of_a_vector(%x: tensor<4xf32>, %w: tensor<4x3xf32>) {
  // expected-error @below {{operands have ranks 1 and 2, but 2 is the least}}
  %0 = graph.matmul %x, %w : tensor<4xf32>, tensor<4x3xf32> -> tensor<3xf32>
  return
}

// -----

// The right side is not transposed.
func.func @c2_matmul_depth(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>) {
  // expected-error @below {{depth of [2, 4] is not the row count of [3, 4]}}
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<3x4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c3_matmul_transposed_result(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>) {
  // expected-error @below {{product of [2, 4] and [4, 3] does not have shape [3, 2]}}
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @c3_matmul_batches_differ(%x: tensor<5x2x4xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error @below {{product of [5, 2, 4] and [6, 4, 3] does not have shape [5, 2, 3]}}
  %0 = graph.matmul %x, %w : tensor<5x2x4xf32>, tensor<6x4x3xf32> -> tensor<5x2x3xf32>
  return
}

// -----

func.func @c3_matmul_loses_its_batch(%x: tensor<5x2x4xf32>, %w: tensor<4x3xf32>) {
  // expected-error @below {{product of [5, 2, 4] and [4, 3] does not have shape [2, 3]}}
  %0 = graph.matmul %x, %w : tensor<5x2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c4_matmul_of_two_types(%x: tensor<2x4xf32>, %w: tensor<4x3xbf16>) {
  // expected-error @below {{of 'f32' and 'bf16' cannot be summed in 'f32'}}
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xbf16> -> tensor<2x3xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

func.func @c1_reduce_unknown_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis 2 is not an axis of a tensor of rank 2}}
  %0 = graph.reduce sum %x axes [2] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_reduce_axis_twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{axes must be sorted and different}}
  %0 = graph.reduce sum %x axes [1, 1] : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

func.func @c1_reduce_axes_out_of_order(%x: tensor<2x3xf32>) {
  // expected-error @below {{axes must be sorted and different}}
  %0 = graph.reduce sum %x axes [1, 0] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @c2_reduce_drops_the_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{result [2] differs from the input [2, 3] outside the reduced axes}}
  %0 = graph.reduce sum %x axes [1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @c2_reduce_of_the_other_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{result [1, 3] differs from the input [2, 3] outside the reduced axes}}
  %0 = graph.reduce sum %x axes [1] : tensor<2x3xf32> -> tensor<1x3xf32>
  return
}

// -----

func.func @c2_reduce_keeps_the_size(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduced axis 1 must stay with size 1}}
  %0 = graph.reduce sum %x axes [1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @reduce_of_booleans(%x: tensor<2x3xi1>) {
  // expected-error @below {{operand #0 must be ranked tensor of}}
  %0 = graph.reduce max %x axes [1] : tensor<2x3xi1> -> tensor<2x1xi1>
  return
}

// -----

func.func @c1_arg_max_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis 2 is not an axis of a tensor of rank 2}}
  %0 = graph.arg_max %x axis 2 : tensor<2x3xf32> -> tensor<2x1xi64>
  return
}

// -----

func.func @c2_arg_max_result(%x: tensor<2x3xf32>) {
  // expected-error @below {{reduced axis 1 must stay with size 1}}
  %0 = graph.arg_max %x axis 1 : tensor<2x3xf32> -> tensor<2x3xi64>
  return
}

// -----

func.func @c2_arg_max_of_the_other_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{result [1, 3] differs from the input [2, 3] outside the reduced axes}}
  %0 = graph.arg_max %x axis 1 : tensor<2x3xf32> -> tensor<1x3xi64>
  return
}

// -----

func.func @c1_cumulative_sum_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{axis -1 is not an axis of a tensor of rank 2}}
  %0 = graph.cumulative_sum %x axis -1 : tensor<2x3xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

func.func @c1_softmax_of_one_element(%x: tensor<f32>) {
  // expected-error @below {{input must have at least one axis}}
  %0 = graph.softmax %x : tensor<f32>
  return
}

// -----

func.func @c1_layer_norm_of_one_element(%x: tensor<f32>, %g: tensor<1xf32>) {
  // expected-error @below {{input must have at least one axis}}
  %0 = graph.layer_norm %x, %g epsilon 0.125 : tensor<f32>, tensor<1xf32>
  return
}

// -----

func.func @c2_layer_norm_gain_is_a_column(%x: tensor<2x3xf32>, %g: tensor<2xf32>) {
  // expected-error @below {{operand [2] does not match the last axis of input [2, 3]}}
  %0 = graph.layer_norm %x, %g epsilon 0.125 : tensor<2x3xf32>, tensor<2xf32>
  return
}

// -----

func.func @c2_layer_norm_bias_is_a_matrix(%x: tensor<2x3xf32>, %g: tensor<3xf32>, %b: tensor<1x3xf32>) {
  // expected-error @below {{operand [1, 3] does not match the last axis of input [2, 3]}}
  %0 = graph.layer_norm %x, %g bias %b : tensor<1x3xf32> epsilon 0.125 : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @c3_layer_norm_epsilon_is_negative(%x: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @below {{epsilon must not be negative}}
  %0 = graph.layer_norm %x, %g epsilon -0.125 : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @c1_rms_norm_of_one_element(%x: tensor<f32>, %g: tensor<1xf32>) {
  // expected-error @below {{input must have at least one axis}}
  %0 = graph.rms_norm %x, %g epsilon 0.125 : tensor<f32>, tensor<1xf32>
  return
}

// -----

func.func @c2_rms_norm_gain(%x: tensor<2x?xf32, #graph.dims<2, n>>, %g: tensor<?xf32, #graph.dims<m>>) {
  // expected-error @below {{operand [m] does not match the last axis of input [2, n]}}
  %0 = graph.rms_norm %x, %g epsilon 0.125 : tensor<2x?xf32, #graph.dims<2, n>>, tensor<?xf32, #graph.dims<m>>
  return
}

// -----

func.func @c3_rms_norm_epsilon_is_nan(%x: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @below {{epsilon must not be negative}}
  %0 = graph.rms_norm %x, %g epsilon 0x7FC00000 : tensor<2x3xf32>, tensor<3xf32>
  return
}
