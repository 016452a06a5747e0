// RUN: lmcc-opt %s --lmcc-recognize-rotary-embedding | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-rotary-embedding rtol=0 atol=0" -o /dev/null

// The halves of each row, exchanged.
// CHECK-LABEL: func.func @rotate_half(
// CHECK-SAME:      %[[X:.*]]: tensor<2x?x8xf32, #graph.dims<2, n, 8>>, %[[C:.*]]: tensor<1x?x8xf32, #graph.dims<1, n, 8>>, %[[S:.*]]: tensor<1x?x8xf32, #graph.dims<1, n, 8>>)
func.func @rotate_half(%x: tensor<2x?x8xf32, #graph.dims<2, n, 8>>, %c: tensor<1x?x8xf32, #graph.dims<1, n, 8>>, %s: tensor<1x?x8xf32, #graph.dims<1, n, 8>>)
    -> tensor<2x?x8xf32, #graph.dims<2, n, 8>> attributes {graph.symbols = [#graph.symbol<"n", 0, 5>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.rotary_embedding %[[X]], %[[C]], %[[S]] rotated 8 :
  // CHECK-NEXT: return %[[R]]
  %0 = graph.slice %x from <0, 0, 0> step [1, 1, 1] : tensor<2x?x8xf32, #graph.dims<2, n, 8>> -> tensor<2x?x4xf32, #graph.dims<2, n, 4>>
  %1 = graph.slice %x from <0, 0, 4> step [1, 1, 1] : tensor<2x?x8xf32, #graph.dims<2, n, 8>> -> tensor<2x?x4xf32, #graph.dims<2, n, 4>>
  %2 = graph.neg %1 : tensor<2x?x4xf32, #graph.dims<2, n, 4>>
  %3 = graph.concat %2, %0 axis 2 : tensor<2x?x4xf32, #graph.dims<2, n, 4>>, tensor<2x?x4xf32, #graph.dims<2, n, 4>> -> tensor<2x?x8xf32, #graph.dims<2, n, 8>>
  %4 = graph.mul %x, %c : tensor<2x?x8xf32, #graph.dims<2, n, 8>>, tensor<1x?x8xf32, #graph.dims<1, n, 8>> -> tensor<2x?x8xf32, #graph.dims<2, n, 8>>
  %5 = graph.mul %3, %s : tensor<2x?x8xf32, #graph.dims<2, n, 8>>, tensor<1x?x8xf32, #graph.dims<1, n, 8>> -> tensor<2x?x8xf32, #graph.dims<2, n, 8>>
  %6 = graph.add %4, %5 : tensor<2x?x8xf32, #graph.dims<2, n, 8>>, tensor<2x?x8xf32, #graph.dims<2, n, 8>> -> tensor<2x?x8xf32, #graph.dims<2, n, 8>>
  return %6 : tensor<2x?x8xf32, #graph.dims<2, n, 8>>
}

// Neighbours of each row, exchanged; all operands of sums and products too.
// CHECK-LABEL: func.func @rotate_every_two(
// CHECK-SAME:      %[[X:.*]]: tensor<3x4xf32>, %[[C:.*]]: tensor<3x4xf32>, %[[S:.*]]: tensor<3x4xf32>)
func.func @rotate_every_two(%x: tensor<3x4xf32>, %c: tensor<3x4xf32>, %s: tensor<3x4xf32>) -> tensor<3x4xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.rotary_embedding %[[X]], %[[C]], %[[S]] rotated 4 interleaved :
  // CHECK-NEXT: return %[[R]]
  %0 = graph.slice %x from <0, 0> step [1, 2] : tensor<3x4xf32> -> tensor<3x2xf32>
  %1 = graph.slice %x from <0, 1> step [1, 2] : tensor<3x4xf32> -> tensor<3x2xf32>
  %2 = graph.neg %1 : tensor<3x2xf32>
  %3 = graph.reshape %2 : tensor<3x2xf32> -> tensor<3x2x1xf32>
  %4 = graph.reshape %0 : tensor<3x2xf32> -> tensor<3x2x1xf32>
  %5 = graph.concat %3, %4 axis 2 : tensor<3x2x1xf32>, tensor<3x2x1xf32> -> tensor<3x2x2xf32>
  %6 = graph.reshape %5 : tensor<3x2x2xf32> -> tensor<3x4xf32>
  %7 = graph.mul %s, %6 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %8 = graph.mul %c, %x : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %9 = graph.add %7, %8 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %9 : tensor<3x4xf32>
}

