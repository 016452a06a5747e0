// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Keys are kept as columns of panels, values as rows. New ones are stored behind
// the old ones, and the attention reads both where they lie: nothing is packed
// or copied. After that only the logits are computed, for who wants them.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-DAG: kernel.state @keys : memref<5120xf32> "[2, 150, 16], 16 keys side by side"
// CHECK-DAG: kernel.state @values : memref<4800xf32> "[2, 150, 16], rows"

// One new key: a column of its panel.
// CHECK-LABEL: func.func private @append(
// CHECK-SAME:      %[[STATE:[^:]*]]: memref<?xf32>, %[[X:[^:]*]]: memref<?xf32>, %[[PAST:[^:]*]]: index)
// CHECK-DAG:     memref.reinterpret_cast %[[X]] to offset: [0], sizes: [2, 16, 1], strides: [16, 1, 16]
// CHECK-DAG:     %[[PANELS:.*]] = memref.reinterpret_cast %[[STATE]] to offset: [0], sizes: [2, 10, 16, 16], strides: [2560, 256, 16, 1]
// CHECK-DAG:     %[[PANEL:.*]] = affine.apply affine_map<()[s0] -> (s0 floordiv 16)>()[%[[PAST]]]
// CHECK:         memref.subview %[[PANELS]][%{{.*}}, %[[PANEL]], 0, %{{.*}}] [1, 1, 16, 1]

// One new row of values.
// CHECK-LABEL: func.func private @append_2(
// CHECK-SAME:      %[[STATE:[^:]*]]: memref<?xf32>, %[[X:[^:]*]]: memref<?xf32>, %[[PAST:[^:]*]]: index)
// CHECK:         %[[ROWS:.*]] = memref.reinterpret_cast %[[STATE]] to offset: [0], sizes: [2, 150, 16], strides: [2400, 16, 1]
// CHECK:         memref.subview %[[ROWS]][0, %[[PAST]], 0] [2, 1, 16]

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[Q:[^:]*]]: memref<?xf32>, %[[K:[^:]*]]: memref<?xf32>, %[[V:[^:]*]]: memref<?xf32>
// CHECK-DAG:     memref.reinterpret_cast %[[K]] to {{.*}}strides: [2560, 256, 16, 1]
// CHECK-DAG:     memref.reinterpret_cast %[[V]] to {{.*}}strides: [2400, 16, 16, 1]
// One row takes all panels of a whole block at once.
// CHECK:         scf.if
// CHECK:           kernel.panel_product {{.*}} memref<4x16x16xf32
// CHECK:         else
// CHECK:           scf.for
// CHECK:             kernel.panel_product {{.*}} memref<1x16x16xf32

// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      %{{.*}}: index, %[[TOKENS:[^:]*]]: memref<?xi32>, %[[ADDED:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
// CHECK-SAME:      capacity = 150 : i64
// CHECK-SAME:      dims = [{high = 149 : i64, low = 0 : i64, name = "past", role = "past"}]
// CHECK-SAME:      inputs = [{name = "tokens", {{.*}}}, {name = "added", {{.*}}}]
// CHECK-DAG:     %[[KEYS:.*]] = kernel.get_state @keys : memref<?xf32>
// CHECK-DAG:     %[[VALUES:.*]] = kernel.get_state @values : memref<?xf32>
// CHECK:         call @append(%[[KEYS]], %[[ADDED]], %{{.*}})
// CHECK:         call @append_2(%[[VALUES]], %[[ADDED]], %{{.*}})
// CHECK-NEXT:    kernel.finish_without %[[OUT]]
// CHECK:         call @attention(%[[ADDED]], %[[KEYS]], %[[VALUES]], %[[OUT]]
func.func @decode(%tokens: tensor<1xi32> {graph.name = "tokens"},
                  %k: tensor<2x?x16xf32, #graph.dims<2, past, 16>> {graph.name = "keys", graph.state},
                  %v: tensor<2x?x16xf32, #graph.dims<2, past, 16>> {graph.name = "values", graph.state},
                  %added: tensor<2x1x16xf32> {graph.name = "added"}) -> tensor<2x1x16xf32>
    attributes {graph.decoding = {capacity = 150 : i64, past = "past"}, graph.symbols = [#graph.symbol<"past", 0, 149>]} {
  %0 = graph.group (%a = %k, %b = %added) : (tensor<2x?x16xf32, #graph.dims<2, past, 16>>, tensor<2x1x16xf32>) -> tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>> {
    %3 = graph.concat %a, %b axis 1 : tensor<2x?x16xf32, #graph.dims<2, past, 16>>, tensor<2x1x16xf32> -> tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>
    graph.yield %3 : tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>
  }
  %1 = graph.group (%a = %v, %b = %added) : (tensor<2x?x16xf32, #graph.dims<2, past, 16>>, tensor<2x1x16xf32>) -> tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>> {
    %3 = graph.concat %a, %b axis 1 : tensor<2x?x16xf32, #graph.dims<2, past, 16>>, tensor<2x1x16xf32> -> tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>
    graph.yield %3 : tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>
  }
  %2 = graph.group (%gq = %added, %gk = %0, %gv = %1) : (tensor<2x1x16xf32>, tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>, tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>) -> tensor<2x1x16xf32> {
    %3 = graph.attention %gq, %gk, %gv : tensor<2x1x16xf32>, tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>>, tensor<2x?x16xf32, #graph.dims<2, past + 1, 16>> -> tensor<2x1x16xf32> {
    ^bb0(%s: tensor<2x1x?xf32, #graph.dims<2, 1, past + 1>>):
      graph.yield %s : tensor<2x1x?xf32, #graph.dims<2, 1, past + 1>>
    }
    graph.yield %3 : tensor<2x1x16xf32>
  }
  return %2 : tensor<2x1x16xf32>
}
}

// -----

// What something else than an attention reads is copied out of the state.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK:       kernel.state @keys : memref<1024xf32> "[64, 16], rows"
// CHECK-LABEL: func.func private @append(
// CHECK:         memref.subview %{{.*}}[%{{.*}}, 0] [%{{.*}}, 16]
// CHECK-LABEL: func.func private @copy(
// CHECK-LABEL: func.func @prefill(
// CHECK-SAME:      dims = [{high = 8 : i64, low = 1 : i64, name = "n", role = "count"}, {high = 39 : i64, low = 0 : i64, name = "past", role = "past"}]
// CHECK:         %[[KEYS:.*]] = kernel.get_state @keys
// CHECK:         call @append(%[[KEYS]],
// CHECK:         %[[COPY:.*]] = kernel.buffer
// CHECK:         call @copy(%[[KEYS]], %[[COPY]],
// CHECK:         call @exp(%[[COPY]],
func.func @prefill(%k: tensor<?x16xf32, #graph.dims<past, 16>> {graph.name = "keys", graph.state},
                   %added: tensor<?x16xf32, #graph.dims<n, 16>> {graph.name = "added"}) -> tensor<?x16xf32, #graph.dims<n + past, 16>>
    attributes {graph.decoding = {capacity = 64 : i64, count = "n", past = "past"}, graph.symbols = [#graph.symbol<"n", 1, 8>, #graph.symbol<"past", 0, 39>]} {
  %0 = graph.group (%a = %k, %b = %added) : (tensor<?x16xf32, #graph.dims<past, 16>>, tensor<?x16xf32, #graph.dims<n, 16>>) -> tensor<?x16xf32, #graph.dims<n + past, 16>> {
    %3 = graph.concat %a, %b axis 0 : tensor<?x16xf32, #graph.dims<past, 16>>, tensor<?x16xf32, #graph.dims<n, 16>> -> tensor<?x16xf32, #graph.dims<n + past, 16>>
    graph.yield %3 : tensor<?x16xf32, #graph.dims<n + past, 16>>
  }
  %1 = graph.group (%a = %0) : (tensor<?x16xf32, #graph.dims<n + past, 16>>) -> tensor<?x16xf32, #graph.dims<n + past, 16>> {
    %3 = graph.exp %a : tensor<?x16xf32, #graph.dims<n + past, 16>>
    graph.yield %3 : tensor<?x16xf32, #graph.dims<n + past, 16>>
  }
  return %1 : tensor<?x16xf32, #graph.dims<n + past, 16>>
}
}
