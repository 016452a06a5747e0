// RUN: lmcc-opt %s --lmcc-vectorize-products --cse --mlir-print-local-scope --split-input-file | FileCheck %s

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// Two rows and two vectors of columns: four sums in registers. Each step of the
// depth loads the panel's row once and splats one element per row.
// CHECK-LABEL: func.func @two_rows_of_two_vectors(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x5xf32>, %[[W:[^:]*]]: memref<1x5x16xf32>, %[[Y:[^:]*]]: memref<2x16xf32>)
func.func @two_rows_of_two_vectors(%x: memref<2x5xf32>, %w: memref<1x5x16xf32>, %y: memref<2x16xf32>) {
  // CHECK-DAG:  %[[Z:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG:  %[[C5:.*]] = arith.constant 5 : index
  // CHECK:      %[[R:.*]]:4 = scf.for %[[K:.*]] = %[[C0]] to %[[C5]] step %[[C1]]
  // CHECK-SAME:     iter_args(%[[S0:.*]] = %[[Z]], %[[S1:.*]] = %[[Z]], %[[S2:.*]] = %[[Z]], %[[S3:.*]] = %[[Z]])
  // CHECK:        %[[W0:.*]] = vector.load %[[W]][%[[C0]], %[[K]], %[[C0]]] {{.*}}, vector<8xf32>
  // CHECK:        %[[C8:.*]] = arith.constant 8 : index
  // CHECK:        %[[W1:.*]] = vector.load %[[W]][%[[C0]], %[[K]], %[[C8]]] {{.*}}, vector<8xf32>
  // CHECK:        %[[X0:.*]] = memref.load %[[X]][%[[C0]], %[[K]]]
  // CHECK:        %[[V0:.*]] = vector.broadcast %[[X0]] : f32 to vector<8xf32>
  // CHECK:        %[[N0:.*]] = math.fma %[[V0]], %[[W0]], %[[S0]] : vector<8xf32>
  // CHECK:        %[[N1:.*]] = math.fma %[[V0]], %[[W1]], %[[S1]] : vector<8xf32>
  // CHECK:        %[[X1:.*]] = memref.load %[[X]][%[[C1]], %[[K]]]
  // CHECK:        %[[V1:.*]] = vector.broadcast %[[X1]] : f32 to vector<8xf32>
  // CHECK:        %[[N2:.*]] = math.fma %[[V1]], %[[W0]], %[[S2]] : vector<8xf32>
  // CHECK:        %[[N3:.*]] = math.fma %[[V1]], %[[W1]], %[[S3]] : vector<8xf32>
  // CHECK-NEXT:   scf.yield %[[N0]], %[[N1]], %[[N2]], %[[N3]]
  // CHECK:      vector.store %[[R]]#0, %[[Y]][%[[C0]], %[[C0]]]
  // CHECK:      %[[D8:.*]] = arith.constant 8 : index
  // CHECK:      vector.store %[[R]]#1, %[[Y]][%[[C0]], %[[D8]]]
  // CHECK:      vector.store %[[R]]#2, %[[Y]][%[[C1]], %[[C0]]]
  // CHECK:      vector.store %[[R]]#3, %[[Y]][%[[C1]], %[[D8]]]
  // CHECK-NEXT: return
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<1x5x16xf32>, memref<2x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// The epilogue runs on vectors: extras along the row are loaded, others splat,
// and so are scalars of the function and constants.
// CHECK-LABEL: func.func @epilogue(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<1x8xf32>, %[[R:[^:]*]]: memref<8xf32>, %[[C:[^:]*]]: memref<1xf32>, %[[O:[^:]*]]: memref<f32>, %[[A:[^:]*]]: memref<1x8xi32>, %[[F:[^:]*]]: f32)
func.func @epilogue(%x: memref<1x5xf32>, %w: memref<1x5x8xf32>, %y: memref<1x8xf32>, %row: memref<8xf32>,
                    %column: memref<1xf32>, %one: memref<f32>, %whole: memref<1x8xi32>, %factor: f32) {
  // CHECK-DAG:  %[[Z:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
  // CHECK:      %[[S:.*]] = scf.for
  // CHECK:      %[[RV:.*]] = vector.load %[[R]][%{{.*}}] {{.*}}, vector<8xf32>
  // CHECK-NEXT: %[[CE:.*]] = memref.load %[[C]][
  // CHECK-NEXT: %[[CV:.*]] = vector.broadcast %[[CE]]
  // CHECK-NEXT: %[[OE:.*]] = memref.load %[[O]][]
  // CHECK-NEXT: %[[OV:.*]] = vector.broadcast %[[OE]]
  // CHECK-NEXT: %[[AV:.*]] = vector.load %[[A]][%{{.*}}, %{{.*}}] {{.*}}, vector<8xi32>
  // CHECK-NEXT: %[[E0:.*]] = math.fma %[[S]], %[[CV]], %[[RV]] : vector<8xf32>
  // CHECK-NEXT: %[[E1:.*]] = arith.addf %[[E0]], %[[OV]] : vector<8xf32>
  // CHECK-NEXT: %[[AF:.*]] = arith.sitofp %[[AV]] : vector<8xi32> to vector<8xf32>
  // CHECK-NEXT: %[[LESS:.*]] = arith.cmpf olt, %[[E1]], %[[AF]] : vector<8xf32>
  // CHECK-NEXT: %[[FV:.*]] = vector.broadcast %[[F]] : f32 to vector<8xf32>
  // CHECK-NEXT: %[[E2:.*]] = arith.select %[[LESS]], %[[FV]], %[[E1]] : vector<8xi1>, vector<8xf32>
  // CHECK-NEXT: %[[E3:.*]] = arith.maximumf %[[E2]], %[[Z]] : vector<8xf32>
  // CHECK-NEXT: vector.store %[[E3]], %[[Y]]
  kernel.panel_product %x, %w into %y extras(%row, %column, %one, %whole)
      maps [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>]
      : memref<1x5xf32>, memref<1x5x8xf32>, memref<1x8xf32>, memref<8xf32>, memref<1xf32>, memref<f32>, memref<1x8xi32> {
  ^bb0(%sum: f32, %r: f32, %c: f32, %o: f32, %a: i32):
    %0 = math.fma %sum, %c, %r : f32
    %1 = arith.addf %0, %o : f32
    %2 = arith.sitofp %a : i32 to f32
    %3 = arith.cmpf olt, %1, %2 : f32
    %4 = arith.select %3, %factor, %1 : f32
    %zero = arith.constant 0.0 : f32
    %5 = arith.maximumf %4, %zero : f32
    kernel.yield %5 : f32
  }
  return
}

// Sums that an earlier block of the depth has begun come from the output.
// CHECK-LABEL: func.func @continues(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<1x16xf32>)
func.func @continues(%x: memref<1x5xf32>, %w: memref<1x5x16xf32>, %y: memref<1x16xf32>) {
  // CHECK:      %[[C0:.*]] = arith.constant 0 : index
  // CHECK-NEXT: %[[A:.*]] = vector.load %[[Y]][%[[C0]], %[[C0]]] {{.*}}, vector<8xf32>
  // CHECK-NEXT: %[[C8:.*]] = arith.constant 8 : index
  // CHECK-NEXT: %[[B:.*]] = vector.load %[[Y]][%[[C0]], %[[C8]]] {{.*}}, vector<8xf32>
  // CHECK:      scf.for {{.*}} iter_args(%{{.*}} = %[[A]], %{{.*}} = %[[B]])
  kernel.panel_product %x, %w into %y maps [] continues : memref<1x5xf32>, memref<1x5x16xf32>, memref<1x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// A depth that is known at run time.
// CHECK-LABEL: func.func @dynamic_depth(
// CHECK-SAME:      %[[N:[^:]*]]: index)
func.func @dynamic_depth(%from: memref<?xf32>, %panels: memref<?xf32>, %y: memref<1x8xf32>, %n: index) {
  // CHECK: scf.for %{{.*}} = %{{.*}} to %[[N]] step
  %x = memref.reinterpret_cast %from to offset: [0], sizes: [1, %n], strides: [%n, 1] : memref<?xf32> to memref<1x?xf32, strided<[?, 1]>>
  %w = memref.reinterpret_cast %panels to offset: [0], sizes: [1, %n, 8], strides: [%n, 8, 1] : memref<?xf32> to memref<1x?x8xf32, strided<[?, 8, 1]>>
  kernel.panel_product %x, %w into %y maps [] : memref<1x?xf32, strided<[?, 1]>>, memref<1x?x8xf32, strided<[?, 8, 1]>>, memref<1x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Panels of few columns are one short vector.
// CHECK-LABEL: func.func @panel_narrower_than_a_vector(
func.func @panel_narrower_than_a_vector(%x: memref<1x5xf32>, %w: memref<1x5x4xf32>, %y: memref<1x4xf32>) {
  // CHECK-NOT: vector<8xf32>
  // CHECK:     math.fma %{{.*}} : vector<4xf32>
  // CHECK:     vector.store %{{.*}} : memref<1x4xf32>, vector<4xf32>
  // CHECK-NOT: vector.store
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<1x5xf32>, memref<1x5x4xf32>, memref<1x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// CHECK-LABEL: func.func @panel_of_one_column(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<1x1xf32>)
func.func @panel_of_one_column(%x: memref<1x5xf32>, %w: memref<1x5x1xf32>, %y: memref<1x1xf32>) {
  // CHECK-NOT: vector
  // CHECK:     math.fma %{{.*}} : f32
  // CHECK:     memref.store %{{.*}}, %[[Y]]
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<1x5xf32>, memref<1x5x1xf32>, memref<1x1xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// The same panel is one vector of 16 lanes ...
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @sixteen_lanes(
func.func @sixteen_lanes(%x: memref<1x5xf32>, %w: memref<1x5x16xf32>, %y: memref<1x16xf32>) {
  // CHECK:     math.fma %{{.*}} : vector<16xf32>
  // CHECK-NOT: math.fma
  // CHECK:     vector.store %{{.*}}, vector<16xf32>
  kernel.panel_product %x, %w into %y maps [] : memref<1x5xf32>, memref<1x5x16xf32>, memref<1x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// ... four vectors of 4 ...
module attributes {target.machine = #target.machine<name = "neon", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @four_lanes(
func.func @four_lanes(%x: memref<1x5xf32>, %w: memref<1x5x16xf32>, %y: memref<1x16xf32>) {
  // CHECK-COUNT-4: math.fma %{{.*}} : vector<4xf32>
  // CHECK-NOT:     math.fma
  // CHECK-COUNT-4: vector.store %{{.*}}, vector<4xf32>
  // CHECK-NOT:     vector.store
  // CHECK:         return
  kernel.panel_product %x, %w into %y maps [] : memref<1x5xf32>, memref<1x5x16xf32>, memref<1x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// ... or sixteen scalars.
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @one_lane(
func.func @one_lane(%x: memref<1x5xf32>, %w: memref<1x5x16xf32>, %y: memref<1x16xf32>, %row: memref<16xf32>) {
  // CHECK-NOT:      vector
  // CHECK-COUNT-16: math.fma %{{.*}} : f32
  // CHECK-NOT:      math.fma
  // CHECK-COUNT-16: memref.store
  // CHECK-NOT:      memref.store
  // CHECK:          return
  kernel.panel_product %x, %w into %y extras(%row) maps [affine_map<(i, j) -> (j)>]
      : memref<1x5xf32>, memref<1x5x16xf32>, memref<1x16xf32>, memref<16xf32> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
}
