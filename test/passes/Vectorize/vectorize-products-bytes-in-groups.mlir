// RUN: lmcc-opt %s --split-input-file --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// Bytes in groups: words of four steps meet words of the row, which are the side
// without -128. Sums start at the starts of the row times the zero points.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 1, panel_columns = 8, depth_block = 256, alignment = 64, depth_step = 4>} {
// CHECK-LABEL: func.func @signed(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x8xi32>, %[[W:[^:]*]]: memref<1x2x40xi32>, %{{[^:]*}}: memref<1x8xf32>, %[[S:[^:]*]]: memref<1x2xi32>, %[[Z:[^:]*]]: memref<1x2x8xi8>)
// CHECK:         scf.for %[[G:.*]] = %c0 to %c2 step %c1
// CHECK-NEXT:      %[[BYTES:.*]] = vector.load %[[Z]][%c0, %[[G]], %c0] : memref<1x2x8xi8>, vector<4xi8>
// CHECK-NEXT:      %[[ZERO:.*]] = arith.extsi %[[BYTES]] : vector<4xi8> to vector<4xi32>
// CHECK:           vector.load %[[Z]][%c0, %[[G]], %c4]
// CHECK:           %[[ROW:.*]] = vector.broadcast
// CHECK-NEXT:      %[[START:.*]] = arith.muli %[[ROW]], %[[ZERO]] : vector<4xi32>
// CHECK:           %[[LEFT:.*]] = vector.load %[[X]]
// CHECK:           %[[LANE:.*]] = vector.extract %[[LEFT]][0]
// CHECK:           %[[WORD:.*]] = vector.broadcast %[[LANE]]
// CHECK:           %[[WORDS:.*]] = vector.load %[[W]][%c0, %[[G]], %c0]
// CHECK-NEXT:      kernel.dot4 %[[START]], %[[WORD]], %[[WORDS]] : vector<4xi32>
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c32]
// CHECK-NEXT:      arith.bitcast
func.func @signed(%x: memref<1x8xi32>, %w: memref<1x2x40xi32>, %y: memref<1x8xf32>, %s: memref<1x2xi32>, %z: memref<1x2x8xi8>) {
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<1x2xi32>) zeros(%z : memref<1x2x8xi8>) : memref<1x8xi32>, memref<1x2x40xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Without zero points the sums of signed bytes start at 0.
// CHECK-LABEL: func.func @signed_alone(
// CHECK:         %[[NONE:.*]] = arith.constant dense<0> : vector<4xi32>
// CHECK:         kernel.dot4 %[[NONE]], %{{.*}}, %{{.*}} : vector<4xi32>
func.func @signed_alone(%x: memref<1x8xi32>, %w: memref<1x2x40xi32>, %y: memref<1x8xf32>) {
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales : memref<1x8xi32>, memref<1x2x40xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Floats meet the bytes of a word one after the other.
// CHECK-LABEL: func.func @floats(
// CHECK-DAG:     %[[TOP:.*]] = arith.constant dense<24> : vector<4xi32>
// CHECK-DAG:     %[[SECOND:.*]] = arith.constant dense<16> : vector<4xi32>
// CHECK:         %[[ZERO:.*]] = arith.sitofp %{{.*}} : vector<4xi8> to vector<4xf32>
// CHECK:         %[[START:.*]] = arith.mulf %{{.*}}, %[[ZERO]] : vector<4xf32>
// CHECK:         %[[WORDS:.*]] = vector.load %{{.*}} : memref<1x2x40xi32>, vector<4xi32>
// CHECK-NOT:     arith.xori
// CHECK:         %[[AT:.*]] = arith.shli %[[WORDS]], %[[TOP]]
// CHECK-NEXT:    %[[NUMBER:.*]] = arith.shrsi %[[AT]], %[[TOP]]
// CHECK-NEXT:    %[[FLOAT:.*]] = arith.sitofp %[[NUMBER]]
// CHECK:         math.fma %{{.*}}, %[[FLOAT]], %[[START]]
// CHECK:         arith.shli %[[WORDS]], %[[SECOND]]
func.func @floats(%x: memref<1x32xf32>, %w: memref<1x2x40xi32>, %y: memref<1x8xf32>, %s: memref<1x2xf32>, %z: memref<1x2x8xi8>) {
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<1x2xf32>) zeros(%z : memref<1x2x8xi8>) : memref<1x32xf32>, memref<1x2x40xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// A machine that wants one side unsigned gets 128 more, and so do zero points.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 1, panel_columns = 8, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @unsigned(
// CHECK-DAG:     %[[TOPS:.*]] = arith.constant dense<-2139062144> : vector<4xi32>
// CHECK-DAG:     %[[HALF:.*]] = arith.constant dense<128> : vector<4xi32>
// CHECK:         %[[WIDE:.*]] = arith.extsi %{{.*}} : vector<4xi8> to vector<4xi32>
// CHECK-NEXT:    %[[ZERO:.*]] = arith.addi %[[WIDE]], %[[HALF]]
// CHECK:         %[[START:.*]] = arith.muli %{{.*}}, %[[ZERO]]
// CHECK:         %[[WORDS:.*]] = vector.load %{{.*}} : memref<1x2x40xi32>, vector<4xi32>
// CHECK-NEXT:    %[[UNSIGNED:.*]] = arith.xori %[[WORDS]], %[[TOPS]]
// CHECK-NEXT:    kernel.dot4 %[[START]], %{{.*}}, %[[UNSIGNED]] unsigned_rows : vector<4xi32>
func.func @unsigned(%x: memref<1x8xi32>, %w: memref<1x2x40xi32>, %y: memref<1x8xf32>, %s: memref<1x2xi32>, %z: memref<1x2x8xi8>) {
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<1x2xi32>) zeros(%z : memref<1x2x8xi8>) : memref<1x8xi32>, memref<1x2x40xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