// The halves apart, and columns behind that stay: a front of a row.
// CHECK-LABEL: func.func @parts_of_a_front(
// CHECK-SAME:      %[[X:.*]]: tensor<3x8xf32>, %[[C:.*]]: tensor<3x3xf32>, %[[S:.*]]: tensor<3x3xf32>)
func.func @parts_of_a_front(%x: tensor<3x8xf32>, %c: tensor<3x3xf32>, %s: tensor<3x3xf32>) -> tensor<3x8xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.rotary_embedding %[[X]], %[[C]], %[[S]] rotated 6 :
  // CHECK-NEXT: return %[[R]]
  %front = graph.slice %x from <0, 0> step [1, 1] : tensor<3x8xf32> -> tensor<3x6xf32>
  %rest = graph.slice %x from <0, 6> step [1, 1] : tensor<3x8xf32> -> tensor<3x2xf32>
  %0 = graph.slice %front from <0, 0> step [1, 1] : tensor<3x6xf32> -> tensor<3x3xf32>
  %1 = graph.slice %front from <0, 3> step [1, 1] : tensor<3x6xf32> -> tensor<3x3xf32>
  %2 = graph.mul %c, %0 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %3 = graph.mul %s, %1 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %4 = graph.sub %2, %3 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %5 = graph.mul %s, %0 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %6 = graph.mul %c, %1 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %7 = graph.add %5, %6 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %8 = graph.concat %4, %7 axis 1 : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x6xf32>
  %9 = graph.concat %8, %rest axis 1 : tensor<3x6xf32>, tensor<3x2xf32> -> tensor<3x8xf32>
  return %9 : tensor<3x8xf32>
}

// CHECK-LABEL: func.func @parts_of_neighbours(
// CHECK-SAME:      %[[X:.*]]: tensor<3x4xf32>, %[[C:.*]]: tensor<2xf32>, %[[S:.*]]: tensor<2xf32>)
func.func @parts_of_neighbours(%x: tensor<3x4xf32>, %c: tensor<2xf32>, %s: tensor<2xf32>) -> tensor<3x4xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.rotary_embedding %[[X]], %[[C]], %[[S]] rotated 4 interleaved :
  // CHECK-NEXT: return %[[R]]
  %0 = graph.slice %x from <0, 0> step [1, 2] : tensor<3x4xf32> -> tensor<3x2xf32>
  %1 = graph.slice %x from <0, 1> step [1, 2] : tensor<3x4xf32> -> tensor<3x2xf32>
  %2 = graph.mul %0, %c : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  %3 = graph.mul %1, %s : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  %4 = graph.sub %2, %3 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  %5 = graph.mul %1, %c : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  %6 = graph.mul %0, %s : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  %7 = graph.add %5, %6 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  %8 = graph.reshape %4 : tensor<3x2xf32> -> tensor<3x2x1xf32>
  %9 = graph.reshape %7 : tensor<3x2xf32> -> tensor<3x2x1xf32>
  %10 = graph.concat %8, %9 axis 2 : tensor<3x2x1xf32>, tensor<3x2x1xf32> -> tensor<3x2x2xf32>
  %11 = graph.reshape %10 : tensor<3x2x2xf32> -> tensor<3x4xf32>
  return %11 : tensor<3x4xf32>
}

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

// The sign is that of the other half: a rotation backwards.
// CHECK-LABEL: func.func @other_sign(
// CHECK-NOT:     graph.rotary_embedding
// CHECK:         return
func.func @other_sign(%x: tensor<3x4xf32>, %c: tensor<3x4xf32>, %s: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = graph.slice %x from <0, 0> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %1 = graph.slice %x from <0, 2> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %2 = graph.neg %0 : tensor<3x2xf32>
  %3 = graph.concat %1, %2 axis 1 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x4xf32>
  %4 = graph.mul %x, %c : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %5 = graph.mul %3, %s : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %6 = graph.add %4, %5 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %6 : tensor<3x4xf32>
}

