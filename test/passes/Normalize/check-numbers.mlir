// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-recognize-activations" --verify-diagnostics | FileCheck %s

// The constant is right to 4 digits, which is enough to recognise GELU, but not
// for the tolerance of the check.
// expected-error @below {{result 0 of differs changes from}}
func.func @differs(%x: tensor<?xf32, #graph.dims<n>>) -> tensor<?xf32, #graph.dims<n>>
    attributes {graph.symbols = [#graph.symbol<"n", 0, 64>]} {
  %root = graph.constant dense<1.4143> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<?xf32, #graph.dims<n>>, tensor<f32> -> tensor<?xf32, #graph.dims<n>>
  %1 = graph.erf %0 : tensor<?xf32, #graph.dims<n>>
  %2 = graph.mul %1, %half : tensor<?xf32, #graph.dims<n>>, tensor<f32> -> tensor<?xf32, #graph.dims<n>>
  %3 = graph.add %2, %half : tensor<?xf32, #graph.dims<n>>, tensor<f32> -> tensor<?xf32, #graph.dims<n>>
  %4 = graph.mul %3, %x : tensor<?xf32, #graph.dims<n>>, tensor<?xf32, #graph.dims<n>> -> tensor<?xf32, #graph.dims<n>>
  return %4 : tensor<?xf32, #graph.dims<n>>
}

// -----

// Infinities and numbers that are none do not differ from themselves.
// CHECK-LABEL: func.func @special_numbers(
func.func @special_numbers() -> tensor<3xf32> {
  %0 = graph.constant dense<[0x7F800000, 0x7FC00000, -0.0]> : tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

// The module itself is not rewritten.
// CHECK-LABEL: func.func @stays(
func.func @stays(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.sigmoid
  // CHECK: graph.mul
  %0 = graph.sigmoid %x : tensor<4xf32>
  %1 = graph.mul %x, %0 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// expected-error @below {{takes a tensor too large to be checked}}
func.func @too_large(%x: tensor<?xf32, #graph.dims<n>>) -> tensor<?xf32, #graph.dims<n>>
    attributes {graph.symbols = [#graph.symbol<"n", 0, 1000000000>]} {
  return %x : tensor<?xf32, #graph.dims<n>>
}
