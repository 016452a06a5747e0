// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// data
//===----------------------------------------------------------------------===//

// expected-error @below {{must end with weight.yield of 'tensor<3x2xf32>'}}
weight.data @c1_data_yields_another_type : tensor<3x2xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}

// -----

// expected-error @below {{must end with weight.yield of 'tensor<2x3xf32>'}}
weight.data @c1_data_without_yield : tensor<2x3xf32> {
  llvm.unreachable
}

// -----

// expected-error @below {{region should have no arguments}}
"weight.data"() ({
^bb0(%c2_data_with_an_argument: tensor<2xf32>):
  "weight.yield"(%c2_data_with_an_argument) : (tensor<2xf32>) -> ()
}) {sym_name = "w", type = tensor<2xf32>} : () -> ()

// -----

func.func @data_inside_a_function() {
  // expected-error @below {{expects parent op 'builtin.module'}}
  weight.data @w : tensor<2xf32> {
    %0 = weight.file "model.onnx" offset 0 : tensor<2xf32>
    weight.yield %0 : tensor<2xf32>
  }
  return
}

// -----

func.func @yield_outside_a_weight(%x: tensor<2xf32>) {
  // expected-error @below {{expects parent op 'weight.data'}}
  weight.yield %x : tensor<2xf32>
}

// -----

weight.data @twice : tensor<2xf32> { // expected-note {{see existing symbol definition here}}
  %0 = weight.file "model.onnx" offset 0 : tensor<2xf32>
  weight.yield %0 : tensor<2xf32>
}
// expected-error @below {{redefinition of symbol named 'twice'}}
weight.data @twice : tensor<3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}

// -----

//===----------------------------------------------------------------------===//
// file
//===----------------------------------------------------------------------===//

weight.data @c1_file_offset : tensor<2x3xf32> {
  // expected-error @below {{offset -4 is negative}}
  %0 = weight.file "model.onnx" offset -4 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}

// -----

weight.data @c2_file_shape : tensor<2x?xf32, #graph.dims<2, n>> {
  // expected-error @below {{needs a static shape}}
  %0 = weight.file "model.onnx" offset 0 : tensor<2x?xf32, #graph.dims<2, n>>
  weight.yield %0 : tensor<2x?xf32, #graph.dims<2, n>>
}

// -----

//===----------------------------------------------------------------------===//
// pack
//===----------------------------------------------------------------------===//

func.func @c1_pack_of_a_vector(%x: tensor<3xf32>) {
  // expected-error @below {{packs matrices with a static shape}}
  %0 = weight.pack %x : tensor<3xf32> -> tensor<1x3x4xf32>
  return
}

// -----

func.func @c1_pack_of_unknown_columns(%x: tensor<3x?xf32>) {
  // expected-error @below {{packs matrices with a static shape}}
  %0 = weight.pack %x : tensor<3x?xf32> -> tensor<1x3x4xf32>
  return
}

// -----

func.func @c2_pack_drops_the_last_column(%x: tensor<3x5xf32>) {
  // expected-error @below {{panels of 'tensor<3x5xf32>' cannot be 'tensor<1x3x4xf32>'}}
  %0 = weight.pack %x : tensor<3x5xf32> -> tensor<1x3x4xf32>
  return
}

// -----

func.func @c2_pack_to_another_depth(%x: tensor<3x5xf32>) {
  // expected-error @below {{panels of 'tensor<3x5xf32>' cannot be 'tensor<2x4x3xf32>'}}
  %0 = weight.pack %x : tensor<3x5xf32> -> tensor<2x4x3xf32>
  return
}

// -----

func.func @c2_pack_without_width(%x: tensor<3x5xf32>) {
  // expected-error @below {{panels of 'tensor<3x5xf32>' cannot be 'tensor<2x3x0xf32>'}}
  %0 = weight.pack %x : tensor<3x5xf32> -> tensor<2x3x0xf32>
  return
}

// -----

func.func @c2_pack_to_a_matrix(%x: tensor<3x5xf32>) {
  // expected-error @below {{panels of 'tensor<3x5xf32>' cannot be 'tensor<3x5xf32>'}}
  %0 = weight.pack %x : tensor<3x5xf32> -> tensor<3x5xf32>
  return
}

// -----

func.func @c2_pack_to_another_type(%x: tensor<3x5xf32>) {
  // expected-error @below {{panels of 'tensor<3x5xf32>' cannot be 'tensor<2x3x4xi32>'}}
  %0 = weight.pack %x : tensor<3x5xf32> -> tensor<2x3x4xi32>
  return
}

// -----

