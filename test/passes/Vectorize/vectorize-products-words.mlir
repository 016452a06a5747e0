// RUN: lmcc-opt %s --split-input-file --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// Words of bytes take dot products, and sums of them start at 0.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @signed(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x3xi32>, %[[W:[^:]*]]: memref<1x3x4xi32>
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0> : vector<4xi32>
// CHECK:         %[[SUMS:.*]]:2 = scf.for %[[K:.*]] = %c0 to %c3 step %c1 iter_args(%[[A:.*]] = %[[ZERO]], %[[B:.*]] = %[[ZERO]])
// CHECK-NEXT:      %[[W0:.*]] = vector.load %[[W]][%c0, %[[K]], %c0] : {{.*}}, vector<4xi32>
// CHECK-NEXT:      %[[X0:.*]] = memref.load %[[X]][%c0, %[[K]]]
// CHECK-NEXT:      %[[S0:.*]] = vector.broadcast %[[X0]] : i32 to vector<4xi32>
// CHECK-NEXT:      kernel.dot4 %[[A]], %[[W0]], %[[S0]] : vector<4xi32>
// CHECK:           kernel.dot4 %[[B]], %[[W0]], %{{.*}} : vector<4xi32>
// CHECK:         %[[F:.*]] = arith.sitofp %[[SUMS]]#0 : vector<4xi32> to vector<4xf32>
// CHECK:         vector.store %[[F]]
func.func @signed(%x: memref<2x3xi32>, %w: memref<1x3x4xi32>, %y: memref<2x4xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<2x3xi32>, memref<1x3x4xi32>, memref<2x4xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @unsigned(
// CHECK:         kernel.dot4 %{{.*}}, %{{.*}}, %{{.*}} unsigned_rows : vector<4xi32>
func.func @unsigned(%x: memref<1x3xi32>, %w: memref<1x3x4xi32>, %y: memref<1x4xi32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<1x3xi32>, memref<1x3x4xi32>, memref<1x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// What is computed may be any byte.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @full_range(
// CHECK:         kernel.dot4 %{{.*}}, %{{.*}}, %{{.*}} full_range : vector<4xi32>
func.func @full_range(%x: memref<1x3xi32>, %w: memref<1x3x4xi32>, %y: memref<1x4xi32>) {
  kernel.panel_product %x, %w into %y maps [] full_range : memref<1x3xi32>, memref<1x3x4xi32>, memref<1x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// One row: the steps are summed in shares, so that eight sums do not wait for
// each other; steps that are left go to the first one.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @one_row(
// CHECK:         %[[TWO:.*]]:8 = scf.for %{{.*}} = %c0 to %c4 step %c2
// CHECK-COUNT-8:   kernel.dot4
// CHECK:           scf.yield
// CHECK:         %[[REST:.*]] = kernel.dot4 %[[TWO]]#0
// CHECK:         kernel.dot4 %[[TWO]]#3
// CHECK-NOT:     kernel.dot4
// CHECK:         arith.addi %[[REST]], %[[TWO]]#4
// CHECK-COUNT-3: arith.addi
func.func @one_row(%x: memref<1x5xi32>, %w: memref<1x5x16xi32>, %y: memref<1x16xi32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<1x5xi32>, memref<1x5x16xi32>, memref<1x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Panels of unsigned bytes take the place of rows, and sums start where they
// are told to.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @unsigned_panels(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x3xi32>, %[[W:[^:]*]]: memref<1x3x4xi32>, %[[Y:[^:]*]]: memref<2x4xi32>, %[[S:[^:]*]]: memref<2x1xi32>)
// CHECK:         %[[A:.*]] = memref.load %[[S]][%c0, %c0]
// CHECK:         %[[A0:.*]] = vector.broadcast %[[A]] : i32 to vector<4xi32>
// CHECK:         %[[B:.*]] = memref.load %[[S]][%c1, %c0]
// CHECK:         %[[B0:.*]] = vector.broadcast %[[B]] : i32 to vector<4xi32>
// CHECK:         scf.for {{.*}} iter_args(%[[SA:.*]] = %[[A0]], %[[SB:.*]] = %[[B0]])
// CHECK:           %[[W0:.*]] = vector.load %[[W]]
// CHECK:           %[[R:.*]] = vector.broadcast
// CHECK:           kernel.dot4 %[[SA]], %[[R]], %[[W0]] unsigned_rows : vector<4xi32>
func.func @unsigned_panels(%x: memref<2x3xi32>, %w: memref<1x3x4xi32>, %y: memref<2x4xi32>, %s: memref<2x1xi32>) {
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xi32>) : memref<2x3xi32>, memref<1x3x4xi32>, memref<2x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Signs of a row turn the words of the panel over; its magnitudes are small.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, split_rows = true>} {
// CHECK-LABEL: func.func @split(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x3xi32>, %[[W:[^:]*]]: memref<1x3x4xi32>, %[[Y:[^:]*]]: memref<2x4xi32>, %[[S:[^:]*]]: memref<2x1xi32>, %[[SIGNS:[^:]*]]: memref<2x3xi32>)
// CHECK:         %[[A:.*]] = memref.load %[[S]][%c0, %c0]
// CHECK:         %[[A0:.*]] = vector.broadcast %[[A]] : i32 to vector<4xi32>
// CHECK:         scf.for %[[K:.*]] = %c0 to %c3 step %c1 iter_args(%[[SA:.*]] = %[[A0]], %[[SB:.*]] =
// CHECK-NEXT:      %[[W0:.*]] = vector.load %[[W]]
// CHECK-NEXT:      %[[SIGN:.*]] = memref.load %[[SIGNS]][%c0, %[[K]]]
// CHECK-NEXT:      %[[TURN:.*]] = vector.broadcast %[[SIGN]]
// CHECK-NEXT:      %[[MAGNITUDE:.*]] = memref.load %[[X]][%c0, %[[K]]]
// CHECK-NEXT:      %[[R:.*]] = vector.broadcast %[[MAGNITUDE]]
// CHECK-NEXT:      %[[TURNED:.*]] = arith.xori %[[W0]], %[[TURN]]
// CHECK-NEXT:      kernel.dot4 %[[SA]], %[[TURNED]], %[[R]] small_rows : vector<4xi32>
// CHECK:           kernel.dot4 %[[SB]], %{{.*}} small_rows
func.func @split(%x: memref<2x3xi32>, %w: memref<1x3x4xi32>, %y: memref<2x4xi32>, %s: memref<2x1xi32>, %signs: memref<2x3xi32>) {
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xi32>) signs(%signs : memref<2x3xi32>) : memref<2x3xi32>, memref<1x3x4xi32>, memref<2x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Rows that were not split, such as a single one, keep their signs.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, split_rows = true>} {
// CHECK-LABEL: func.func @whole_row(
// CHECK-NOT:     arith.xori
// CHECK:         kernel.dot4 %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : vector<4xi32>
func.func @whole_row(%x: memref<1x3xi32>, %w: memref<1x3x4xi32>, %y: memref<1x4xi32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<1x3xi32>, memref<1x3x4xi32>, memref<1x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Steps in an order of their own: the first ones in pairs, whose places of the
// rows are looked up, then one by one.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, split_rows = true>} {
// CHECK-LABEL: func.func @pairs(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x5xi32>, %[[W:[^:]*]]: memref<1x5x4xi32>, %[[Y:[^:]*]]: memref<1x4xi32>, %[[S:[^:]*]]: memref<1x1xi32>, %[[SIGNS:[^:]*]]: memref<1x5xi32>, %[[ORDER:[^:]*]]: memref<1x6xi16>)
// CHECK:         %[[COUNT:.*]] = memref.load %[[ORDER]][%c0, %c0]
// CHECK:         %[[PAIRS:.*]] = arith.index_castui %[[COUNT]] : i16 to index
// CHECK:         %[[END:.*]] = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%[[PAIRS]]]
// CHECK:         %[[PAIRED:.*]] = scf.for %[[K:.*]] = %c0 to %[[END]] step %c2 iter_args(%[[SUM:.*]] = %
// CHECK:           %[[NEXT:.*]] = affine.apply affine_map<(d0) -> (d0 + 1)>(%[[K]])
// CHECK:           memref.load %[[ORDER]]
// CHECK:           %[[A:.*]] = arith.index_castui
// CHECK:           memref.load %[[ORDER]]
// CHECK:           %[[B:.*]] = arith.index_castui
// CHECK:           %[[WA:.*]] = vector.load %[[W]][%c0, %[[K]], %c0]
// CHECK:           %[[WB:.*]] = vector.load %[[W]][%c0, %[[NEXT]], %c0]
// CHECK-DAG:       memref.load %[[X]][%c0, %[[A]]]
// CHECK-DAG:       memref.load %[[SIGNS]][%c0, %[[A]]]
// CHECK-DAG:       memref.load %[[X]][%c0, %[[B]]]
// CHECK-DAG:       memref.load %[[SIGNS]][%c0, %[[B]]]
// CHECK-DAG:       %[[TA:.*]] = arith.xori %[[WA]]
// CHECK-DAG:       %[[TB:.*]] = arith.xori %[[WB]]
// CHECK:           kernel.dot8 %[[SUM]], %[[TA]], %{{.*}}, %[[TB]], %{{.*}} small_rows : vector<4xi32>
// CHECK:         scf.for %[[ONE:.*]] = %[[END]] to %c5 step %c1 iter_args(%{{.*}} = %[[PAIRED]])
// CHECK:           kernel.dot4 {{.*}} small_rows : vector<4xi32>
func.func @pairs(%x: memref<1x5xi32>, %w: memref<1x5x4xi32>, %y: memref<1x4xi32>, %s: memref<1x1xi32>, %signs: memref<1x5xi32>, %order: memref<1x6xi16>) {
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<1x1xi32>) signs(%signs : memref<1x5xi32>) order(%order : memref<1x6xi16>) : memref<1x5xi32>, memref<1x5x4xi32>, memref<1x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
// One row that was not split.
// CHECK-LABEL: func.func @pairs_of_one_row(
// CHECK-NOT:     arith.xori
// CHECK:         kernel.dot8 %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : vector<4xi32>
// CHECK:         kernel.dot4 %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : vector<4xi32>
func.func @pairs_of_one_row(%x: memref<1x5xi32>, %w: memref<1x5x4xi32>, %y: memref<1x4xi32>, %order: memref<1x6xi16>) {
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<1x6xi16>) : memref<1x5xi32>, memref<1x5x4xi32>, memref<1x4xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Each row has its words of both steps, which meet all vectors, and rows ahead are
// fetched for both.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64, prefetch_bytes = 64, split_rows = true>} {
// CHECK-LABEL: func.func @pairs_of_rows(
// CHECK-SAME:      %{{.*}}: memref<2x5xi32>, %{{[^:]*}}: memref<1x5x8xi32>, %{{[^:]*}}: memref<2x8xi32>, %{{[^:]*}}: memref<2x1xi32>, %{{[^:]*}}: memref<2x5xi32>, %{{[^:]*}}: memref<1x6xi16>, %[[AHEAD:[^:]*]]: memref<5x8xi32>)
// CHECK:         scf.for %[[K:.*]] = %c0 to %{{.*}} step %c2 iter_args(%[[A0:.*]] = %{{.*}}, %[[A1:.*]] = %{{.*}}, %[[B0:.*]] = %{{.*}}, %[[B1:.*]] = %{{.*}})
// CHECK:           %[[NEXT:.*]] = affine.apply affine_map<(d0) -> (d0 + 1)>(%[[K]])
// CHECK-NEXT:      memref.prefetch %[[AHEAD]][%[[K]], %c0]
// CHECK-NEXT:      memref.prefetch %[[AHEAD]][%[[NEXT]], %c0]
// CHECK:           kernel.dot8 %[[A0]], %{{.*}} small_rows
// CHECK:           kernel.dot8 %[[A1]], %{{.*}} small_rows
// CHECK:           kernel.dot8 %[[B0]], %{{.*}} small_rows
// CHECK:           kernel.dot8 %[[B1]], %{{.*}} small_rows
// CHECK-NEXT:      scf.yield
// CHECK:         scf.for
// CHECK-COUNT-4:   kernel.dot4
func.func @pairs_of_rows(%x: memref<2x5xi32>, %w: memref<1x5x8xi32>, %y: memref<2x8xi32>, %s: memref<2x1xi32>, %signs: memref<2x5xi32>, %order: memref<1x6xi16>, %ahead: memref<5x8xi32>) {
  kernel.panel_product %x, %w into %y maps [] ahead(%ahead : memref<5x8xi32>) starts(%s : memref<2x1xi32>) signs(%signs : memref<2x5xi32>) order(%order : memref<1x6xi16>) : memref<2x5xi32>, memref<1x5x8xi32>, memref<2x8xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}
