// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries --verify-diagnostics -o /dev/null
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries 2>/dev/null | FileCheck %s

// Nothing hides later tokens, so they come one by one.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   func.func @prefill(
// CHECK:       func.func @decode(
// expected-remark @below {{state: recognised, 1 buffers with room for 512 tokens}}
func.func @main(%ids: tensor<?xi64, #graph.dims<n>>, %old: tensor<?x8xf32, #graph.dims<past, 8>>)
    -> (tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %table = weight.get @table : tensor<20x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<?xi64, #graph.dims<n>> -> tensor<?x8xf32, #graph.dims<n, 8>>
  %all = graph.concat %old, %x axis 0 : tensor<?x8xf32, #graph.dims<past, 8>>, tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x8xf32, #graph.dims<past + n, 8>>
  // expected-remark @below {{state: tokens are computed one by one, lets a token see those behind it}}
  %y = graph.attention %x, %all, %all : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>> -> tensor<?x8xf32, #graph.dims<n, 8>> {
  ^bb0(%scores: tensor<?x?xf32, #graph.dims<n, past + n>>):
    graph.yield %scores : tensor<?x?xf32, #graph.dims<n, past + n>>
  }
  return %y, %all : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}

// -----

// A mask that says which tokens are left out: ones would hide all of them.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   func.func @decode(
func.func @main(%ids: tensor<?xi64, #graph.dims<n>>, %left_out: tensor<?xf32, #graph.dims<past + n>>,
                %old: tensor<?x8xf32, #graph.dims<past, 8>>)
    -> (tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %table = weight.get @table : tensor<20x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<?xi64, #graph.dims<n>> -> tensor<?x8xf32, #graph.dims<n, 8>>
  %all = graph.concat %old, %x axis 0 : tensor<?x8xf32, #graph.dims<past, 8>>, tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x8xf32, #graph.dims<past + n, 8>>
  // expected-remark @below {{state: not recognised, hides a new token from itself}}
  %y = graph.attention %x, %all, %all extras(%left_out) : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>, tensor<?xf32, #graph.dims<past + n>> -> tensor<?x8xf32, #graph.dims<n, 8>> {
  ^bb0(%scores: tensor<?x?xf32, #graph.dims<n, past + n>>, %m: tensor<?xf32, #graph.dims<past + n>>):
    %big = graph.constant dense<1.0e9> : tensor<f32>
    %0 = graph.mul %m, %big : tensor<?xf32, #graph.dims<past + n>>, tensor<f32> -> tensor<?xf32, #graph.dims<past + n>>
    %1 = graph.sub %scores, %0 : tensor<?x?xf32, #graph.dims<n, past + n>>, tensor<?xf32, #graph.dims<past + n>> -> tensor<?x?xf32, #graph.dims<n, past + n>>
    graph.yield %1 : tensor<?x?xf32, #graph.dims<n, past + n>>
  }
  return %y, %all : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}

// -----

// A state that something else than an attention reads.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   func.func @prefill(
// CHECK:       func.func @decode(
// expected-remark @below {{state: recognised, 1 buffers with room for 512 tokens}}
func.func @main(%ids: tensor<?xi64, #graph.dims<n>>, %old: tensor<?x8xf32, #graph.dims<past, 8>>)
    -> (tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %table = weight.get @table : tensor<20x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<?xi64, #graph.dims<n>> -> tensor<?x8xf32, #graph.dims<n, 8>>
  %all = graph.concat %old, %x axis 0 : tensor<?x8xf32, #graph.dims<past, 8>>, tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x8xf32, #graph.dims<past + n, 8>>
  // expected-remark @below {{state: tokens are computed one by one, reads the state, but is no attention}}
  %sum = graph.reduce sum %all axes [0] : tensor<?x8xf32, #graph.dims<past + n, 8>> -> tensor<1x8xf32>
  %y = graph.add %x, %sum : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<1x8xf32> -> tensor<?x8xf32, #graph.dims<n, 8>>
  return %y, %all : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}
