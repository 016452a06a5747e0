// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9 chunk=4" --canonicalize --cse | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9 chunk=4 all-logits" --canonicalize --cse | FileCheck %s --check-prefix=ALL
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9 chunk=4 keep-stateless=false" | FileCheck %s --check-prefix=PRIVATE
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries="context=9 chunk=4" --verify-diagnostics -o /dev/null

// A state, tokens, a mask and positions that go into an angle and into what
// hides later tokens.
// PRIVATE: func.func private @main(
// CHECK-LABEL: func.func @main(
// CHECK-LABEL: func.func @prefill(
// CHECK-SAME:      %[[TOKENS:[^:]*]]: tensor<1x?xi32, #graph.dims<1, n>> {graph.name = "ids"},
// CHECK-SAME:      %[[STATE:[^:]*]]: tensor<1x?x8xf32, #graph.dims<1, past, 8>> {graph.name = "old", graph.state})
// CHECK-SAME:      -> (tensor<1x1x8xf32> {graph.name = "logits"})
// CHECK-SAME:      graph.decoding = {capacity = 9 : i64, count = "n", past = "past"}
// CHECK-SAME:      graph.symbols = [#graph.symbol<"n", 1, 4>, #graph.symbol<"past", 0, 8>]
// CHECK-DAG:     %[[PAST:.*]] = graph.dim_values <past> : tensor<i64>
// CHECK-DAG:     %[[IOTA:.*]] = graph.iota : tensor<?xi64, #graph.dims<n>>
// CHECK-DAG:     %[[PLACE:.*]] = graph.add %[[IOTA]], %[[PAST]]
// CHECK-DAG:     %[[POSITIONS:.*]] = graph.reshape %[[PLACE]] : {{.*}} -> tensor<1x?xi64, #graph.dims<1, n>>
// CHECK:         graph.cast %[[POSITIONS]]
// CHECK:         %[[KEYS:.*]] = graph.concat %[[STATE]], %{{.*}} axis 1
// The last token alone has a query.
// CHECK-DAG:     %[[QUERY:.*]] = graph.slice %{{.*}} from <0, n + -1, 0>
// CHECK:         %[[ROW:.*]] = graph.attention %[[QUERY]], %[[KEYS]], %[[KEYS]] extras(
// CHECK:         return %[[ROW]] : tensor<1x1x8xf32>
// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      tensor<1x1xi32>
// CHECK-SAME:      tensor<1x?x8xf32, #graph.dims<1, past, 8>> {graph.name = "old", graph.state})
// CHECK-SAME:      graph.decoding = {capacity = 9 : i64, past = "past"}
// CHECK-SAME:      graph.symbols = [#graph.symbol<"past", 0, 8>]
// CHECK-NOT:     graph.slice
// CHECK:         graph.attention {{.*}} tensor<1x?x8xf32, #graph.dims<1, past + 1, 8>>
// CHECK:         return %{{.*}} : tensor<1x1x8xf32>
// ALL-LABEL:   func.func @prefill(
// ALL-SAME:        -> (tensor<1x?x8xf32, #graph.dims<1, n, 8>> {graph.name = "logits"})
// ALL-DAG:       %[[ONE:.*]] = graph.constant dense<1.000000e+00> : tensor<f32>
// ALL-DAG:       %[[MASK:.*]] = graph.broadcast %[[ONE]] : tensor<f32> -> tensor<1x1x?xf32, #graph.dims<1, 1, n + past>>
// ALL:           graph.attention {{.*}} extras(%[[MASK]], %{{.*}})
// expected-remark @below {{state: recognised, 1 buffers with room for 9 tokens}}
func.func @main(%ids: tensor<1x?xi64, #graph.dims<1, n>> {graph.name = "ids"},
                %mask: tensor<1x1x?xf32, #graph.dims<1, 1, past + n>> {graph.name = "m"},
                %pos: tensor<1x?xi64, #graph.dims<1, n>> {graph.name = "p"},
                %old: tensor<1x?x8xf32, #graph.dims<1, past, 8>> {graph.name = "old"})
    -> (tensor<1x?x8xf32, #graph.dims<1, n, 8>> {graph.name = "logits"},
        tensor<1x?x8xf32, #graph.dims<1, past + n, 8>> {graph.name = "new"})
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %lowest = graph.constant dense<0xFF800000> : tensor<f32>
  %table = weight.get @table : tensor<20x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<1x?xi64, #graph.dims<1, n>> -> tensor<1x?x8xf32, #graph.dims<1, n, 8>>
  %p = graph.cast %pos : tensor<1x?xi64, #graph.dims<1, n>> -> tensor<1x?xf32, #graph.dims<1, n>>
  %c = graph.cos %p : tensor<1x?xf32, #graph.dims<1, n>>
  %r = graph.reshape %c : tensor<1x?xf32, #graph.dims<1, n>> -> tensor<1x?x1xf32, #graph.dims<1, n, 1>>
  %k = graph.mul %x, %r : tensor<1x?x8xf32, #graph.dims<1, n, 8>>, tensor<1x?x1xf32, #graph.dims<1, n, 1>> -> tensor<1x?x8xf32, #graph.dims<1, n, 8>>
  %all = graph.concat %old, %k axis 1 : tensor<1x?x8xf32, #graph.dims<1, past, 8>>, tensor<1x?x8xf32, #graph.dims<1, n, 8>> -> tensor<1x?x8xf32, #graph.dims<1, past + n, 8>>
  %places = graph.iota : tensor<?xi64, #graph.dims<past + n>>
  %column = graph.reshape %pos : tensor<1x?xi64, #graph.dims<1, n>> -> tensor<1x?x1xi64, #graph.dims<1, n, 1>>
  %sees = graph.compare le %places, %column : tensor<?xi64, #graph.dims<past + n>>, tensor<1x?x1xi64, #graph.dims<1, n, 1>> -> tensor<1x?x?xi1, #graph.dims<1, n, past + n>>
  %hides = graph.select %sees, %zero, %lowest : tensor<1x?x?xi1, #graph.dims<1, n, past + n>>, tensor<f32>, tensor<f32> -> tensor<1x?x?xf32, #graph.dims<1, n, past + n>>
  %y = graph.attention %k, %all, %all extras(%mask, %hides) : tensor<1x?x8xf32, #graph.dims<1, n, 8>>, tensor<1x?x8xf32, #graph.dims<1, past + n, 8>>, tensor<1x?x8xf32, #graph.dims<1, past + n, 8>>, tensor<1x1x?xf32, #graph.dims<1, 1, past + n>>, tensor<1x?x?xf32, #graph.dims<1, n, past + n>> -> tensor<1x?x8xf32, #graph.dims<1, n, 8>> {
  ^bb0(%scores: tensor<1x?x?xf32, #graph.dims<1, n, past + n>>, %m: tensor<1x1x?xf32, #graph.dims<1, 1, past + n>>, %h: tensor<1x?x?xf32, #graph.dims<1, n, past + n>>):
    %s = graph.mul %scores, %m : tensor<1x?x?xf32, #graph.dims<1, n, past + n>>, tensor<1x1x?xf32, #graph.dims<1, 1, past + n>> -> tensor<1x?x?xf32, #graph.dims<1, n, past + n>>
    %t = graph.add %s, %h : tensor<1x?x?xf32, #graph.dims<1, n, past + n>>, tensor<1x?x?xf32, #graph.dims<1, n, past + n>> -> tensor<1x?x?xf32, #graph.dims<1, n, past + n>>
    graph.yield %t : tensor<1x?x?xf32, #graph.dims<1, n, past + n>>
  }
  return %y, %all : tensor<1x?x8xf32, #graph.dims<1, n, 8>>, tensor<1x?x8xf32, #graph.dims<1, past + n, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}

// -----

// One token per call, a batch that becomes one, a table of positions that has
// fewer rows than asked for, and an input that stays the same.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   @prefill
// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      %[[TOKENS:[^:]*]]: tensor<1x1xi32> {graph.name = "ids"},
// CHECK-SAME:      %[[STATE:[^:]*]]: tensor<1x?x8xf32, #graph.dims<1, past, 8>> {graph.name = "old", graph.state},
// CHECK-SAME:      %[[SAME:[^:]*]]: tensor<1x?x8xf32, #graph.dims<1, length, 8>> {graph.name = "encoder"})
// CHECK-SAME:      graph.decoding = {capacity = 9 : i64, past = "past"}
// CHECK-SAME:      graph.symbols = [#graph.symbol<"past", 0, 8>, #graph.symbol<"length", 1, 5>]
// CHECK:         %[[PAST:.*]] = graph.dim_values <past> : tensor<i64>
// CHECK:         %[[PLACE:.*]] = graph.reshape %[[PAST]] : tensor<i64> -> tensor<1x1xi64>
// CHECK:         graph.gather %{{.*}}, %[[PLACE]] axis 0
// CHECK:         graph.concat %[[STATE]],
// expected-remark @below {{state: recognised, 1 buffers with room for 9 tokens}}
func.func @main(%ids: tensor<?x1xi64, #graph.dims<batch, 1>> {graph.name = "ids"},
                %pos: tensor<?x1xi64, #graph.dims<batch, 1>> {graph.name = "cache_position"},
                %encoder: tensor<?x?x8xf32, #graph.dims<batch, length, 8>> {graph.name = "encoder"},
                %old: tensor<?x?x8xf32, #graph.dims<batch, past, 8>> {graph.name = "old"})
    -> (tensor<?x?x8xf32, #graph.dims<batch, past + 1, 8>>, tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>)
    attributes {graph.symbols = [#graph.symbol<"batch", 1, 2>, #graph.symbol<"length", 1, 5>, #graph.symbol<"past", 0, 99>]} {
  %table = weight.get @table : tensor<20x8xf32>
  %places = weight.get @places : tensor<9x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<?x1xi64, #graph.dims<batch, 1>> -> tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>
  %p = graph.gather %places, %pos axis 0 : tensor<9x8xf32>, tensor<?x1xi64, #graph.dims<batch, 1>> -> tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>
  %k = graph.add %x, %p : tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>, tensor<?x1x8xf32, #graph.dims<batch, 1, 8>> -> tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>
  %all = graph.concat %old, %k axis 1 : tensor<?x?x8xf32, #graph.dims<batch, past, 8>>, tensor<?x1x8xf32, #graph.dims<batch, 1, 8>> -> tensor<?x?x8xf32, #graph.dims<batch, past + 1, 8>>
  %z = graph.attention %k, %all, %all : tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>, tensor<?x?x8xf32, #graph.dims<batch, past + 1, 8>>, tensor<?x?x8xf32, #graph.dims<batch, past + 1, 8>> -> tensor<?x1x8xf32, #graph.dims<batch, 1, 8>> {
  ^bb0(%scores: tensor<?x1x?xf32, #graph.dims<batch, 1, past + 1>>):
    graph.yield %scores : tensor<?x1x?xf32, #graph.dims<batch, 1, past + 1>>
  }
  %y = graph.attention %z, %encoder, %encoder : tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>, tensor<?x?x8xf32, #graph.dims<batch, length, 8>>, tensor<?x?x8xf32, #graph.dims<batch, length, 8>> -> tensor<?x1x8xf32, #graph.dims<batch, 1, 8>> {
  ^bb0(%scores: tensor<?x1x?xf32, #graph.dims<batch, 1, length>>):
    graph.yield %scores : tensor<?x1x?xf32, #graph.dims<batch, 1, length>>
  }
  return %all, %y : tensor<?x?x8xf32, #graph.dims<batch, past + 1, 8>>, tensor<?x1x8xf32, #graph.dims<batch, 1, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}
weight.data @places : tensor<9x8xf32> {
  %0 = weight.file "m" offset 640 : tensor<9x8xf32>
  weight.yield %0 : tensor<9x8xf32>
}
