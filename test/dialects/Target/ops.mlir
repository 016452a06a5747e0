// RUN: lmcc-opt %s --split-input-file --verify-roundtrip | FileCheck %s

// CHECK: target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64>
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64>} {
}

// -----

// The order of the words is free, and is always printed the same.
// CHECK: target.machine = #target.machine<name = "neon", vector_bits = 128, tile_rows = 5, panel_columns = 12, depth_block = 7, alignment = 16>
module attributes {target.machine = #target.machine<alignment = 16, depth_block = 7, panel_columns = 12, tile_rows = 5, vector_bits = 128, name = "neon">} {
}

// -----

// Scalar code has vectors of one lane, and panels of any width.
// CHECK: target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 1, panel_columns = 3, depth_block = 256, alignment = 1>
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 1, panel_columns = 3, depth_block = 256, alignment = 1>} {
}

// -----

// CHECK: target.machine = #target.machine<name = "widest", vector_bits = 2048, tile_rows = 6, panel_columns = 64, depth_block = 256, alignment = 256>
module attributes {target.machine = #target.machine<name = "widest", vector_bits = 2048, tile_rows = 6, panel_columns = 64, depth_block = 256, alignment = 256>} {
}

// -----

// Only what is not as on most machines is printed.
// CHECK: target.machine = #target.machine<name = "rows of bytes", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64, unsigned_rows = true>
module attributes {target.machine = #target.machine<name = "rows of bytes", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64, prefetch_bytes = 0, unsigned_rows = true>} {
}

// -----

// CHECK: target.machine = #target.machine<name = "split rows", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64, split_rows = true>
module attributes {target.machine = #target.machine<name = "split rows", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64, split_rows = true>} {
}

// -----

// CHECK: target.machine = #target.machine<name = "sums of lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>
module attributes {target.machine = #target.machine<name = "sums of lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>} {
}
