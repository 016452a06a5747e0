// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9" --canonicalize --cse | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9" --verify-diagnostics -o /dev/null

// A state of 12 tokens, into which the token at `p` is scattered, becomes one of
// the old tokens alone. Keys are stored as they are read, that is doubled.
// CHECK-LABEL: func.func @main(
// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      %[[TOKENS:[^:]*]]: tensor<1x1xi32> {graph.name = "ids"},
// CHECK-SAME:      %[[STATE:[^:]*]]: tensor<2x?x8xf32, #graph.dims<2, past, 8>> {graph.name = "old", graph.state})
// CHECK-SAME:      graph.decoding = {capacity = 9 : i64, past = "past"}
// CHECK-SAME:      graph.symbols = [#graph.symbol<"past", 0, 8>]
// CHECK-DAG:     %[[TWO:.*]] = graph.constant dense<2.000000e+00> : tensor<f32>
// CHECK:         %[[NEW:.*]] = graph.mul %{{.*}}, %[[TWO]] : tensor<2x1x8xf32>
// CHECK-NEXT:    %[[ALL:.*]] = graph.concat %[[STATE]], %[[NEW]] axis 1
// CHECK-SAME:      -> tensor<2x?x8xf32, #graph.dims<2, past + 1, 8>>
// CHECK:         %[[MASK:.*]] = graph.slice %{{.*}} from <0, 0> step [1, 1] : {{.*}} -> tensor<1x?xf32, #graph.dims<1, past + 1>>
// CHECK-NEXT:    graph.attention %{{.*}}, %[[ALL]], %[[ALL]] extras(%[[MASK]])
// expected-remark @below {{state: recognised, 1 buffers with room for 9 tokens}}
func.func @main(%ids: tensor<1x1xi64> {graph.name = "ids"}, %p: tensor<1x1xi64> {graph.name = "p"},
                %old: tensor<2x12x8xf32> {graph.name = "old"}) -> (tensor<1x16xf32>, tensor<2x12x8xf32>) {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %lowest = graph.constant dense<0xFF800000> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %table = weight.get @table : tensor<20x16xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x16xf32>, tensor<1x1xi64> -> tensor<1x1x16xf32>
  %added = graph.reshape %x : tensor<1x1x16xf32> -> tensor<2x1x8xf32>
  %column = graph.reshape %p : tensor<1x1xi64> -> tensor<1x1x1xi64>
  %places = graph.broadcast %column : tensor<1x1x1xi64> -> tensor<2x1x8xi64>
  %new = graph.scatter_elements assign %old, %places, %added axis 1 : tensor<2x12x8xf32>, tensor<2x1x8xi64>, tensor<2x1x8xf32>
  %doubled = graph.mul %new, %two : tensor<2x12x8xf32>, tensor<f32> -> tensor<2x12x8xf32>
  %iota = graph.iota : tensor<12xi64>
  %sees = graph.compare le %iota, %p : tensor<12xi64>, tensor<1x1xi64> -> tensor<1x12xi1>
  %mask = graph.select %sees, %zero, %lowest : tensor<1x12xi1>, tensor<f32>, tensor<f32> -> tensor<1x12xf32>
  %y = graph.attention %added, %doubled, %doubled extras(%mask) : tensor<2x1x8xf32>, tensor<2x12x8xf32>, tensor<2x12x8xf32>, tensor<1x12xf32> -> tensor<2x1x8xf32> {
  ^bb0(%scores: tensor<2x1x12xf32>, %m: tensor<1x12xf32>):
    %s = graph.add %scores, %m : tensor<2x1x12xf32>, tensor<1x12xf32> -> tensor<2x1x12xf32>
    graph.yield %s : tensor<2x1x12xf32>
  }
  %logits = graph.reshape %y : tensor<2x1x8xf32> -> tensor<1x16xf32>
  return %logits, %new : tensor<1x16xf32>, tensor<2x12x8xf32>
}
weight.data @table : tensor<20x16xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x16xf32>
  weight.yield %0 : tensor<20x16xf32>
}

// -----

// Tokens are stored from the end on.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   func.func @decode(
func.func @main(%ids: tensor<1x1xi64> {graph.name = "ids"}, %p: tensor<1x1xi64> {graph.name = "p"},
                %old: tensor<2x12x8xf32> {graph.name = "old"}) -> (tensor<1x16xf32>, tensor<2x12x8xf32>) {
  %last = graph.constant dense<11> : tensor<i64>
  %table = weight.get @table : tensor<20x16xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x16xf32>, tensor<1x1xi64> -> tensor<1x1x16xf32>
  %added = graph.reshape %x : tensor<1x1x16xf32> -> tensor<2x1x8xf32>
  %q = graph.sub %last, %p : tensor<i64>, tensor<1x1xi64> -> tensor<1x1xi64>
  %column = graph.reshape %q : tensor<1x1xi64> -> tensor<1x1x1xi64>
  %places = graph.broadcast %column : tensor<1x1x1xi64> -> tensor<2x1x8xi64>
  // expected-remark @below {{state: not recognised, does not store the new tokens behind the old ones}}
  %new = graph.scatter_elements assign %old, %places, %added axis 1 : tensor<2x12x8xf32>, tensor<2x1x8xi64>, tensor<2x1x8xf32>
  %sum = graph.reduce sum %new axes [1] : tensor<2x12x8xf32> -> tensor<2x1x8xf32>
  %logits = graph.reshape %sum : tensor<2x1x8xf32> -> tensor<1x16xf32>
  return %logits, %new : tensor<1x16xf32>, tensor<2x12x8xf32>
}
weight.data @table : tensor<20x16xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x16xf32>
  weight.yield %0 : tensor<20x16xf32>
}

// -----

// Nothing hides what is behind the new token.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   func.func @decode(
func.func @main(%ids: tensor<1x1xi64> {graph.name = "ids"}, %p: tensor<1x1xi64> {graph.name = "p"},
                %old: tensor<2x12x8xf32> {graph.name = "old"}) -> (tensor<1x16xf32>, tensor<2x12x8xf32>) {
  %table = weight.get @table : tensor<20x16xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x16xf32>, tensor<1x1xi64> -> tensor<1x1x16xf32>
  %added = graph.reshape %x : tensor<1x1x16xf32> -> tensor<2x1x8xf32>
  %column = graph.reshape %p : tensor<1x1xi64> -> tensor<1x1x1xi64>
  %places = graph.broadcast %column : tensor<1x1x1xi64> -> tensor<2x1x8xi64>
  %new = graph.scatter_elements assign %old, %places, %added axis 1 : tensor<2x12x8xf32>, tensor<2x1x8xi64>, tensor<2x1x8xf32>
  // expected-remark @below {{state: not recognised, lets a token see those behind it}}
  %y = graph.attention %added, %new, %new : tensor<2x1x8xf32>, tensor<2x12x8xf32>, tensor<2x12x8xf32> -> tensor<2x1x8xf32> {
  ^bb0(%scores: tensor<2x1x12xf32>):
    graph.yield %scores : tensor<2x1x12xf32>
  }
  %logits = graph.reshape %y : tensor<2x1x8xf32> -> tensor<1x16xf32>
  return %logits, %new : tensor<1x16xf32>, tensor<2x12x8xf32>
}
weight.data @table : tensor<20x16xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x16xf32>
  weight.yield %0 : tensor<20x16xf32>
}
