// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --cse --mlir-print-local-scope --split-input-file | FileCheck %s

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

// A boolean of memory is a byte, that of a vector a lane.
// CHECK-LABEL: func.func @booleans(
// CHECK-SAME:      %[[X:[^:]*]]: memref<16xi1>, %[[Y:[^:]*]]: memref<16xi1>)
func.func @booleans(%x: memref<16xi1>, %y: memref<16xi1>) {
  // CHECK:     %[[A:.*]] = vector.load %[[X]][%{{.*}}] : memref<16xi1>, vector<8xi1>
  // CHECK:     %[[R:.*]] = arith.xori %[[A]], %{{.*}} : vector<8xi1>
  // CHECK:     vector.store %[[R]], %[[Y]]
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi1>) outs(%y : memref<16xi1>) {
  ^bb0(%a: i1, %out: i1):
    %true = arith.constant true
    %0 = arith.xori %a, %true : i1
    linalg.yield %0 : i1
  }
  return
}

// Bytes are vectors on their way from and to memory only.
// CHECK-LABEL: func.func @bytes(
// CHECK-SAME:      %[[X:[^:]*]]: memref<16xi8>, %[[Y:[^:]*]]: memref<16xi8>)
func.func @bytes(%x: memref<16xi8>, %y: memref<16xi8>) {
  // CHECK:     %[[A:.*]] = vector.load %[[X]][%{{.*}}] : memref<16xi8>, vector<8xi8>
  // CHECK:     %[[W:.*]] = arith.extui %[[A]] : vector<8xi8> to vector<8xi32>
  // CHECK:     %[[S:.*]] = arith.addi %[[W]], %[[W]] : vector<8xi32>
  // CHECK:     %[[N:.*]] = arith.trunci %[[S]] : vector<8xi32> to vector<8xi8>
  // CHECK:     vector.store %[[N]], %[[Y]]
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi8>) outs(%y : memref<16xi8>) {
  ^bb0(%a: i8, %out: i8):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.addi %0, %0 : i32
    %2 = arith.trunci %1 : i32 to i8
    linalg.yield %2 : i8
  }
  return
}

// Four vectors are narrowed together, then whole ones, then elements.
// CHECK-LABEL: func.func @many_bytes(
// CHECK-SAME:      %[[X:[^:]*]]: memref<43xf32>, %[[Y:[^:]*]]: memref<43xi8>)
func.func @many_bytes(%x: memref<43xf32>, %y: memref<43xi8>) {
  // CHECK:     %[[A:.*]] = arith.bitcast %{{.*}} : vector<8xf32> to vector<8xi32>
  // CHECK:     vector.load %[[X]][%c8]
  // CHECK:     %[[B:.*]] = arith.bitcast
  // CHECK:     %[[C:.*]] = arith.bitcast
  // CHECK:     %[[D:.*]] = arith.bitcast
  // CHECK-NOT: arith.trunci
  // CHECK:     %[[N:.*]] = kernel.narrow %[[A]], %[[B]], %[[C]], %[[D]] : vector<8xi32> to vector<32xi8>
  // CHECK:     vector.store %[[N]], %[[Y]][%c0] : memref<43xi8>, vector<32xi8>
  // CHECK:     scf.for
  // CHECK:       arith.trunci %{{.*}} : vector<8xi32> to vector<8xi8>
  // CHECK:     scf.for
  // CHECK:       arith.trunci %{{.*}} : i32 to i8
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<43xf32>) outs(%y : memref<43xi8>) {
  ^bb0(%a: f32, %out: i8):
    %0 = arith.bitcast %a : f32 to i32
    %1 = arith.trunci %0 : i32 to i8
    linalg.yield %1 : i8
  }
  return
}

// CHECK-LABEL: func.func @copy_bytes_one_by_one(
// CHECK-NOT:     vector
// CHECK:         return
func.func @copy_bytes_one_by_one(%x: memref<16xi8>, %y: memref<16xi8>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi8>) outs(%y : memref<16xi8>) {
  ^bb0(%a: i8, %out: i8):
    linalg.yield %a : i8
  }
  return
}

