// RUN: lmcc-opt %s --lmcc-graph-to-kernel | FileCheck %s

// A product of integers is a plain loop over the depth: exact in any order, so
// it needs neither panels nor lanes.

// CHECK-LABEL: func.func private @matmul
// CHECK-NOT:     kernel.panel_product
// CHECK:         %[[SUM:.*]] = scf.for {{.*}} iter_args(%[[SO_FAR:.*]] = %{{.*}}) -> (i32)
// CHECK:           %[[PRODUCT:.*]] = arith.muli
// CHECK:           %[[NEXT:.*]] = arith.addi %[[SO_FAR]], %[[PRODUCT]] : i32
// CHECK:           scf.yield %[[NEXT]] : i32
// CHECK:         memref.store %[[SUM]]
// CHECK-LABEL: func.func @run(
// CHECK-NOT:     @pack
func.func @main(%x: tensor<2x4xi32>, %w: tensor<4x3xi32>) -> tensor<2x3xi32> {
  %0 = graph.group (%a = %x, %b = %w) : (tensor<2x4xi32>, tensor<4x3xi32>) -> tensor<2x3xi32> {
    %1 = graph.matmul %a, %b : tensor<2x4xi32>, tensor<4x3xi32> -> tensor<2x3xi32>
    graph.yield %1 : tensor<2x3xi32>
  }
  return %0 : tensor<2x3xi32>
}
