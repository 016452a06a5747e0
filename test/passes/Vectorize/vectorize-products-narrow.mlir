// RUN: lmcc-opt %s --split-input-file --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// Weights that are narrower than the rows are converted once for all rows.
module attributes {target.machine = #target.machine<name = "4 lanes", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @bytes(
// CHECK:         scf.for
// CHECK:           %[[B:.*]] = vector.load %{{.*}} : memref<1x5x4xi8>, vector<4xi8>
// CHECK-NEXT:      %[[F:.*]] = arith.sitofp %[[B]] : vector<4xi8> to vector<4xf32>
// CHECK-NOT:       arith.sitofp
// CHECK:           math.fma %{{.*}}, %[[F]], %{{.*}} : vector<4xf32>
// CHECK:           math.fma %{{.*}}, %[[F]], %{{.*}} : vector<4xf32>
func.func @bytes(%x: memref<2x5xf32>, %w: memref<1x5x4xi8>, %y: memref<2x4xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<1x5x4xi8>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
// CHECK-LABEL: func.func @halves(
// CHECK:           %[[B:.*]] = vector.load %{{.*}} : memref<1x5x4xf16>, vector<4xf16>
// CHECK-NEXT:      arith.extf %[[B]] : vector<4xf16> to vector<4xf32>
func.func @halves(%x: memref<2x5xf32>, %w: memref<1x5x4xf16>, %y: memref<2x4xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<1x5x4xf16>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// Groups of 16: two rows of words. Halves of bytes become numbers in two's
// complement, and the number of each step in turn moves to the top of its word.
module attributes {target.machine = #target.machine<name = "4 lanes", vector_bits = 128, tile_rows = 1, panel_columns = 8, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @groups(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x32xf32>, %[[W:[^:]*]]: memref<1x2x20xi32>
// CHECK-DAG:     %[[EIGHTS:.*]] = arith.constant dense<-2004318072> : vector<4xi32>
// CHECK-DAG:     %[[TOP:.*]] = arith.constant dense<28> : vector<4xi32>
// CHECK-DAG:     %[[SECOND:.*]] = arith.constant dense<20> : vector<4xi32>
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// CHECK:         scf.for %[[G:.*]] = %c0 to %c2 step %c1 iter_args(%[[A:.*]] = %[[ZERO]], %{{.*}} = %[[ZERO]])
// CHECK:           %[[WORDS:.*]] = vector.load %[[W]][%c0, %[[G]], %c0]
// CHECK-NEXT:      %[[SIGNED:.*]] = arith.xori %[[WORDS]], %[[EIGHTS]]
// CHECK:           %[[AT:.*]] = arith.shli %[[SIGNED]], %[[TOP]]
// CHECK-NEXT:      %[[NUMBER:.*]] = arith.shrsi %[[AT]], %[[TOP]]
// CHECK-NEXT:      %[[FLOAT:.*]] = arith.sitofp %[[NUMBER]]
// CHECK:           %[[S0:.*]] = math.fma %{{.*}}, %[[FLOAT]], %[[ZERO]]
// CHECK:           %[[AT1:.*]] = arith.shli %[[SIGNED]], %[[SECOND]]
// CHECK-NEXT:      %[[NUMBER1:.*]] = arith.shrsi %[[AT1]], %[[TOP]]
// CHECK-NEXT:      %[[FLOAT1:.*]] = arith.sitofp %[[NUMBER1]]
// CHECK:           math.fma %{{.*}}, %[[FLOAT1]], %[[S0]]
// The last step of a word is at its top.
// CHECK:           arith.shrsi %[[SIGNED]], %[[TOP]]
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c8]
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c16]
// CHECK:           math.fma %{{.*}}, %{{.*}}, %[[A]]
func.func @groups(%x: memref<1x32xf32>, %w: memref<1x2x20xi32>, %y: memref<1x8xf32>) {
  kernel.panel_product %x, %w into %y maps [] group 16 : memref<1x32xf32>, memref<1x2x20xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Wide scales are loaded as they are, a vector for each of columns.
// CHECK-LABEL: func.func @wide_scales(
// CHECK:           %[[BITS:.*]] = vector.load %{{.*}}[%c0, %{{.*}}, %c20] : memref<1x2x24xi32>, vector<4xi32>
// CHECK-NEXT:      %[[SCALE:.*]] = arith.bitcast %[[BITS]] : vector<4xi32> to vector<4xf32>
// CHECK-NEXT:      math.fma %{{.*}}, %[[SCALE]], %{{.*}}
func.func @wide_scales(%x: memref<1x32xf32>, %w: memref<1x2x24xi32>, %y: memref<1x8xf32>) {
  kernel.panel_product %x, %w into %y maps [] group 16 wide_scales : memref<1x32xf32>, memref<1x2x24xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