// CHECK-LABEL: func.func @keep_a_repeated_byte_scalar(
// CHECK-NOT:     vector
// CHECK:         return
func.func @keep_a_repeated_byte_scalar(%x: memref<i8>, %y: memref<16xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<i8>) outs(%y : memref<16xf32>) {
  ^bb0(%a: i8, %out: f32):
    %0 = arith.sitofp %a : i8 to f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @keep_bytes_that_are_computed_with(
// CHECK-NOT:     vector
// CHECK:         return
func.func @keep_bytes_that_are_computed_with(%x: memref<16xi8>, %y: memref<16xi8>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi8>) outs(%y : memref<16xi8>) {
  ^bb0(%a: i8, %out: i8):
    %0 = arith.addi %a, %a : i8
    linalg.yield %0 : i8
  }
  return
}

// CHECK-LABEL: func.func @mask(
func.func @mask(%x: memref<16xi1>, %y: memref<16xf32>) {
  // CHECK:     %[[A:.*]] = vector.load %{{.*}} : memref<16xi1>, vector<8xi1>
  // CHECK:     arith.select %[[A]], %{{.*}} : vector<8xi1>, vector<8xf32>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi1>) outs(%y : memref<16xf32>) {
  ^bb0(%a: i1, %out: f32):
    %zero = arith.constant 0.0 : f32
    %0 = arith.select %a, %out, %zero : f32
    linalg.yield %0 : f32
  }
  return
}

// 21 = 2 * 8 + 5 columns: two vectors, then element by element.
// CHECK-LABEL: func.func @rows_of_vectors(
// CHECK-SAME:      %[[X:[^:]*]]: memref<3x21xf32>, %[[R:[^:]*]]: memref<21xf32>, %[[C:[^:]*]]: memref<3xf32>, %[[F:[^:]*]]: f32, %[[Y:[^:]*]]: memref<3x21xf32>)
func.func @rows_of_vectors(%x: memref<3x21xf32>, %row: memref<21xf32>, %column: memref<3xf32>, %factor: f32, %y: memref<3x21xf32>) {
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C3:.*]] = arith.constant 3 : index
  // CHECK:      scf.for %[[I:.*]] = %[[C0]] to %[[C3]] step
  // CHECK-DAG:    %[[C16:.*]] = arith.constant 16 : index
  // CHECK-DAG:    %[[C8:.*]] = arith.constant 8 : index
  // CHECK:        scf.for %[[J:.*]] = %[[C0]] to %[[C16]] step %[[C8]] {
  // CHECK-NEXT:     %[[XV:.*]] = vector.load %[[X]][%[[I]], %[[J]]] {{.*}}, vector<8xf32>
  // CHECK-NEXT:     %[[RV:.*]] = vector.load %[[R]][%[[J]]] {{.*}}, vector<8xf32>
  // CHECK-NEXT:     %[[CE:.*]] = memref.load %[[C]][%[[I]]]
  // CHECK-NEXT:     %[[CV:.*]] = vector.broadcast %[[CE]] : f32 to vector<8xf32>
  // CHECK-NEXT:     %[[A:.*]] = arith.addf %[[XV]], %[[RV]] : vector<8xf32>
  // CHECK-NEXT:     %[[B:.*]] = arith.mulf %[[A]], %[[CV]] : vector<8xf32>
  // CHECK-NEXT:     %[[FV:.*]] = vector.broadcast %[[F]] : f32 to vector<8xf32>
  // CHECK-NEXT:     %[[D:.*]] = arith.mulf %[[B]], %[[FV]] : vector<8xf32>
  // CHECK-NEXT:     vector.store %[[D]], %[[Y]][%[[I]], %[[J]]]
  // CHECK-NEXT:   }
  // CHECK:        %[[C21:.*]] = arith.constant 21 : index
  // CHECK:        scf.for %[[T:.*]] = %[[C16]] to %[[C21]] step
  // CHECK-NEXT:     %[[XE:.*]] = memref.load %[[X]][%[[I]], %[[T]]]
  // CHECK-NEXT:     %[[RE:.*]] = memref.load %[[R]][%[[T]]]
  // CHECK-NEXT:     %[[CF:.*]] = memref.load %[[C]][%[[I]]]
  // CHECK-NEXT:     %[[AE:.*]] = arith.addf %[[XE]], %[[RE]] : f32
  // CHECK-NEXT:     %[[BE:.*]] = arith.mulf %[[AE]], %[[CF]] : f32
  // CHECK-NEXT:     %[[DE:.*]] = arith.mulf %[[BE]], %[[F]] : f32
  // CHECK-NEXT:     memref.store %[[DE]], %[[Y]][%[[I]], %[[T]]]
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %row, %column : memref<3x21xf32>, memref<21xf32>, memref<3xf32>) outs(%y : memref<3x21xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %out: f32):
    %0 = arith.addf %a, %b : f32
    %1 = arith.mulf %0, %c : f32
    %2 = arith.mulf %1, %factor : f32
    linalg.yield %2 : f32
  }
  return
}

