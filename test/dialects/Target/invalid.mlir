// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

// Attributes have no names of their own: the machine's name is the rule.

// expected-error @below {{vectors of 16 bits do not exist}}
module attributes {m = #target.machine<name = "c1_less_than_a_lane", vector_bits = 16, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{vectors of 384 bits do not exist}}
module attributes {m = #target.machine<name = "c1_no_power_of_two", vector_bits = 384, tile_rows = 4, panel_columns = 12, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{vectors of 4096 bits do not exist}}
module attributes {m = #target.machine<name = "c1_too_wide", vector_bits = 4096, tile_rows = 4, panel_columns = 128, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{vectors of 0 bits do not exist}}
module attributes {m = #target.machine<name = "c1_nothing", vector_bits = 0, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{panels of 12 columns are no multiple of 8 lanes}}
module attributes {m = #target.machine<name = "c2_half_a_vector", vector_bits = 256, tile_rows = 4, panel_columns = 12, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{panels of 0 columns are no multiple of 8 lanes}}
module attributes {m = #target.machine<name = "c2_no_columns", vector_bits = 256, tile_rows = 4, panel_columns = 0, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{alignment 48 is no power of two}}
module attributes {m = #target.machine<name = "c3_no_power_of_two", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 48>} {
}

// -----

// expected-error @below {{alignment 0 is no power of two}}
module attributes {m = #target.machine<name = "c3_nothing", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 0>} {
}

// -----

// expected-error @below {{a tile needs at least one row and one step of depth}}
module attributes {m = #target.machine<name = "c4_no_rows", vector_bits = 256, tile_rows = 0, panel_columns = 8, depth_block = 256, alignment = 64>} {
}

// -----

// expected-error @below {{a tile needs at least one row and one step of depth}}
module attributes {m = #target.machine<name = "c4_no_depth", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 0, alignment = 64>} {
}

// -----

// expected-error @below {{struct is missing required parameter: alignment}}
module attributes {m = #target.machine<name = "without_alignment", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256>} {
}

// -----

// expected-error @below {{a prefetch of 6 bytes brings no whole elements}}
module attributes {m = #target.machine<name = "c5_odd_prefetch", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64, prefetch_bytes = 6>} {
}

// -----

// expected-error @below {{a turn of the loop over the depth takes no step}}
module attributes {m = #target.machine<name = "c6_no_step", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64, depth_step = 0>} {
}

// -----

// expected-error @below {{rows of bytes are unsigned or split, not both}}
module attributes {m = #target.machine<name = "c7_unsigned_and_split", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64, unsigned_rows = true, split_rows = true>} {
}

// -----

// expected-error @below {{sums of lanes are those of vectors, with signed rows}}
module attributes {m = #target.machine<name = "c8_sums_of_one_lane", vector_bits = 32, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64, sums_lanes = true>} {
}

// -----

// expected-error @below {{sums of lanes are those of vectors, with signed rows}}
module attributes {m = #target.machine<name = "c8_sums_of_split_rows", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 256, alignment = 64, split_rows = true, sums_lanes = true>} {
}
