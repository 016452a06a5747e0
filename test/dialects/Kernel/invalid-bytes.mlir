// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c1_dot4_of_two_types(%sum: vector<4xi32>, %word: i32) {
  // expected-error @below {{requires the same type for all operands and results}}
  %0 = "kernel.dot4"(%sum, %word, %word) : (vector<4xi32>, i32, i32) -> vector<4xi32>
  return
}

// -----

func.func @c1_dot4_of_bytes(%bytes: vector<16xi8>) {
  // expected-error @below {{must be i32 or a vector of words, but got 'vector<16xi8>'}}
  %0 = kernel.dot4 %bytes, %bytes, %bytes : vector<16xi8>
  return
}

// -----

func.func @c1_dot4_of_a_matrix(%words: vector<2x4xi32>) {
  // expected-error @below {{must be i32 or a vector of words, but got 'vector<2x4xi32>'}}
  %0 = kernel.dot4 %words, %words, %words : vector<2x4xi32>
  return
}

// -----

func.func @c1_dot8_of_two_types(%sum: vector<4xi32>, %word: i32) {
  // expected-error @below {{requires the same type for all operands and results}}
  %0 = "kernel.dot8"(%sum, %sum, %sum, %word, %word) : (vector<4xi32>, vector<4xi32>, vector<4xi32>, i32, i32) -> vector<4xi32>
  return
}

// -----

func.func @c2_dot8_of_unsigned_rows(%words: vector<4xi32>) {
  // expected-error @below {{has rows that are neither signed nor small, but unsigned_rows}}
  %0 = kernel.dot8 %words, %words, %words, %words, %words unsigned_rows : vector<4xi32>
  return
}

// -----

func.func @c1_dot_lanes_of_bytes(%bytes: vector<16xi8>) {
  // expected-error @below {{must be fixed-length vector of 32-bit signless integer values of ranks 1, but got 'vector<16xi8>'}}
  %0 = kernel.dot_lanes %bytes, %bytes, %bytes : vector<16xi8>
  return
}

// -----

func.func @c1_dot_lanes_of_two_types(%sum: vector<4xi32>, %words: vector<8xi32>) {
  // expected-error @below {{requires the same type for all operands and results}}
  %0 = "kernel.dot_lanes"(%sum, %words, %words) : (vector<4xi32>, vector<8xi32>, vector<8xi32>) -> vector<4xi32>
  return
}

// -----

func.func @c1_words_of_every_other_byte(%x: memref<?xi8, strided<[2]>>) {
  // expected-error @below {{'memref<?xi8, strided<[2]>>' is no flat buffer}}
  %0 = kernel.words %x : memref<?xi8, strided<[2]>> to memref<?xi32>
  return
}

// -----

func.func @c1_words_of_a_part(%x: memref<?xi8, strided<[1], offset: 4>>) {
  // expected-error @below {{'memref<?xi8, strided<[1], offset: 4>>' is no flat buffer}}
  %0 = kernel.words %x : memref<?xi8, strided<[1], offset: 4>> to memref<?xi32>
  return
}

// -----

func.func @c2_words_of_a_number(%x: memref<64xi8>) {
  // expected-error @below {{words are memref<?xi32>, not 'memref<16xi32>'}}
  %0 = kernel.words %x : memref<64xi8> to memref<16xi32>
  return
}

// -----

func.func @c1_nibbles_of_bytes(%bytes: vector<16xi8>) {
  // expected-error @below {{must be i32 or a vector of words, but got 'vector<16xi8>'}}
  %0 = kernel.nibbles low %bytes : vector<16xi8>
  return
}

// -----

func.func @c1_bytes_of_other_lanes(%x: vector<8xf32>) {
  // expected-error @below {{requires the same shape for all operands and results}}
  %0 = kernel.to_byte unsigned %x : vector<8xf32> to vector<16xi32>
  return
}

// -----

func.func @byte_of_double(%x: f64) {
  // expected-error @below {{must be f32 or a vector of floats, but got 'f64'}}
  %0 = kernel.to_byte %x : f64 to i32
  return
}

// -----

func.func @c1_narrow_to_fewer_bytes(%a: vector<4xi32>) {
  // expected-error @below {{makes 16 bytes, not 'vector<8xi8>'}}
  %0 = kernel.narrow %a, %a, %a, %a : vector<4xi32> to vector<8xi8>
  return
}

// -----

func.func @nibbles_of_no_half(%words: vector<4xi32>) {
  // expected-error @below {{expected ::lmcc::kernel::Half to be one of: low, high}}
  // expected-error @below {{failed to parse Kernel_HalfAttr parameter 'value'}}
  %0 = kernel.nibbles middle %words : vector<4xi32>
  return
}
