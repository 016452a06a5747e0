// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// CHECK:      kernel.state @layer.0.key : memref<96xf32> "[1, 2, 6, 8], rows"
kernel.state @layer.0.key : memref<96xf32> "[1, 2, 6, 8], rows"
// CHECK-NEXT: kernel.state @places : memref<4xi64> ""
kernel.state @places : memref<4xi64> ""

// CHECK-LABEL: func.func @decode(
// CHECK-SAME:      %[[LOGITS:.*]]: memref<?xf32>)
func.func @decode(%logits: memref<?xf32>) {
  // CHECK-NEXT: kernel.get_state @layer.0.key : memref<?xf32>
  // CHECK-NEXT: kernel.get_state @places : memref<?xi64>
  // CHECK-NEXT: kernel.finish_without %[[LOGITS]] : memref<?xf32>
  %0 = kernel.get_state @layer.0.key : memref<?xf32>
  %1 = kernel.get_state @places : memref<?xi64>
  kernel.finish_without %logits : memref<?xf32>
  return
}
