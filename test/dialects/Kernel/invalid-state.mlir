// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{is a flat buffer of a number of elements, not 'memref<2x3xf32>'}}
kernel.state @c1_state_with_two_axes : memref<2x3xf32> ""

// -----

// expected-error @below {{is a flat buffer of a number of elements, not 'memref<?xf32>'}}
kernel.state @c1_state_of_any_length : memref<?xf32> ""

// -----

func.func @c1_no_such_state() {
  // expected-error @below {{there is no kernel.state @other}}
  %0 = kernel.get_state @other : memref<?xf32>
  return
}

// -----

kernel.state @kept : memref<6xf32> ""
func.func @c2_state_of_other_elements() {
  // expected-error @below {{is a flat buffer of the elements of 'memref<6xf32>', not 'memref<?xi32>'}}
  %0 = kernel.get_state @kept : memref<?xi32>
  return
}

// -----

kernel.state @kept : memref<6xf32> ""
func.func @c2_state_with_two_axes() {
  // expected-error @below {{is a flat buffer of the elements of 'memref<6xf32>', not 'memref<2x3xf32>'}}
  %0 = kernel.get_state @kept : memref<2x3xf32>
  return
}

// -----

func.func @c1_finish_without_a_buffer_of_its_own() {
  %0 = kernel.buffer 8 : memref<?xf32>
  // expected-error @below {{looks at something that the caller has not passed}}
  kernel.finish_without %0 : memref<?xf32>
  return
}
