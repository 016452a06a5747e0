// RUN: lmcc-opt %s --lmcc-vectorize-products --cse --mlir-print-local-scope | FileCheck %s

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// In a long epilogue four vectors go side by side, and two are left.
// CHECK-LABEL: func.func @long_epilogue(
// CHECK-SAME:      %{{.*}}: memref<3x5xf32>, %{{.*}}: memref<1x5x16xf32>, %[[Y:[^:]*]]: memref<3x16xf32>, %[[R:[^:]*]]: memref<16xf32>)
// CHECK:         %[[S:.*]]:6 = scf.for
// CHECK:         }
// CHECK-DAG:     %[[R0:.*]] = vector.load %[[R]][%[[C0:.*]]]
// CHECK-DAG:     %[[R8:.*]] = vector.load %[[R]][%[[C8:.*]]]
// CHECK:         %[[A0:.*]] = arith.addf %[[S]]#0, %[[R0]]
// CHECK-NEXT:    %[[A1:.*]] = arith.addf %[[S]]#1, %[[R8]]
// CHECK-NEXT:    %[[A2:.*]] = arith.addf %[[S]]#2, %[[R0]]
// CHECK-NEXT:    %[[A3:.*]] = arith.addf %[[S]]#3, %[[R8]]
// CHECK-NEXT:    math.absf %[[A0]]
// CHECK-NEXT:    math.absf %[[A1]]
// CHECK-NEXT:    math.absf %[[A2]]
// CHECK-NEXT:    math.absf %[[A3]]
// CHECK-COUNT-4: vector.store
// CHECK:         %[[A4:.*]] = arith.addf %[[S]]#4, %
// CHECK-NEXT:    %[[A5:.*]] = arith.addf %[[S]]#5, %
// CHECK-NEXT:    math.absf %[[A4]]
// CHECK-NEXT:    math.absf %[[A5]]
// CHECK-COUNT-2: vector.store
// CHECK-NOT:     vector.store
// CHECK:         return
func.func @long_epilogue(%x: memref<3x5xf32>, %w: memref<1x5x16xf32>, %y: memref<3x16xf32>, %r: memref<16xf32>) {
  kernel.panel_product %x, %w into %y extras(%r) maps [affine_map<(i, j) -> (j)>]
      : memref<3x5xf32>, memref<1x5x16xf32>, memref<3x16xf32>, memref<16xf32> {
  ^bb0(%f: f32, %e: f32):
    %sum = arith.addf %f, %e : f32
    %e0 = math.absf %sum : f32
    %e1 = math.roundeven %e0 : f32
    %e2 = math.absf %e1 : f32
    %e3 = math.roundeven %e2 : f32
    %e4 = math.absf %e3 : f32
    %e5 = math.roundeven %e4 : f32
    %e6 = math.absf %e5 : f32
    %e7 = math.roundeven %e6 : f32
    %e8 = math.absf %e7 : f32
    %e9 = math.roundeven %e8 : f32
    %e10 = math.absf %e9 : f32
    %e11 = math.roundeven %e10 : f32
    %e12 = math.absf %e11 : f32
    %e13 = math.roundeven %e12 : f32
    %e14 = math.absf %e13 : f32
    %e15 = math.roundeven %e14 : f32
    %e16 = math.absf %e15 : f32
    %e17 = math.roundeven %e16 : f32
    kernel.yield %e17 : f32
  }
  return
}
}
