// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope | FileCheck %s

// Keys in bytes are kept as words, as columns of panels, and values as words of
// four keys; scales lie in rows, and are filled up to blocks for each call.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-DAG: kernel.state @keys : memref<1280xi32> "[2, 150, 16], 16 keys side by side, in words"
// CHECK-DAG: kernel.state @keys.scales : memref<300xf32> "[2, 150, 1], rows"
// CHECK-DAG: kernel.state @values : memref<4864xi8> "[2, 150, 16], words of four rows"
// CHECK-DAG: kernel.state @values.scales : memref<300xf32> "[2, 150, 1], rows"

// Four words of a key become a column.
// CHECK-LABEL: func.func private @append(
// CHECK-SAME:      %[[STATE:[^:]*]]: memref<?xi32>, %[[X:[^:]*]]: memref<?xi8>, %[[PAST:[^:]*]]: index)
// CHECK-DAG:     %[[WORDS:.*]] = kernel.words %[[X]]
// CHECK-DAG:     memref.reinterpret_cast %[[WORDS]] to offset: [0], sizes: [2, 4, 1], strides: [4, 1, 4]
// CHECK-DAG:     %[[PANELS:.*]] = memref.reinterpret_cast %[[STATE]] to offset: [0], sizes: [2, 10, 4, 16], strides: [640, 64, 16, 1]
// CHECK:         memref.subview %[[PANELS]][%{{.*}}, %{{.*}}, 0, %{{.*}}] [1, 1, 4, 1]

// Each byte of a value belongs to another word.
// CHECK-LABEL: func.func private @append_3(
// CHECK-SAME:      %[[STATE:[^:]*]]: memref<?xi8>, %[[X:[^:]*]]: memref<?xi8>, %[[PAST:[^:]*]]: index)
// CHECK:         %[[BYTES:.*]] = memref.reinterpret_cast %[[STATE]] to offset: [0], sizes: [2, 1, 38, 16, 4], strides: [2432, 2432, 64, 4, 1]
// CHECK:         memref.subview %[[BYTES]][%{{.*}}, 0, %{{.*}}, 0, %{{.*}}] [1, 1, 1, 16, 1]

// CHECK-LABEL: func.func private @attention(
// CHECK-DAG:     memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, %{{.*}}, 4, 16], strides: [640, 64, 16, 1]
// CHECK-DAG:     memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 1, %{{.*}}, 16], strides: [608, 608, 16, 1]

// CHECK-LABEL: func.func @decode(
// CHECK-NOT:     call @pack_keys
// CHECK-NOT:     call @pack_values
// CHECK:         call @pack_scales(
// CHECK:         call @pack_scales(
// CHECK:         call @attention(
func.func @decode(%k: tensor<2x?x16xi8, #graph.dims<2, past, 16>> {graph.name = "keys", graph.state},
                  %ks: tensor<2x?x1xf32, #graph.dims<2, past, 1>> {graph.name = "keys.scales", graph.state},
                  %v: tensor<2x?x16xi8, #graph.dims<2, past, 16>> {graph.name = "values", graph.state},
                  %vs: tensor<2x?x1xf32, #graph.dims<2, past, 1>> {graph.name = "values.scales", graph.state},
                  %x: tensor<2x1x16xf32> {graph.name = "added"}) -> tensor<2x1x16xf32>
    attributes {graph.decoding = {capacity = 150 : i64, past = "past"}, graph.symbols = [#graph.symbol<"past", 0, 149>]} {
  %s = graph.group (%a = %x) : (tensor<2x1x16xf32>) -> tensor<2x1x1xf32> {
    %6 = graph.row_scales %a : tensor<2x1x16xf32> -> tensor<2x1x1xf32>
    graph.yield %6 : tensor<2x1x1xf32>
  }
  %b = graph.group (%a = %x, %c = %s) : (tensor<2x1x16xf32>, tensor<2x1x1xf32>) -> tensor<2x1x16xi8> {
    %6 = graph.quantize_rows %a, %c : tensor<2x1x16xf32>, tensor<2x1x1xf32> -> tensor<2x1x16xi8>
    graph.yield %6 : tensor<2x1x16xi8>
  }
  %0 = graph.group (%a = %k, %c = %b) : (tensor<2x?x16xi8, #graph.dims<2, past, 16>>, tensor<2x1x16xi8>) -> tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>> {
    %6 = graph.concat %a, %c axis 1 : tensor<2x?x16xi8, #graph.dims<2, past, 16>>, tensor<2x1x16xi8> -> tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>
    graph.yield %6 : tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>
  }
  %1 = graph.group (%a = %ks, %c = %s) : (tensor<2x?x1xf32, #graph.dims<2, past, 1>>, tensor<2x1x1xf32>) -> tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>> {
    %6 = graph.concat %a, %c axis 1 : tensor<2x?x1xf32, #graph.dims<2, past, 1>>, tensor<2x1x1xf32> -> tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>
    graph.yield %6 : tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>
  }
  %2 = graph.group (%a = %v, %c = %b) : (tensor<2x?x16xi8, #graph.dims<2, past, 16>>, tensor<2x1x16xi8>) -> tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>> {
    %6 = graph.concat %a, %c axis 1 : tensor<2x?x16xi8, #graph.dims<2, past, 16>>, tensor<2x1x16xi8> -> tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>
    graph.yield %6 : tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>
  }
  %3 = graph.group (%a = %vs, %c = %s) : (tensor<2x?x1xf32, #graph.dims<2, past, 1>>, tensor<2x1x1xf32>) -> tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>> {
    %6 = graph.concat %a, %c axis 1 : tensor<2x?x1xf32, #graph.dims<2, past, 1>>, tensor<2x1x1xf32> -> tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>
    graph.yield %6 : tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>
  }
  %4 = graph.group (%gq = %b, %gk = %0, %gv = %2, %gs = %s, %gks = %1, %gvs = %3) : (tensor<2x1x16xi8>, tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>, tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>, tensor<2x1x1xf32>, tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>, tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>) -> tensor<2x1x16xf32> {
    %6 = graph.attention %gq, %gk, %gv scales(%gs, %gks, %gvs : tensor<2x1x1xf32>, tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>, tensor<2x?x1xf32, #graph.dims<2, past + 1, 1>>) : tensor<2x1x16xi8>, tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>>, tensor<2x?x16xi8, #graph.dims<2, past + 1, 16>> -> tensor<2x1x16xf32> {
    ^bb0(%t: tensor<2x1x?xf32, #graph.dims<2, 1, past + 1>>):
      graph.yield %t : tensor<2x1x?xf32, #graph.dims<2, 1, past + 1>>
    }
    graph.yield %6 : tensor<2x1x16xf32>
  }
  return %4 : tensor<2x1x16xf32>
}
}
