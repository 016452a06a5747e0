// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-cache 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// New rows are quantised, and both states are appended to; what moves rows moves
// bytes and scales. The second state is also read as floats in one function, and
// stays as it is in both.
// REMARK: remark: cache in 8 bits: a scale for each row
// REMARK: remark: cache in 8 bits: not, its rows are read as they are
// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<4x1x8xf32>, %[[K:[^:]*]]: tensor<4x?x8xi8, #graph.dims<4, past, 8>> {graph.name = "key", graph.state}, %[[S:[^:]*]]: tensor<4x?x1xf32, #graph.dims<4, past, 1>> {graph.name = "key.scales", graph.state}, %[[V:[^:]*]]: tensor<4x?x8xf32, #graph.dims<4, past, 8>> {graph.name = "value", graph.state})
// CHECK:         %[[NS:.*]] = graph.row_scales %[[X]] : tensor<4x1x8xf32> -> tensor<4x1x1xf32>
// CHECK-NEXT:    %[[NB:.*]] = graph.quantize_rows %[[X]], %[[NS]] : tensor<4x1x8xf32>, tensor<4x1x1xf32> -> tensor<4x1x8xi8>
// CHECK-NEXT:    %[[B:.*]] = graph.concat %[[K]], %[[NB]] axis 1
// CHECK-NEXT:    %[[C:.*]] = graph.concat %[[S]], %[[NS]] axis 1
// CHECK-DAG:     %[[BR:.*]] = graph.reshape %[[B]] : {{.*}} -> tensor<4x1x?x8xi8, #graph.dims<4, 1, past + 1, 8>>
// CHECK-DAG:     %[[CR:.*]] = graph.reshape %[[C]] : {{.*}} -> tensor<4x1x?x1xf32, #graph.dims<4, 1, past + 1, 1>>
// CHECK-DAG:     %[[F:.*]] = graph.cast %[[BR]]
// CHECK:         graph.mul %[[F]], %[[CR]]
// CHECK:         %[[VC:.*]] = graph.concat %[[V]], %[[X]] axis 1 : tensor<4x?x8xf32
// CHECK:         graph.row_scales %[[VC]]
// CHECK-LABEL: func.func @prefill(
// CHECK-SAME:      tensor<4x?x8xi8, {{.*}} {graph.name = "key", graph.state}, %{{.*}}: tensor<4x?x1xf32, {{.*}} {graph.name = "key.scales", graph.state}, %{{.*}}: tensor<4x?x8xf32
func.func @decode(%x: tensor<4x1x8xf32>, %k: tensor<4x?x8xf32, #graph.dims<4, past, 8>> {graph.name = "key", graph.state}, %v: tensor<4x?x8xf32, #graph.dims<4, past, 8>> {graph.name = "value", graph.state}) -> (tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>, tensor<4x?x1xf32, #graph.dims<4, past + 1, 1>>)
    attributes {graph.symbols = [#graph.symbol<"past", 0, 9>], graph.decoding = {}} {
  %0 = graph.concat %k, %x axis 1 : tensor<4x?x8xf32, #graph.dims<4, past, 8>>, tensor<4x1x8xf32> -> tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>
  %1 = graph.reshape %0 : tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>> -> tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>
  %2 = graph.row_scales %1 : tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>> -> tensor<4x1x?x1xf32, #graph.dims<4, 1, past + 1, 1>>
  %3 = graph.quantize_rows %1, %2 : tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>, tensor<4x1x?x1xf32, #graph.dims<4, 1, past + 1, 1>> -> tensor<4x1x?x8xi8, #graph.dims<4, 1, past + 1, 8>>
  %4 = graph.cast %3 : tensor<4x1x?x8xi8, #graph.dims<4, 1, past + 1, 8>> -> tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>
  %5 = graph.mul %4, %2 : tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>, tensor<4x1x?x1xf32, #graph.dims<4, 1, past + 1, 1>> -> tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>
  %6 = graph.concat %v, %x axis 1 : tensor<4x?x8xf32, #graph.dims<4, past, 8>>, tensor<4x1x8xf32> -> tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>
  %7 = graph.row_scales %6 : tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>> -> tensor<4x?x1xf32, #graph.dims<4, past + 1, 1>>
  return %5, %7 : tensor<4x1x?x8xf32, #graph.dims<4, 1, past + 1, 8>>, tensor<4x?x1xf32, #graph.dims<4, past + 1, 1>>
}
func.func @prefill(%x: tensor<4x1x8xf32>, %k: tensor<4x?x8xf32, #graph.dims<4, past, 8>> {graph.name = "key", graph.state}, %v: tensor<4x?x8xf32, #graph.dims<4, past, 8>> {graph.name = "value", graph.state}) -> (tensor<4x?x8xi8, #graph.dims<4, past + 1, 8>>, tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>)
    attributes {graph.symbols = [#graph.symbol<"past", 0, 9>], graph.decoding = {}} {
  %0 = graph.concat %k, %x axis 1 : tensor<4x?x8xf32, #graph.dims<4, past, 8>>, tensor<4x1x8xf32> -> tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>
  %1 = graph.row_scales %0 : tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>> -> tensor<4x?x1xf32, #graph.dims<4, past + 1, 1>>
  %2 = graph.quantize_rows %0, %1 : tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>, tensor<4x?x1xf32, #graph.dims<4, past + 1, 1>> -> tensor<4x?x8xi8, #graph.dims<4, past + 1, 8>>
  %3 = graph.concat %v, %x axis 1 : tensor<4x?x8xf32, #graph.dims<4, past, 8>>, tensor<4x1x8xf32> -> tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>
  return %2, %3 : tensor<4x?x8xi8, #graph.dims<4, past + 1, 8>>, tensor<4x?x8xf32, #graph.dims<4, past + 1, 8>>
}
