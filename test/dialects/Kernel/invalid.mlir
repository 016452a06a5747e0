// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c1_reduction_of_nothing(%e: f32) {
  // expected-error @below {{needs at least one row}}
  %0 = "kernel.row_reduce"() <{reduction = #kernel<row_reduction sum>}> ({
    kernel.yield %e : f32
  }) : () -> f32
  return
}

// -----

func.func @c1_reduction_of_a_matrix(%r0: memref<2x3xf32>) {
  // expected-error @below {{'memref<2x3xf32>' is not a row}}
  %0 = kernel.row_reduce sum %r0 : memref<2x3xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return
}

// -----

func.func @c2_reduction_region_misses_a_row(%r0: memref<7xf32>, %r1: memref<7xf32>) {
  // expected-error @below {{region arguments do not match the operands}}
  %0 = kernel.row_reduce sum %r0, %r1 : memref<7xf32>, memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return
}

// -----

func.func @c2_reduction_region_of_another_type(%r0: memref<7xi32>) {
  // expected-error @below {{region arguments do not match the operands}}
  %0 = kernel.row_reduce sum %r0 : memref<7xi32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return
}

// -----

func.func @c2_reduction_yields_nothing(%r0: memref<7xf32>) {
  // expected-error @below {{region must yield one 'f32'}}
  %0 = kernel.row_reduce sum %r0 : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield
  }
  return
}

// -----

func.func @c2_reduction_yields_another_type(%r0: memref<7xi32>) {
  // expected-error @below {{region must yield one 'f32'}}
  %0 = kernel.row_reduce sum %r0 : memref<7xi32> -> f32 {
  ^bb0(%e: i32):
    kernel.yield %e : i32
  }
  return
}

// -----

func.func @reduction_to_a_double(%x: memref<7xf64>) {
  // expected-error @below {{result #0 must be 32-bit float or 32-bit signless integer, but got 'f64'}}
  %0 = kernel.row_reduce sum %x : memref<7xf64> -> f64 {
  ^bb0(%e: f64):
    kernel.yield %e : f64
  }
  return
}

// -----

func.func @c3_row_reduce_product_of_integers(%r0: memref<7xf32>) {
  // expected-error @below {{of integers has a sum and a maximum only}}
  %0 = kernel.row_reduce product %r0 : memref<7xf32> -> i32 {
  ^bb0(%e: f32):
    %1 = arith.bitcast %e : f32 to i32
    kernel.yield %1 : i32
  }
  return
}

// -----

func.func @c1_buffer_elements() {
  // expected-error @below {{cannot have -1 elements}}
  %0 = kernel.buffer -1 : memref<?xf32>
  return
}

// -----

func.func @c2_buffer_rank() {
  // expected-error @below {{is a flat buffer, not 'memref<2x3xf32>'}}
  %0 = kernel.buffer 6 : memref<2x3xf32>
  return
}

// -----

func.func @c3_buffer_count_of_a_dimension() {
  // expected-error @below {{affine_map<(d0) -> (d0)> is not one expression over symbols}}
  %0 = kernel.buffer 6 of affine_map<(d0) -> (d0)> : memref<?xf32>
  return
}

// -----

func.func @c3_buffer_count_of_two() {
  // expected-error @below {{affine_map<()[s0] -> (s0, 2)> is not one expression over symbols}}
  %0 = kernel.buffer 6 of affine_map<()[s0] -> (s0, 2)> : memref<?xf32>
  return
}

// -----

func.func @c1_slot_offset() {
  // expected-error @below {{offset -64 and size 128 must not be negative}}
  %0 = kernel.slot -64 bytes 128 : memref<?xf32>
  return
}

// -----

func.func @c1_slot_bytes() {
  // expected-error @below {{offset 64 and size -128 must not be negative}}
  %0 = kernel.slot 64 bytes -128 : memref<?xf32>
  return
}

// -----

func.func @c2_slot_rank() {
  // expected-error @below {{a slot is a flat buffer, not 'memref<2x3xf32>'}}
  %0 = kernel.slot 64 bytes 24 : memref<2x3xf32>
  return
}

// -----

func.func @c1_release_of_a_buffer() {
  %0 = kernel.buffer 6 : memref<?xf32>
  // expected-error @below {{ends the life of something that is no slot}}
  kernel.release %0 : memref<?xf32>
  return
}

// -----

func.func @c1_release_of_an_argument(%x: memref<?xf32>) {
  // expected-error @below {{ends the life of something that is no slot}}
  kernel.release %x : memref<?xf32>
  return
}

// -----

func.func @c1_require_else_ok(%c: i1) {
  // expected-error @below {{a failed call cannot end with status ok}}
  kernel.require %c else ok
  return
}

// -----

func.func @require_unknown_status(%c: i1) {
  // expected-error @below {{expected ::lmcc::kernel::Status to be one of: ok, null_argument, size_out_of_bounds, index_out_of_range, wrong_weights, arena_too_small, misaligned, environment, damaged_weights}}
  kernel.require %c else bad_luck
  // expected-error @below {{failed to parse Kernel_StatusAttr parameter 'value'}}
  return
}

// -----

func.func @yield_outside_a_region(%x: f32) {
  // expected-error @below {{expects parent op to be one of 'kernel.panel_product, kernel.row_reduce'}}
  kernel.yield %x : f32
}

// -----

// The form of the assembly has one type for all.
func.func @pick_c1_types(%a: memref<?xf32>, %b: memref<?xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %layer = %c0 to %c2 step %c1 {
    // expected-error @below {{picks 'memref<?xf32>' from 'memref<?xi32>'}}
    %0 = "kernel.pick"(%layer, %a, %b) : (index, memref<?xf32>, memref<?xi32>) -> memref<?xf32>
  }
  return
}

// -----

func.func @pick_c2_count(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %layer = %c0 to %c2 step %c1 {
    // expected-error @below {{needs a loop that counts from 0 to its 3 values in steps of 1}}
    %0 = kernel.pick %layer of %a, %a, %a : memref<?xf32>
  }
  return
}

// -----

func.func @pick_c2_start(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %layer = %c1 to %c2 step %c1 {
    // expected-error @below {{needs a loop that counts from 0 to its 2 values in steps of 1}}
    %0 = kernel.pick %layer of %a, %a : memref<?xf32>
  }
  return
}

// -----

func.func @pick_c2_step(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %layer = %c0 to %c2 step %c2 {
    // expected-error @below {{needs a loop that counts from 0 to its 2 values in steps of 1}}
    %0 = kernel.pick %layer of %a, %a : memref<?xf32>
  }
  return
}

// -----

func.func @pick_c2_no_loop(%n: index, %a: memref<?xf32>) {
  // expected-error @below {{needs a loop that counts from 0 to its 2 values in steps of 1}}
  %0 = kernel.pick %n of %a, %a : memref<?xf32>
  return
}

// -----

func.func @pick_c3_made_inside(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %layer = %c0 to %c2 step %c1 {
    %b = kernel.buffer 4 : memref<?xf32>
    // expected-error @below {{picks from values that its loop makes}}
    %0 = kernel.pick %layer of %a, %b : memref<?xf32>
  }
  return
}

// -----

func.func @release_c1_of_a_loop(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %a) -> (memref<?xf32>) {
    // expected-error @below {{ends the life of something that is no slot}}
    kernel.release %x : memref<?xf32>
    scf.yield %a : memref<?xf32>
  }
  return
}
