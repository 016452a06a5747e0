// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// Constants and groups; the other operations are in the files named like their
// records.

// CHECK-LABEL: func.func @constant(
func.func @constant() {
  // CHECK-NEXT: graph.constant dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf32>
  // CHECK-NEXT: graph.constant dense<255> : tensor<ui8>
  // CHECK-NEXT: graph.constant dense<true> : tensor<2x3xi1>
  // CHECK-NEXT: graph.constant dense<> : tensor<0x3xi64>
  %0 = graph.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %1 = graph.constant dense<255> : tensor<ui8>
  %2 = graph.constant dense<true> : tensor<2x3xi1>
  %3 = graph.constant dense<> : tensor<0x3xi64>
  return
}

// CHECK-LABEL: func.func @group(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<3xf32>)
func.func @group(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.group (%[[A:.*]] = %[[X]], %[[C:.*]] = %[[W]], %[[D:.*]] = %[[B]]) : (tensor<2x4xf32>, tensor<4x3xf32>, tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT:   %[[P:.*]] = graph.matmul %[[A]], %[[C]]
  // CHECK-NEXT:   %[[S:.*]] = graph.add %[[P]], %[[D]]
  // CHECK-NEXT:   graph.yield %[[S]] : tensor<2x3xf32>
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[R]]
  %0 = graph.group (%a = %x, %c = %w, %d = %b)
     : (tensor<2x4xf32>, tensor<4x3xf32>, tensor<3xf32>) -> tensor<2x3xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
    %2 = graph.add %1, %d : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @group_without_operands(
func.func @group_without_operands() -> tensor<3xi64> {
  // CHECK-NEXT: graph.group () : () -> tensor<3xi64> {
  %0 = graph.group () : () -> tensor<3xi64> {
    %1 = graph.iota : tensor<3xi64>
    graph.yield %1 : tensor<3xi64>
  }
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: func.func @group_with_attributes(
// CHECK-SAME:      %[[X:.*]]: tensor<3xf32>)
func.func @group_with_attributes(%x: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK-NEXT: graph.group (%{{.*}} = %[[X]]) : (tensor<3xf32>) -> tensor<3xf32> attributes {note = "kept"} {
  %0 = graph.group (%a = %x) : (tensor<3xf32>) -> tensor<3xf32> attributes {note = "kept"} {
    %1 = graph.exp %a : tensor<3xf32>
    graph.yield %1 : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}