// CHECK-LABEL: func.func @whole_vectors_only(
func.func @whole_vectors_only(%x: memref<24xf32>, %y: memref<24xf32>) {
  // CHECK:     vector.store
  // CHECK-NOT: memref.store
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<24xf32>) outs(%y : memref<24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// One vector needs no loop.
// CHECK-LABEL: func.func @one_vector(
func.func @one_vector(%x: memref<8xf32>, %y: memref<8xf32>) {
  // CHECK-NOT: scf.for
  // CHECK:     math.exp %{{.*}} : vector<8xf32>
  // CHECK-NOT: scf.for
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @too_few_for_a_vector(
func.func @too_few_for_a_vector(%x: memref<5xf32>, %y: memref<5xf32>) {
  // CHECK-NOT: vector
  // CHECK:     math.exp %{{.*}} : f32
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<5xf32>) outs(%y : memref<5xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @dynamic_columns(
// CHECK-SAME:      %[[N:[^:]*]]: index)
func.func @dynamic_columns(%from: memref<?xf32>, %n: index) {
  // CHECK: %[[X:.*]] = memref.reinterpret_cast
  // CHECK: %[[WHOLE:.*]] = affine.apply affine_map<()[s0] -> ((s0 floordiv 8) * 8)>()[%[[N]]]
  // CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[WHOLE]] step
  // CHECK:   vector.store %{{.*}}, %[[X]][%[[I]]]
  // CHECK: scf.for %[[T:.*]] = %[[WHOLE]] to %[[N]] step
  // CHECK:   memref.store %{{.*}}, %[[X]][%[[T]]]
  %x = memref.reinterpret_cast %from to offset: [0], sizes: [%n], strides: [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32, strided<[1]>>) outs(%x : memref<?xf32, strided<[1]>>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// The result may start from what is there, which is loaded only if it is used.
// CHECK-LABEL: func.func @read_the_output(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<8xf32>)
func.func @read_the_output(%y: memref<8xf32>) {
  // CHECK:      %[[V:.*]] = vector.load %[[Y]]
  // CHECK-NEXT: %[[S:.*]] = arith.addf %[[V]], %[[V]] : vector<8xf32>
  // CHECK-NEXT: vector.store %[[S]], %[[Y]]
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%y : memref<8xf32>) {
  ^bb0(%out: f32):
    %0 = arith.addf %out, %out : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @fill(
// CHECK-SAME:      %[[S:[^:]*]]: f32, %[[Y:[^:]*]]: memref<8xf32>)
func.func @fill(%scalar: f32, %y: memref<8xf32>) {
  // CHECK-NOT:  load
  // CHECK:      %[[V:.*]] = vector.broadcast %[[S]]
  // CHECK-NOT:  load
  // CHECK:      vector.store %[[V]], %[[Y]]
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%y : memref<8xf32>) {
  ^bb0(%out: f32):
    linalg.yield %scalar : f32
  }
  return
}

// Integers of 32 bits have vectors, too, and so has a condition on the way.
// CHECK-LABEL: func.func @integers_and_conditions(
func.func @integers_and_conditions(%x: memref<8xi32>, %y: memref<8xf32>) {
  // CHECK:      %[[V:.*]] = vector.load %{{.*}} : memref<8xi32>, vector<8xi32>
  // CHECK:      arith.cmpi slt, %[[V]], %{{.*}} : vector<8xi32>
  // CHECK:      arith.select %{{.*}} : vector<8xi1>, vector<8xf32>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<8xi32>) outs(%y : memref<8xf32>) {
  ^bb0(%a: i32, %out: f32):
    %zero = arith.constant 0 : i32
    %one = arith.constant 1.0 : f32
    %0 = arith.cmpi slt, %a, %zero : i32
    %1 = arith.sitofp %a : i32 to f32
    %2 = arith.select %0, %one, %1 : f32
    linalg.yield %2 : f32
  }
  return
}

// No axis, one element.
// CHECK-LABEL: func.func @one_element(
// CHECK-SAME:      %[[X:[^:]*]]: memref<f32>, %[[Y:[^:]*]]: memref<f32>)
func.func @one_element(%x: memref<f32>, %y: memref<f32>) {
  // CHECK-NEXT: %[[E:.*]] = memref.load %[[X]][]
  // CHECK-NEXT: memref.store %[[E]], %[[Y]][]
  // CHECK-NEXT: return
  linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
      ins(%x : memref<f32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "neon", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @four_lanes(
func.func @four_lanes(%x: memref<24xf32>, %y: memref<24xf32>) {
  // CHECK: %[[C4:.*]] = arith.constant 4 : index
  // CHECK: scf.for {{.*}} step %[[C4]]
  // CHECK: math.exp %{{.*}} : vector<4xf32>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<24xf32>) outs(%y : memref<24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @one_lane(
func.func @one_lane(%x: memref<24xf32>, %y: memref<24xf32>) {
  // CHECK-NOT: vector
  // CHECK:     %[[C24:.*]] = arith.constant 24 : index
  // CHECK:     scf.for {{.*}} to %[[C24]] step
  // CHECK:     math.exp %{{.*}} : f32
  // CHECK-NOT: scf.for
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<24xf32>) outs(%y : memref<24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}
}
