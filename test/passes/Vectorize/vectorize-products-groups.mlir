// RUN: lmcc-opt %s --split-input-file --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// One turn for each group of 32 steps. The sums of integers begin with the
// starts; bytes are halved once for both rows; a word of scales holds those of
// two vectors of columns; and the float sums take one fused multiply-add.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @signed(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x16xi32>, %[[W:[^:]*]]: memref<1x2x36xi32>, %[[Y:[^:]*]]: memref<2x8xf32>, %[[S:[^:]*]]: memref<2x2xi32>)
// CHECK-DAG:     %[[UPPER:.*]] = arith.constant dense<-65536> : vector<4xi32>
// CHECK-DAG:     %[[SIXTEEN:.*]] = arith.constant dense<16> : vector<4xi32>
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// CHECK:         %[[R:.*]]:4 = scf.for %[[G:.*]] = %c0 to %c2 step %c1 iter_args(%[[A0:.*]] = %[[ZERO]], %[[A1:.*]] = %[[ZERO]], %[[B0:.*]] = %[[ZERO]], %[[B1:.*]] = %[[ZERO]])
// CHECK-NEXT:      %[[SA:.*]] = memref.load %[[S]][%c0, %[[G]]]
// CHECK-NEXT:      %[[STARTA:.*]] = vector.broadcast %[[SA]] : i32 to vector<4xi32>
// CHECK-NEXT:      %[[SB:.*]] = memref.load %[[S]][%c1, %[[G]]]
// CHECK-NEXT:      %[[STARTB:.*]] = vector.broadcast %[[SB]] : i32 to vector<4xi32>
// CHECK-NEXT:      %[[K:.*]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[G]])
// CHECK-NEXT:      %[[XA:.*]] = memref.load %[[X]][%c0, %[[K]]]
// CHECK-NEXT:      %[[ROWA0:.*]] = vector.broadcast %[[XA]]
// CHECK-NEXT:      %[[K1:.*]] = affine.apply affine_map<(d0) -> (d0 * 8 + 1)>(%[[G]])
// CHECK-NEXT:      %[[XA1:.*]] = memref.load %[[X]][%c0, %[[K1]]]
// CHECK-NEXT:      %[[ROWA1:.*]] = vector.broadcast %[[XA1]]
// CHECK:           %[[XB:.*]] = memref.load %[[X]][%c1, %[[K]]]
// CHECK-NEXT:      %[[ROWB0:.*]] = vector.broadcast %[[XB]]
// CHECK:           %[[WORDS:.*]] = vector.load %[[W]][%c0, %[[G]], %c0] : memref<1x2x36xi32>, vector<4xi32>
// CHECK-NEXT:      %[[LOW:.*]] = kernel.nibbles low %[[WORDS]]
// CHECK-NEXT:      %[[P:.*]] = kernel.dot4 %[[STARTA]], %[[LOW]], %[[ROWA0]] : vector<4xi32>
// CHECK-NEXT:      kernel.dot4 %[[STARTB]], %[[LOW]], %[[ROWB0]] : vector<4xi32>
// CHECK-NEXT:      %[[HIGH:.*]] = kernel.nibbles high %[[WORDS]]
// CHECK-NEXT:      kernel.dot4 %[[P]], %[[HIGH]], %[[ROWA1]] : vector<4xi32>
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c4]
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c28]
// CHECK:           kernel.nibbles high
// CHECK-NEXT:      %[[LASTA1:.*]] = kernel.dot4
// CHECK-NEXT:      kernel.dot4
// CHECK-NEXT:      %[[SCALES:.*]] = vector.load %[[W]][%c0, %[[G]], %c32]
// CHECK-NEXT:      %[[BITS0:.*]] = arith.shli %[[SCALES]], %[[SIXTEEN]]
// CHECK-NEXT:      %[[SCALE0:.*]] = arith.bitcast %[[BITS0]] : vector<4xi32> to vector<4xf32>
// CHECK-NEXT:      %[[FA0:.*]] = arith.sitofp %{{.*}} : vector<4xi32> to vector<4xf32>
// CHECK-NEXT:      %[[NA0:.*]] = math.fma %[[FA0]], %[[SCALE0]], %[[A0]]
// CHECK-NEXT:      %[[FB0:.*]] = arith.sitofp
// CHECK-NEXT:      %[[NB0:.*]] = math.fma %[[FB0]], %[[SCALE0]], %[[B0]]
// CHECK-NEXT:      %[[BITS1:.*]] = arith.andi %[[SCALES]], %[[UPPER]]
// CHECK-NEXT:      %[[SCALE1:.*]] = arith.bitcast %[[BITS1]]
// CHECK-NEXT:      %[[FA1:.*]] = arith.sitofp %[[LASTA1]]
// CHECK-NEXT:      %[[NA1:.*]] = math.fma %[[FA1]], %[[SCALE1]], %[[A1]]
// CHECK:           scf.yield %[[NA0]], %[[NA1]], %[[NB0]], %{{.*}}
// CHECK:         vector.store %[[R]]#0, %[[Y]][%c0, %c0]
// CHECK:         vector.store %[[R]]#3, %[[Y]][%c1, %c4]
func.func @signed(%x: memref<2x16xi32>, %w: memref<1x2x36xi32>, %y: memref<2x8xf32>, %s: memref<2x2xi32>) {
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) : memref<2x16xi32>, memref<1x2x36xi32>, memref<2x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// Where the rows of a dot product are the unsigned side, the halves are there.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @unsigned(
// CHECK:         %[[ROW:.*]] = vector.broadcast %{{.*}} : i32 to vector<4xi32>
// CHECK:         %[[LOW:.*]] = kernel.nibbles low
// CHECK-NEXT:    kernel.dot4 %{{.*}}, %{{.*}}, %[[LOW]] unsigned_rows : vector<4xi32>
// CHECK-NOT:     kernel.dot4 %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : vector
// CHECK:         return
func.func @unsigned(%x: memref<1x8xi32>, %w: memref<1x1x36xi32>, %y: memref<1x8xf32>, %s: memref<1x1xi32>) {
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<1x1xi32>) : memref<1x8xi32>, memref<1x1x36xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// So they are where rows are split: halves are small, no sign is needed, and both
// products add up before they are widened.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64, split_rows = true>} {
// CHECK-LABEL: func.func @split(
// CHECK:         %[[ROW:.*]] = vector.broadcast %{{.*}} : i32 to vector<4xi32>
// CHECK:         %[[LOW:.*]] = kernel.nibbles low
// CHECK-NEXT:    %[[HIGH:.*]] = kernel.nibbles high
// CHECK-NEXT:    kernel.dot8 %{{.*}}, %{{.*}}, %[[LOW]], %{{.*}}, %[[HIGH]] small_rows : vector<4xi32>
// CHECK-NOT:     kernel.dot4
// CHECK:         return
func.func @split(%x: memref<1x8xi32>, %w: memref<1x1x36xi32>, %y: memref<1x8xf32>, %s: memref<1x1xi32>) {
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<1x1xi32>) : memref<1x8xi32>, memref<1x1x36xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// Groups of 64 steps take two turns of 32. On a machine with products by lane a
// vector of words of the row is loaded, and its lanes meet the columns.
module attributes {target.machine = #target.machine<name = "by lane", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64, depth_step = 4>} {
// CHECK-LABEL: func.func @by_lane(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x32xi32>, %[[W:[^:]*]]: memref<1x2x68xi32>
// CHECK:         scf.for %[[G:.*]] = %c0 to %c2 step %c1
// CHECK:           %[[START:.*]] = vector.broadcast
// CHECK-NEXT:      %[[SUMS:.*]]:2 = scf.for %[[U:.*]] = %c0 to %c8 step %c4 iter_args(%[[A:.*]] = %[[START]], %[[B:.*]] = %[[START]])
// CHECK-NEXT:        %[[K:.*]] = affine.apply affine_map<(d0, d1) -> (d0 * 16 + d1 * 2)>(%[[G]], %[[U]])
// CHECK-NEXT:        %[[ROW:.*]] = vector.load %[[X]][%c0, %[[K]]] : memref<1x32xi32>, vector<4xi32>
// CHECK-NEXT:        %[[NEXT:.*]] = affine.apply affine_map<(d0, d1) -> (d0 * 16 + d1 * 2 + 4)>(%[[G]], %[[U]])
// CHECK-NEXT:        vector.load %[[X]][%c0, %[[NEXT]]]
// CHECK-NEXT:        %[[L0:.*]] = vector.extract %[[ROW]][0]
// CHECK-NEXT:        %[[R0:.*]] = vector.broadcast %[[L0]]
// CHECK-NEXT:        %[[L1:.*]] = vector.extract %[[ROW]][1]
// CHECK:             %[[P:.*]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[U]])
// CHECK-NEXT:        %[[WORDS:.*]] = vector.load %[[W]][%c0, %[[G]], %[[P]]]
// CHECK-NEXT:        %[[LOW:.*]] = kernel.nibbles low %[[WORDS]]
// CHECK-NEXT:        kernel.dot4 %[[A]], %[[LOW]], %[[R0]] : vector<4xi32>
// CHECK:             scf.yield
// CHECK:           vector.load %[[W]][%c0, %[[G]], %c64]
// CHECK:           arith.sitofp %[[SUMS]]#0
func.func @by_lane(%x: memref<1x32xi32>, %w: memref<1x2x68xi32>, %y: memref<1x8xf32>, %s: memref<1x2xi32>) {
  kernel.panel_product %x, %w into %y maps [] group 64 starts(%s : memref<1x2xi32>) : memref<1x32xi32>, memref<1x2x68xi32>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
