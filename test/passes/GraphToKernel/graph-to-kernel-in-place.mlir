// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// A result takes the place of an operand that nobody reads afterwards, if the
// kernel reads each element no later than it writes the one at its place.

// Elementwise and row kernels read and write one buffer, which is one argument;
// the last group writes what belongs to the caller.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {

// CHECK-LABEL: func.func private @exp(
// CHECK-SAME:      kernel.args = ["x", "y"]
// CHECK-LABEL: func.func private @add_mul(
// CHECK-SAME:      kernel.args = ["y", "x"]
// CHECK-LABEL: func.func private @softmax(
// CHECK-SAME:      kernel.args = ["y"]
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // CHECK-NEXT: %[[B:.*]] = kernel.buffer 24 : memref<?xf32>
  // CHECK-NEXT: call @exp(%[[X]], %[[B]])
  // CHECK-NEXT: call @add_mul(%[[B]], %[[X]])
  // CHECK-NEXT: call @softmax(%[[B]])
  // CHECK-NEXT: call @exp(%[[B]], %[[OUT]])
  // CHECK-NEXT: return
  %0 = graph.group (%a = %x) : (tensor<4x6xf32>) -> tensor<4x6xf32> {
    %1 = graph.exp %a : tensor<4x6xf32>
    graph.yield %1 : tensor<4x6xf32>
  }
  %2 = graph.group (%a = %0, %b = %x) : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32> {
    %1 = graph.add %a, %b : tensor<4x6xf32>, tensor<4x6xf32> -> tensor<4x6xf32>
    %5 = graph.mul %1, %a : tensor<4x6xf32>, tensor<4x6xf32> -> tensor<4x6xf32>
    graph.yield %5 : tensor<4x6xf32>
  }
  %3 = graph.group (%a = %2) : (tensor<4x6xf32>) -> tensor<4x6xf32> {
    %1 = graph.softmax %a : tensor<4x6xf32>
    graph.yield %1 : tensor<4x6xf32>
  }
  %4 = graph.group (%a = %3) : (tensor<4x6xf32>) -> tensor<4x6xf32> {
    %1 = graph.exp %a : tensor<4x6xf32>
    graph.yield %1 : tensor<4x6xf32>
  }
  return %4 : tensor<4x6xf32>
}
}

// -----

// The residual of a product, which its epilogue reads. The product reads all of
// its left side for any element, so that stays.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {
weight.data @w : tensor<6x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<6x6xf32>
  weight.yield %0 : tensor<6x6xf32>
}
// CHECK-LABEL: func.func private @matmul_add(
// CHECK-SAME:      kernel.args = ["x", "w", "y", "rows"]
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[N:[^:]*]]: index, %[[X:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<?x6xf32, #graph.dims<n, 6>>) -> tensor<?x6xf32, #graph.dims<n, 6>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  // CHECK:     %[[R:.*]] = kernel.buffer 42 of affine_map<()[s0] -> (s0 * 6)> : memref<?xf32>
  // CHECK:     call @exp(%[[X]], %[[R]]
  // CHECK:     %[[B:.*]] = kernel.buffer 42
  // CHECK:     call @neg(%[[R]], %[[B]]
  // CHECK-NOT: kernel.buffer
  // CHECK:     call @matmul_add(%[[B]], %{{.*}}, %[[R]], %{{.*}})
  // CHECK:     call @exp(%[[R]], %[[OUT]]
  %w = weight.get @w : tensor<6x6xf32>
  %r = graph.group (%a = %x) : (tensor<?x6xf32, #graph.dims<n, 6>>) -> tensor<?x6xf32, #graph.dims<n, 6>> {
    %1 = graph.exp %a : tensor<?x6xf32, #graph.dims<n, 6>>
    graph.yield %1 : tensor<?x6xf32, #graph.dims<n, 6>>
  }
  %b = graph.group (%a = %r) : (tensor<?x6xf32, #graph.dims<n, 6>>) -> tensor<?x6xf32, #graph.dims<n, 6>> {
    %1 = graph.neg %a : tensor<?x6xf32, #graph.dims<n, 6>>
    graph.yield %1 : tensor<?x6xf32, #graph.dims<n, 6>>
  }
  %p = graph.group (%a = %b, %c = %w, %e = %r) : (tensor<?x6xf32, #graph.dims<n, 6>>, tensor<6x6xf32>, tensor<?x6xf32, #graph.dims<n, 6>>) -> tensor<?x6xf32, #graph.dims<n, 6>> {
    %1 = graph.matmul %a, %c : tensor<?x6xf32, #graph.dims<n, 6>>, tensor<6x6xf32> -> tensor<?x6xf32, #graph.dims<n, 6>>
    %2 = graph.add %e, %1 : tensor<?x6xf32, #graph.dims<n, 6>>, tensor<?x6xf32, #graph.dims<n, 6>> -> tensor<?x6xf32, #graph.dims<n, 6>>
    graph.yield %2 : tensor<?x6xf32, #graph.dims<n, 6>>
  }
  %q = graph.group (%a = %p) : (tensor<?x6xf32, #graph.dims<n, 6>>) -> tensor<?x6xf32, #graph.dims<n, 6>> {
    %1 = graph.exp %a : tensor<?x6xf32, #graph.dims<n, 6>>
    graph.yield %1 : tensor<?x6xf32, #graph.dims<n, 6>>
  }
  return %q : tensor<?x6xf32, #graph.dims<n, 6>>
}
}

