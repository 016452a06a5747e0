// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file --verify-diagnostics

// expected-error @below {{has no schedule}}
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @kernel() {
  return
}
}

// -----

// 2^62 elements of 4 bytes do not fit 64 bits.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @run() {
  // expected-error @below {{needs a buffer of 4611686018427387904 elements of 4 bytes}}
  %0 = kernel.buffer 4611686018427387904 : memref<?xf32>
  return
}
}

// -----

// 2^48 bytes are the most.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @run() {
  // expected-error @below {{needs a buffer of 281474976710657 elements of 1 bytes}}
  %0 = kernel.buffer 281474976710657 : memref<?xi8>
  return
}
}