func.func @c2_pack_with_a_rest_of_the_depth(%x: tensor<6x4xi8>) {
  // expected-error @below {{panels of 'tensor<6x4xi8>' cannot be 'tensor<1x1x4x4xi8>'}}
  %0 = weight.pack %x : tensor<6x4xi8> -> tensor<1x1x4x4xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// scales, quantize, column_sums
//===----------------------------------------------------------------------===//

func.func @c1_scales_of_a_row(%x: tensor<6xf32>) {
  // expected-error @below {{'tensor<6xf32>' is no matrix of static shape}}
  %0 = weight.scales %x bits 8 : tensor<6xf32> -> tensor<1x6xf32>
  return
}

// -----

func.func @c2_scales_of_unequal_groups(%x: tensor<6x2xf32>) {
  // expected-error @below {{'tensor<4x2xf32>' has no scales for the columns of 'tensor<6x2xf32>' in groups of equal size}}
  %0 = weight.scales %x bits 4 : tensor<6x2xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @c3_scales_of_five_bits(%x: tensor<6x2xf32>) {
  // expected-error @below {{numbers have 4 or 8 bits, not 5}}
  %0 = weight.scales %x bits 5 : tensor<6x2xf32> -> tensor<1x2xf32>
  return
}

// -----

func.func @c1_quantize_to_another_shape(%x: tensor<6x2xf32>, %s: tensor<1x2xf32>) {
  // expected-error @below {{'tensor<2x6xi8>' has not the shape of 'tensor<6x2xf32>'}}
  %0 = weight.quantize %x, %s bits 8 : tensor<6x2xf32>, tensor<1x2xf32> -> tensor<2x6xi8>
  return
}

// -----

func.func @c2_quantize_other_columns(%x: tensor<6x2xf32>, %s: tensor<1x3xf32>) {
  // expected-error @below {{'tensor<1x3xf32>' has no scales for the columns of 'tensor<6x2xf32>'}}
  %0 = weight.quantize %x, %s bits 8 : tensor<6x2xf32>, tensor<1x3xf32> -> tensor<6x2xi8>
  return
}

// -----

func.func @c3_quantize_to_one_bit(%x: tensor<6x2xf32>, %s: tensor<1x2xf32>) {
  // expected-error @below {{numbers have 4 or 8 bits, not 1}}
  %0 = weight.quantize %x, %s bits 1 : tensor<6x2xf32>, tensor<1x2xf32> -> tensor<6x2xi8>
  return
}

// -----

func.func @c1_column_sums_of_a_row(%x: tensor<6xi8>) {
  // expected-error @below {{'tensor<6xi8>' is no matrix of static shape}}
  %0 = weight.column_sums %x times 1 : tensor<6xi8> -> tensor<6xi32>
  return
}

// -----

func.func @c2_column_sums_of_rows(%x: tensor<6x2xi8>) {
  // expected-error @below {{'tensor<6xi32>' has not one sum per column of 'tensor<6x2xi8>'}}
  %0 = weight.column_sums %x times 1 : tensor<6x2xi8> -> tensor<6xi32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// pack_groups
//===----------------------------------------------------------------------===//

func.func @c1_pack_groups_of_other_columns(%x: tensor<32x5xi8>, %s: tensor<2x4xf32>) {
  // expected-error @below {{'tensor<2x4xf32>' has no scales for the columns of 'tensor<32x5xi8>' in groups of equal size}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<32x5xi8>, tensor<2x4xf32> -> tensor<2x2x10xi32>
  return
}

// -----

func.func @c2_pack_groups_in_parts_of_words(%x: tensor<24x4xi8>, %s: tensor<2x4xf32>) {
  // expected-error @below {{groups of 12 numbers are no whole words}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<24x4xi8>, tensor<2x4xf32> -> tensor<1x2x8xi32>
  return
}

// -----

func.func @c3_pack_groups_drops_the_last_column(%x: tensor<32x5xi8>, %s: tensor<2x5xf32>) {
  // expected-error @below {{panels of 'tensor<32x5xi8>' with scales 'tensor<2x5xf32>' cannot be 'tensor<1x2x10xi32>'}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<1x2x10xi32>
  return
}

// -----

func.func @c3_pack_groups_in_one_group(%x: tensor<32x5xi8>, %s: tensor<2x5xf32>) {
  // expected-error @below {{cannot be 'tensor<2x1x10xi32>'}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x1x10xi32>
  return
}

// -----

// Five words of scales would not be halves of an even number of columns.
func.func @c3_pack_groups_in_odd_panels(%x: tensor<32x5xi8>, %s: tensor<1x5xf32>) {
  // expected-error @below {{cannot be 'tensor<1x1x22xi32>'}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<32x5xi8>, tensor<1x5xf32> -> tensor<1x1x22xi32>
  return
}

// -----

func.func @c3_pack_groups_with_half_of_the_wide_scales(%x: tensor<32x4xi8>, %s: tensor<1x4xf32>) {
  // expected-error @below {{cannot be 'tensor<1x1x18xi32>'}}
  %0 = weight.pack_groups %x, %s bits 4 wide_scales : tensor<32x4xi8>, tensor<1x4xf32> -> tensor<1x1x18xi32>
  return
}

// -----

func.func @c3_pack_groups_without_scales(%x: tensor<32x4xi8>, %s: tensor<1x4xf32>) {
  // expected-error @below {{cannot be 'tensor<1x1x16xi32>'}}
  %0 = weight.pack_groups %x, %s bits 4 : tensor<32x4xi8>, tensor<1x4xf32> -> tensor<1x1x16xi32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// get
//===----------------------------------------------------------------------===//

func.func @c1_get_of_nothing() {
  // expected-error @below {{there is no weight @missing}}
  %0 = weight.get @missing : tensor<2x3xf32>
  return
}

// -----

func.func private @function()
func.func @c1_get_of_a_function() {
  // expected-error @below {{there is no weight @function}}
  %0 = weight.get @function : tensor<2x3xf32>
  return
}

// -----

weight.data @w : tensor<2x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}
func.func @c2_get_as_another_tensor() {
  // expected-error @below {{reads 'tensor<2x3xf32>' as 'tensor<3x2xf32>'}}
  %0 = weight.get @w : tensor<3x2xf32>
  return
}

// -----

weight.data @w : tensor<2x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}
func.func @c2_get_as_a_matrix() {
  // expected-error @below {{reads 'tensor<2x3xf32>' as 'memref<2x3xf32>'}}
  %0 = weight.get @w : memref<2x3xf32>
  return
}

// -----

weight.data @w : tensor<2x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}
func.func @c2_get_as_another_element() {
  // expected-error @below {{reads 'tensor<2x3xf32>' as 'memref<?xf64>'}}
  %0 = weight.get @w : memref<?xf64>
  return
}

// -----

//===----------------------------------------------------------------------===//
// pair_steps, order_steps
//===----------------------------------------------------------------------===//

func.func @c1_pair_steps_of_single_bytes(%x: tensor<2x3x4xi8>) {
  // expected-error @below {{'tensor<2x3x4xi8>' are no panels of words of bytes}}
  %0 = weight.pair_steps %x : tensor<2x3x4xi8> -> tensor<2x4xi16>
  return
}

// -----

func.func @c1_pair_steps_of_two_bytes(%x: tensor<2x3x4x2xi8>) {
  // expected-error @below {{'tensor<2x3x4x2xi8>' are no panels of words of bytes}}
  %0 = weight.pair_steps %x : tensor<2x3x4x2xi8> -> tensor<2x4xi16>
  return
}

// -----

func.func @c2_pair_steps_without_a_count(%x: tensor<2x3x4x4xi8>) {
  // expected-error @below {{'tensor<2x3xi16>' has no order for the steps of 'tensor<2x3x4x4xi8>'}}
  %0 = weight.pair_steps %x : tensor<2x3x4x4xi8> -> tensor<2x3xi16>
  return
}

// -----

func.func @c3_pair_too_many_steps(%x: tensor<1x32768x4x4xi8>) {
  // expected-error @below {{orders 32768 steps, not at most 32767}}
  %0 = weight.pair_steps %x : tensor<1x32768x4x4xi8> -> tensor<1x32769xi16>
  return
}

// -----

func.func @c1_order_of_other_panels(%x: tensor<2x3x4x4xi8>, %order: tensor<1x4xi16>) {
  // expected-error @below {{'tensor<1x4xi16>' has no order for the steps of 'tensor<2x3x4x4xi8>'}}
  %0 = weight.order_steps %x, %order : tensor<2x3x4x4xi8>, tensor<1x4xi16>
  return
}

// -----

func.func @c1_pair_steps_without_columns(%x: tensor<2x3x0x4xi8>) {
  // expected-error @below {{'tensor<2x3x0x4xi8>' are no panels of words of bytes}}
  %0 = weight.pair_steps %x : tensor<2x3x0x4xi8> -> tensor<2x4xi16>
  return
}

// -----

func.func @c1_pair_steps_of_unknown_depth(%x: tensor<2x?x4x4xi8>) {
  // expected-error @below {{'tensor<2x?x4x4xi8>' are no panels of words of bytes}}
  %0 = weight.pair_steps %x : tensor<2x?x4x4xi8> -> tensor<2x4xi16>
  return
}

// -----

func.func @c2_pair_steps_of_unknown_count(%x: tensor<2x3x4x4xi8>) {
  // expected-error @below {{'tensor<?x4xi16>' has no order for the steps of 'tensor<2x3x4x4xi8>'}}
  %0 = weight.pair_steps %x : tensor<2x3x4x4xi8> -> tensor<?x4xi16>
  return
}

// -----

func.func @c1_order_of_single_bytes(%x: tensor<2x3x4xi8>, %order: tensor<2x4xi16>) {
  // expected-error @below {{'tensor<2x3x4xi8>' are no panels of words of bytes}}
  %0 = weight.order_steps %x, %order : tensor<2x3x4xi8>, tensor<2x4xi16>
  return
}

// -----

func.func @c1_order_of_too_many_steps(%x: tensor<1x32768x4x4xi8>, %order: tensor<1x32769xi16>) {
  // expected-error @below {{orders 32768 steps, not at most 32767}}
  %0 = weight.order_steps %x, %order : tensor<1x32768x4x4xi8>, tensor<1x32769xi16>
  return
}
