// RUN: lmcc-opt %s --lmcc-graph-to-kernel --split-input-file --verify-diagnostics

// expected-error @below {{has no function}}
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{'graph.exp' is in no group}}
  %0 = graph.exp %x : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
}

// -----

// Rows only, see lmcc-lower-reductions.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf32>) -> tensor<1x3xf32> {
  // expected-error @below {{no kernel computes reduce of type 'tensor<1x3xf32>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<1x3xf32> {
    %1 = graph.reduce sum %a axes [0] : tensor<2x3xf32> -> tensor<1x3xf32>
    graph.yield %1 : tensor<1x3xf32>
  }
  return %0 : tensor<1x3xf32>
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf64>) -> tensor<2x1xf64> {
  // expected-error @below {{no kernel computes reduce of type 'tensor<2x1xf64>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf64>) -> tensor<2x1xf64> {
    %1 = graph.reduce sum %a axes [1] : tensor<2x3xf64> -> tensor<2x1xf64>
    graph.yield %1 : tensor<2x1xf64>
  }
  return %0 : tensor<2x1xf64>
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf32>) -> tensor<1x3xi64> {
  // expected-error @below {{no kernel computes arg_max of type 'tensor<1x3xi64>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<1x3xi64> {
    %1 = graph.arg_max %a axis 0 : tensor<2x3xf32> -> tensor<1x3xi64>
    graph.yield %1 : tensor<1x3xi64>
  }
  return %0 : tensor<1x3xi64>
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{no kernel computes cumulative_sum of type 'tensor<2x3xf32>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
    %1 = graph.cumulative_sum %a axis 0 : tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return %0 : tensor<2x3xf32>
}
}

// -----

// Rows join no other operation.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{no kernel computes exp + softmax of type 'tensor<2x3xf32>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
    %2 = graph.exp %a : tensor<2x3xf32>
    %1 = graph.softmax %2 : tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return %0 : tensor<2x3xf32>
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<2x3xf16>) -> tensor<2x3xf16> {
  // expected-error @below {{no kernel computes softmax of type 'tensor<2x3xf16>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf16>) -> tensor<2x3xf16> {
    %1 = graph.softmax %a : tensor<2x3xf16>
    graph.yield %1 : tensor<2x3xf16>
  }
  return %0 : tensor<2x3xf16>
}
}

// -----

// A size without bounds has no buffer.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @main(%x: tensor<?x3xf32, #graph.dims<n, 3>>) -> tensor<?x1xf32, #graph.dims<n, 1>>
    attributes {graph.symbols = [#graph.symbol<"n", 0, 9223372036854775807>]} {
  // expected-error @below {{needs a buffer of n * 3 elements, which has no upper bound}}
  %0 = graph.group (%a = %x) : (tensor<?x3xf32, #graph.dims<n, 3>>) -> tensor<?x3xf32, #graph.dims<n, 3>> {
    %1 = graph.exp %a : tensor<?x3xf32, #graph.dims<n, 3>>
    graph.yield %1 : tensor<?x3xf32, #graph.dims<n, 3>>
  }
  %2 = graph.group (%a = %0) : (tensor<?x3xf32, #graph.dims<n, 3>>) -> tensor<?x1xf32, #graph.dims<n, 1>> {
    %1 = graph.reduce sum %a axes [1] : tensor<?x3xf32, #graph.dims<n, 3>> -> tensor<?x1xf32, #graph.dims<n, 1>>
    graph.yield %1 : tensor<?x1xf32, #graph.dims<n, 1>>
  }
  return %2 : tensor<?x1xf32, #graph.dims<n, 1>>
}
}