// -----

// A depth of 12 is cut into blocks of 8, whose sums lie in the output before the
// epilogue reads the residual. The five rows do not fit one tile.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {
weight.data @w : tensor<12x12xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<12x12xf32>
  weight.yield %0 : tensor<12x12xf32>
}
// CHECK-LABEL: func.func private @matmul_add(
// CHECK-SAME:      kernel.args = ["x", "w", "e", "y"]
// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<5x12xf32>) -> tensor<5x12xf32> {
  // CHECK: %[[R:.*]] = kernel.buffer 60
  // CHECK: %[[Y:.*]] = kernel.buffer 60
  // CHECK: call @matmul_add(%{{.*}}, %{{.*}}, %[[R]], %[[Y]])
  // CHECK: call @exp(%[[Y]], %{{.*}})
  %w = weight.get @w : tensor<12x12xf32>
  %r = graph.group (%a = %x) : (tensor<5x12xf32>) -> tensor<5x12xf32> {
    %1 = graph.neg %a : tensor<5x12xf32>
    graph.yield %1 : tensor<5x12xf32>
  }
  %p = graph.group (%a = %x, %c = %w, %e = %r) : (tensor<5x12xf32>, tensor<12x12xf32>, tensor<5x12xf32>) -> tensor<5x12xf32> {
    %1 = graph.matmul %a, %c : tensor<5x12xf32>, tensor<12x12xf32> -> tensor<5x12xf32>
    %2 = graph.add %e, %1 : tensor<5x12xf32>, tensor<5x12xf32> -> tensor<5x12xf32>
    graph.yield %2 : tensor<5x12xf32>
  }
  %q = graph.group (%a = %p) : (tensor<5x12xf32>) -> tensor<5x12xf32> {
    %1 = graph.exp %a : tensor<5x12xf32>
    graph.yield %1 : tensor<5x12xf32>
  }
  return %q : tensor<5x12xf32>
}
}

// -----

// Four rows fit one tile, and no sum is stored before the epilogue. What is left
// side and residual at once stays in any case.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {
weight.data @w : tensor<12x12xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<12x12xf32>
  weight.yield %0 : tensor<12x12xf32>
}
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<4x12xf32>) -> tensor<4x12xf32> {
  // CHECK: %[[R:.*]] = kernel.buffer 48
  // CHECK: call @matmul_add(%[[X]], %{{.*}}, %[[R]])
  // CHECK: %[[Y:.*]] = kernel.buffer 48
  // CHECK: call @matmul_add_2(%[[R]], %{{.*}}, %[[Y]])
  // CHECK: call @exp(%[[Y]], %[[OUT]])
  %w = weight.get @w : tensor<12x12xf32>
  %r = graph.group (%a = %x) : (tensor<4x12xf32>) -> tensor<4x12xf32> {
    %1 = graph.neg %a : tensor<4x12xf32>
    graph.yield %1 : tensor<4x12xf32>
  }
  %p = graph.group (%a = %x, %c = %w, %e = %r) : (tensor<4x12xf32>, tensor<12x12xf32>, tensor<4x12xf32>) -> tensor<4x12xf32> {
    %1 = graph.matmul %a, %c : tensor<4x12xf32>, tensor<12x12xf32> -> tensor<4x12xf32>
    %2 = graph.add %e, %1 : tensor<4x12xf32>, tensor<4x12xf32> -> tensor<4x12xf32>
    graph.yield %2 : tensor<4x12xf32>
  }
  %s = graph.group (%a = %p, %c = %w) : (tensor<4x12xf32>, tensor<12x12xf32>) -> tensor<4x12xf32> {
    %1 = graph.matmul %a, %c : tensor<4x12xf32>, tensor<12x12xf32> -> tensor<4x12xf32>
    %2 = graph.add %a, %1 : tensor<4x12xf32>, tensor<4x12xf32> -> tensor<4x12xf32>
    graph.yield %2 : tensor<4x12xf32>
  }
  %q = graph.group (%a = %s) : (tensor<4x12xf32>) -> tensor<4x12xf32> {
    %1 = graph.exp %a : tensor<4x12xf32>
    graph.yield %1 : tensor<4x12xf32>
  }
  return %q : tensor<4x12xf32>
}
}

