// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c1_row_scales_of_a_number(%x: tensor<f32>) {
  // expected-error @below {{input must have at least one axis}}
  %0 = graph.row_scales %x : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @c2_row_scales_of_columns(%x: tensor<2x4xf32>) {
  // expected-error @below {{[1, 4] has not one scale for each row of [2, 4]}}
  %0 = graph.row_scales %x : tensor<2x4xf32> -> tensor<1x4xf32>
  return
}

// -----

func.func @c1_quantize_rows_of_a_number(%x: tensor<f32>) {
  // expected-error @below {{input must have at least one axis}}
  %0 = graph.quantize_rows %x, %x : tensor<f32>, tensor<f32> -> tensor<i8>
  return
}

// -----

func.func @c2_quantize_rows_without_an_axis(%x: tensor<2x4xf32>, %s: tensor<2xf32>) {
  // expected-error @below {{[2] has not one scale for each row of [2, 4]}}
  %0 = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2xf32> -> tensor<2x4xi8>
  return
}

// -----

func.func @c3_quantize_rows_to_another_shape(%x: tensor<2x4xf32>, %s: tensor<2x1xf32>) {
  // expected-error @below {{result [4, 2] has not the shape of the input [2, 4]}}
  %0 = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<4x2xi8>
  return
}

// -----

func.func @c4_matmul_of_unsigned_weights(%x: tensor<2x4xi8>, %w: tensor<4x3xui8>) {
  // expected-error @below {{of 'i8' and 'ui8' cannot be summed in 'i32'}}
  %0 = graph.matmul %x, %w : tensor<2x4xi8>, tensor<4x3xui8> -> tensor<2x3xi32>
  return
}

// -----

func.func @c4_matmul_of_groups_of_unsigned_rows(%x: tensor<2x8xui8>, %w: tensor<8x3xi8>, %s: tensor<2x3xf32>) {
  // expected-error @below {{of 'ui8' and 'i8' cannot be summed in 'f32'}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) : tensor<2x8xui8>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c4_matmul_of_groups_in_integers(%x: tensor<2x8xi8>, %w: tensor<8x3xi8>, %s: tensor<2x3xf32>) {
  // expected-error @below {{of 'i8' and 'i8' cannot be summed in 'i32'}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) : tensor<2x8xi8>, tensor<8x3xi8> -> tensor<2x3xi32>
  return
}

// -----

func.func @c5_matmul_scales_of_other_columns(%x: tensor<2x8xi8>, %w: tensor<8x3xi8>, %s: tensor<2x4xf32>) {
  // expected-error @below {{[2, 4] has no scales for the columns of [8, 3] in groups of equal size}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x4xf32>) : tensor<2x8xi8>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c5_matmul_of_unequal_groups(%x: tensor<2x8xi8>, %w: tensor<8x3xi8>, %s: tensor<3x3xf32>) {
  // expected-error @below {{[3, 3] has no scales for the columns of [8, 3] in groups of equal size}}
  %0 = graph.matmul %x, %w scales(%s : tensor<3x3xf32>) : tensor<2x8xi8>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c5_matmul_scales_without_groups(%x: tensor<2x8xi8>, %w: tensor<8x3xi8>, %s: tensor<3xf32>) {
  // expected-error @below {{[3] has no scales for the columns of [8, 3] in groups of equal size}}
  %0 = graph.matmul %x, %w scales(%s : tensor<3xf32>) : tensor<2x8xi8>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c5_matmul_of_groups_in_batches(%x: tensor<5x2x8xi8>, %w: tensor<5x8x3xi8>, %s: tensor<2x3xf32>) {
  // expected-error @below {{[2, 3] has no scales for the columns of [5, 8, 3] in groups of equal size}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) : tensor<5x2x8xi8>, tensor<5x8x3xi8> -> tensor<5x2x3xf32>
  return
}

// -----

func.func @c4_matmul_of_floats_and_batches_of_bytes(%x: tensor<5x2x8xf32>, %w: tensor<5x8x3xi8>) {
  // expected-error @below {{of 'f32' and 'i8' cannot be summed in 'f32'}}
  %0 = graph.matmul %x, %w : tensor<5x2x8xf32>, tensor<5x8x3xi8> -> tensor<5x2x3xf32>
  return
}

// -----

func.func @c4_matmul_of_groups_of_floats(%x: tensor<2x8xf32>, %w: tensor<8x3xf32>, %s: tensor<2x3xf32>) {
  // expected-error @below {{of 'f32' and 'f32' cannot be summed in 'f32'}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) : tensor<2x8xf32>, tensor<8x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c6_matmul_of_bytes_without_scales(%x: tensor<2x8xf32>, %w: tensor<8x3xi8>) {
  // expected-error @below {{has groups of numbers without scales}}
  %0 = graph.matmul %x, %w bytes : tensor<2x8xf32>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c6_matmul_with_zeros_of_other_groups(%x: tensor<2x8xf32>, %w: tensor<8x3xi8>, %s: tensor<2x3xf32>, %z: tensor<1x3xi8>) {
  // expected-error @below {{zeros [1, 3] have not the shape of the scales [2, 3]}}
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) zeros(%z : tensor<1x3xi8>) : tensor<2x8xf32>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_look_up_columns_without_their_scales(%w: tensor<8x3xi8>, %s: tensor<2x4xf32>, %i: tensor<5xi64>) {
  // expected-error @below {{[2, 4] has no scales for the columns of [8, 3] in groups of equal size}}
  %0 = graph.look_up_columns %w, %s at %i : tensor<8x3xi8>, tensor<2x4xf32>, tensor<5xi64> -> tensor<5x8xf32>
  return
}

// -----

func.func @c2_look_up_columns_as_columns(%w: tensor<8x3xi8>, %s: tensor<2x3xf32>, %i: tensor<5xi64>) {
  // expected-error @below {{result [8, 5] is not [5] columns of [8, 3]}}
  %0 = graph.look_up_columns %w, %s at %i : tensor<8x3xi8>, tensor<2x3xf32>, tensor<5xi64> -> tensor<8x5xf32>
  return
}