// The pairs of one tensor are added to another one.
// CHECK-LABEL: func.func @two_tensors(
// CHECK-NOT:     graph.rotary_embedding
// CHECK:         return
func.func @two_tensors(%x: tensor<3x4xf32>, %y: tensor<3x4xf32>, %c: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = graph.slice %x from <0, 0> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %1 = graph.slice %x from <0, 2> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %2 = graph.neg %1 : tensor<3x2xf32>
  %3 = graph.concat %2, %0 axis 1 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x4xf32>
  %4 = graph.mul %y, %c : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %5 = graph.mul %3, %c : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %6 = graph.add %4, %5 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %6 : tensor<3x4xf32>
}

// Half precision, one number for a row, and sines of another shape.
// CHECK-LABEL: func.func @other_types(
// CHECK-NOT:     graph.rotary_embedding
// CHECK:         return
func.func @other_types(%x: tensor<3x4xf16>, %c: tensor<3x4xf16>, %y: tensor<3x4xf32>, %one: tensor<3x1xf32>, %row: tensor<4xf32>, %all: tensor<3x4xf32>)
    -> (tensor<3x4xf16>, tensor<3x4xf32>, tensor<3x4xf32>) {
  %0 = graph.slice %x from <0, 0> step [1, 1] : tensor<3x4xf16> -> tensor<3x2xf16>
  %1 = graph.slice %x from <0, 2> step [1, 1] : tensor<3x4xf16> -> tensor<3x2xf16>
  %2 = graph.neg %1 : tensor<3x2xf16>
  %3 = graph.concat %2, %0 axis 1 : tensor<3x2xf16>, tensor<3x2xf16> -> tensor<3x4xf16>
  %4 = graph.mul %x, %c : tensor<3x4xf16>, tensor<3x4xf16> -> tensor<3x4xf16>
  %5 = graph.mul %3, %c : tensor<3x4xf16>, tensor<3x4xf16> -> tensor<3x4xf16>
  %6 = graph.add %4, %5 : tensor<3x4xf16>, tensor<3x4xf16> -> tensor<3x4xf16>
  %10 = graph.slice %y from <0, 0> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %11 = graph.slice %y from <0, 2> step [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %12 = graph.neg %11 : tensor<3x2xf32>
  %13 = graph.concat %12, %10 axis 1 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x4xf32>
  %14 = graph.mul %y, %one : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %15 = graph.mul %13, %one : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %16 = graph.add %14, %15 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %24 = graph.mul %y, %all : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %25 = graph.mul %13, %row : tensor<3x4xf32>, tensor<4xf32> -> tensor<3x4xf32>
  %26 = graph.add %24, %25 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %6, %16, %26 : tensor<3x4xf16>, tensor<3x4xf32>, tensor<3x4xf32>
}

// The front is needed as well, or the rest is another one.
// CHECK-LABEL: func.func @front_and_rest(
// CHECK:         graph.rotary_embedding %{{.*}} rotated 4 : tensor<3x4xf32>
// CHECK:         graph.concat
// CHECK:         graph.rotary_embedding %{{.*}} rotated 4 : tensor<3x4xf32>
// CHECK:         graph.concat
func.func @front_and_rest(%x: tensor<3x6xf32>, %c: tensor<3x4xf32>, %s: tensor<3x4xf32>)
    -> (tensor<3x4xf32>, tensor<3x6xf32>, tensor<3x6xf32>) {
  %front = graph.slice %x from <0, 0> step [1, 1] : tensor<3x6xf32> -> tensor<3x4xf32>
  %rest = graph.slice %x from <0, 4> step [1, 1] : tensor<3x6xf32> -> tensor<3x2xf32>
  %other = graph.slice %x from <0, 3> step [1, 1] : tensor<3x6xf32> -> tensor<3x2xf32>
  %0 = graph.rotary_embedding %front, %c, %s rotated 4 : tensor<3x4xf32>, tensor<3x4xf32>
  %1 = graph.concat %0, %rest axis 1 : tensor<3x4xf32>, tensor<3x2xf32> -> tensor<3x6xf32>
  %2 = graph.rotary_embedding %front, %s, %c rotated 4 : tensor<3x4xf32>, tensor<3x4xf32>
  %3 = graph.concat %2, %other axis 1 : tensor<3x4xf32>, tensor<3x2xf32> -> tensor<3x6xf32>
  return %0, %1, %3 : tensor<3x4xf32>, tensor<3x6xf32>, tensor<3x6xf32>
}