// -----

// Not what is read later, also through a reshape; not what is as large in bytes
// but of another type; not what a movement reads elsewhere; not a smaller
// operand.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {

// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: %[[A:.*]] = kernel.buffer 16 : memref<?xf32>
  // CHECK: call @exp(%[[X]], %[[A]])
  // CHECK: %[[B:.*]] = kernel.buffer 16 : memref<?xf32>
  // CHECK: call @neg(%[[A]], %[[B]])
  // CHECK: %[[T:.*]] = kernel.buffer 16 : memref<?xf32>
  // CHECK: call @transpose(%[[B]], %[[T]])
  // CHECK: %[[I:.*]] = kernel.buffer 16 : memref<?xi32>
  // CHECK: call @cast(%[[T]], %[[I]])
  // CHECK: %[[S:.*]] = kernel.buffer 4 : memref<?xf32>
  // CHECK: call @reduce(%[[A]], %[[S]])
  // CHECK: %[[F:.*]] = kernel.buffer 16 : memref<?xf32>
  // CHECK: call @cast_add(%[[I]], %[[S]], %[[F]])
  // CHECK: call @neg(%[[F]], %[[OUT]])
  %a = graph.group (%p = %x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = graph.exp %p : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  %b = graph.group (%p = %a) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = graph.neg %p : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  %t = graph.group (%p = %b) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = graph.transpose %p [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  %i = graph.group (%p = %t) : (tensor<4x4xf32>) -> tensor<4x4xi32> {
    %1 = graph.cast %p : tensor<4x4xf32> -> tensor<4x4xi32>
    graph.yield %1 : tensor<4x4xi32>
  }
  %flat = graph.reshape %a : tensor<4x4xf32> -> tensor<1x4x4xf32>
  %s = graph.group (%p = %flat) : (tensor<1x4x4xf32>) -> tensor<1x4x1xf32> {
    %1 = graph.reduce sum %p axes [2] : tensor<1x4x4xf32> -> tensor<1x4x1xf32>
    graph.yield %1 : tensor<1x4x1xf32>
  }
  %f = graph.group (%p = %i, %q = %s) : (tensor<4x4xi32>, tensor<1x4x1xf32>) -> tensor<1x4x4xf32> {
    %1 = graph.cast %p : tensor<4x4xi32> -> tensor<4x4xf32>
    %2 = graph.add %1, %q : tensor<4x4xf32>, tensor<1x4x1xf32> -> tensor<1x4x4xf32>
    graph.yield %2 : tensor<1x4x4xf32>
  }
  %same = graph.reshape %f : tensor<1x4x4xf32> -> tensor<4x4xf32>
  %g = graph.group (%p = %same) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = graph.neg %p : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  return %g : tensor<4x4xf32>
}
}

// -----

// Another tensor of indices in the same place is checked anew.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {

// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<9x2xf32>, %n: tensor<3xi64>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK: %[[I:.*]] = kernel.buffer 3 : memref<?xi64>
  // CHECK: call @add(%{{.*}}, %[[I]]
  // CHECK: call @check_indices(%[[I]]
  // CHECK: call @gather(%{{.*}}, %[[I]], %{{.*}})
  // CHECK: call @add_2(%[[I]]
  // CHECK: call @check_indices(%[[I]]
  // CHECK: call @gather(%{{.*}}, %[[I]], %{{.*}})
  %one = graph.constant dense<1> : tensor<i64>
  %i = graph.group (%p = %n, %q = %one) : (tensor<3xi64>, tensor<i64>) -> tensor<3xi64> {
    %1 = graph.add %p, %q : tensor<3xi64>, tensor<i64> -> tensor<3xi64>
    graph.yield %1 : tensor<3xi64>
  }
  %a = graph.group (%p = %x, %q = %i) : (tensor<9x2xf32>, tensor<3xi64>) -> tensor<3x2xf32> {
    %1 = graph.gather %p, %q axis 0 : tensor<9x2xf32>, tensor<3xi64> -> tensor<3x2xf32>
    graph.yield %1 : tensor<3x2xf32>
  }
  %j = graph.group (%p = %i, %q = %one) : (tensor<3xi64>, tensor<i64>) -> tensor<3xi64> {
    %1 = graph.add %p, %q : tensor<3xi64>, tensor<i64> -> tensor<3xi64>
    graph.yield %1 : tensor<3xi64>
  }
  %b = graph.group (%p = %x, %q = %j) : (tensor<9x2xf32>, tensor<3xi64>) -> tensor<3x2xf32> {
    %1 = graph.gather %p, %q axis 0 : tensor<9x2xf32>, tensor<3xi64> -> tensor<3x2xf32>
    graph.yield %1 : tensor<3x2xf32>
  }
  return %a, %b : tensor<3x2xf32>, tensor<3x2xf32>
}
}

// -----

// Of two operands the older buffer is overwritten, wherever it stands.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {
// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<9x12xf32>) -> tensor<9x12xf32> {
  // CHECK:      %[[OLD:.*]] = kernel.buffer 108
  // CHECK-NEXT: call @neg(%{{.*}}, %[[OLD]])
  // CHECK-NEXT: %[[NEW:.*]] = kernel.buffer 108
  // CHECK-NEXT: call @exp(%[[OLD]], %[[NEW]])
  // CHECK-NEXT: call @add(%[[NEW]], %[[OLD]])
  // CHECK-NEXT: call @exp(%[[OLD]], %{{.*}})
  %old = graph.group (%a = %x) : (tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.neg %a : tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  %new = graph.group (%a = %old) : (tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.exp %a : tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  %sum = graph.group (%a = %new, %b = %old) : (tensor<9x12xf32>, tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.add %a, %b : tensor<9x12xf32>, tensor<9x12xf32> -> tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  %q = graph.group (%a = %sum) : (tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.exp %a : tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  return %q : tensor<9x12xf32>
}
}

// -----

// The depth of 12 is cut, so its residual stays, and with it that of a depth of 6.
// What a product of that depth is multiplied with is no residual.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 8, alignment = 64>} {
weight.data @down : tensor<12x12xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<12x12xf32>
  weight.yield %0 : tensor<12x12xf32>
}
weight.data @up : tensor<6x12xf32> {
  %0 = weight.file "model.onnx" offset 576 : tensor<6x12xf32>
  weight.yield %0 : tensor<6x12xf32>
}
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Z:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<9x12xf32>, %z: tensor<9x6xf32>) -> tensor<9x12xf32> {
  // CHECK:     %[[R:.*]] = kernel.buffer 108
  // CHECK:     call @neg(%[[X]], %[[R]])
  // CHECK:     %[[S:.*]] = kernel.buffer 108
  // CHECK:     call @matmul_add(%[[Z]], %{{.*}}, %[[R]], %[[S]])
  // CHECK:     %[[T:.*]] = kernel.buffer 108
  // CHECK:     call @matmul_add_2(%[[X]], %{{.*}}, %[[S]], %[[T]])
  // CHECK-NOT: kernel.buffer
  // CHECK:     call @matmul_mul(%[[Z]], %{{.*}}, %[[T]])
  // CHECK:     call @neg(%[[T]], %[[OUT]])
  %down = weight.get @down : tensor<12x12xf32>
  %up = weight.get @up : tensor<6x12xf32>
  %r = graph.group (%a = %x) : (tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.neg %a : tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  %s = graph.group (%a = %z, %c = %up, %e = %r) : (tensor<9x6xf32>, tensor<6x12xf32>, tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.matmul %a, %c : tensor<9x6xf32>, tensor<6x12xf32> -> tensor<9x12xf32>
    %2 = graph.add %e, %1 : tensor<9x12xf32>, tensor<9x12xf32> -> tensor<9x12xf32>
    graph.yield %2 : tensor<9x12xf32>
  }
  %t = graph.group (%a = %x, %c = %down, %e = %s) : (tensor<9x12xf32>, tensor<12x12xf32>, tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.matmul %a, %c : tensor<9x12xf32>, tensor<12x12xf32> -> tensor<9x12xf32>
    %2 = graph.add %e, %1 : tensor<9x12xf32>, tensor<9x12xf32> -> tensor<9x12xf32>
    graph.yield %2 : tensor<9x12xf32>
  }
  %p = graph.group (%a = %z, %c = %up, %e = %t) : (tensor<9x6xf32>, tensor<6x12xf32>, tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.matmul %a, %c : tensor<9x6xf32>, tensor<6x12xf32> -> tensor<9x12xf32>
    %2 = graph.mul %e, %1 : tensor<9x12xf32>, tensor<9x12xf32> -> tensor<9x12xf32>
    graph.yield %2 : tensor<9x12xf32>
  }
  %q = graph.group (%a = %p) : (tensor<9x12xf32>) -> tensor<9x12xf32> {
    %1 = graph.neg %a : tensor<9x12xf32>
    graph.yield %1 : tensor<9x12xf32>
  }
  return %q : tensor<9x12xf32>
}
}
