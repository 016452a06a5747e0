// RUN: lmcc-opt %s --lmcc-sink-masks --canonicalize --split-input-file --verify-diagnostics | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-sink-masks" -o /dev/null

// A triangle but for one element.
// CHECK-LABEL: func.func @nearly_a_triangle(
// CHECK:         %[[M:.*]] = graph.constant dense<{{.*}}> : tensor<3x3xi1>
// CHECK:         graph.attention {{.*}} extras(%[[M]]) :
func.func @nearly_a_triangle(%q: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %triangle = graph.constant dense<[[true, false, false], [true, true, false], [true, false, true]]> : tensor<3x3xi1>
  // expected-remark @below {{attention: reads a value for every row and key, which comes from graph.constant}}
  %0 = graph.attention %q, %q, %q extras(%triangle) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x3xi1> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %m: tensor<3x3xi1>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %1 = graph.select %m, %s, %low : tensor<3x3xi1>, tensor<3x3xf32>, tensor<f32> -> tensor<3x3xf32>
    graph.yield %1 : tensor<3x3xf32>
  }
  return %0 : tensor<3x4xf32>
}

// -----

// What is computed from a matrix of the caller moves, the matrix is read.
// CHECK-LABEL: func.func @matrix_of_the_caller(
// CHECK-SAME:      %[[M:[^:,]*]]: tensor<3x3xf32>
// CHECK-NEXT:    graph.attention {{.*}} extras(%[[M]]) :
// CHECK:           graph.mul
// CHECK:           graph.add
func.func @matrix_of_the_caller(%q: tensor<3x4xf32>, %m: tensor<3x3xf32>) -> tensor<3x4xf32> {
  %low = graph.constant dense<-1.0e4> : tensor<f32>
  %0 = graph.mul %m, %low : tensor<3x3xf32>, tensor<f32> -> tensor<3x3xf32>
  // expected-remark @below {{which comes from an input}}
  %1 = graph.attention %q, %q, %q extras(%0) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x3xf32> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %x: tensor<3x3xf32>):
    %2 = graph.add %s, %x : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
    graph.yield %2 : tensor<3x3xf32>
  }
  return %1 : tensor<3x4xf32>
}

// -----

// A vector is computed once, in front of the attention.
// CHECK-LABEL: func.func @padding(
// CHECK:         %[[M:.*]] = graph.mul
// CHECK:         graph.attention {{.*}} extras(%[[M]]) :
// CHECK-NOT:       graph.mul
func.func @padding(%q: tensor<3x4xf32>, %m: tensor<1x3xf32>) -> tensor<3x4xf32> {
  %low = graph.constant dense<-1.0e4> : tensor<f32>
  %0 = graph.mul %m, %low : tensor<1x3xf32>, tensor<f32> -> tensor<1x3xf32>
  %1 = graph.attention %q, %q, %q extras(%0) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<1x3xf32> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %x: tensor<1x3xf32>):
    %2 = graph.add %s, %x : tensor<3x3xf32>, tensor<1x3xf32> -> tensor<3x3xf32>
    graph.yield %2 : tensor<3x3xf32>
  }
  return %1 : tensor<3x4xf32>
}

// -----

// Memory cannot be read in front of its first element, so a concatenation of it
// is made in memory.
// CHECK-LABEL: func.func @concatenation_of_memory(
// CHECK:         %[[M:.*]] = graph.concat
// CHECK:         graph.attention {{.*}} extras(%[[M]]) :
func.func @concatenation_of_memory(%q: tensor<3x4xf32>, %a: tensor<3x1xf32>, %b: tensor<3x2xf32>) -> tensor<3x4xf32> {
  %0 = graph.concat %a, %b axis 1 : tensor<3x1xf32>, tensor<3x2xf32> -> tensor<3x3xf32>
  // expected-remark @below {{which comes from graph.concat}}
  %1 = graph.attention %q, %q, %q extras(%0) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x3xf32> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %x: tensor<3x3xf32>):
    %2 = graph.add %s, %x : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
    graph.yield %2 : tensor<3x3xf32>
  }
  return %1 : tensor<3x4xf32>
}

// -----

// A row that is out of range must still be an error of the call.
// CHECK-LABEL: func.func @gather_by_data(
// CHECK:         %[[M:.*]] = graph.gather
// CHECK:         graph.attention {{.*}} extras(%[[M]]) :
func.func @gather_by_data(%q: tensor<3x4xf32>, %p: tensor<3xi64>) -> tensor<3x4xf32> {
  %triangle = graph.constant dense<[[true, false, false], [true, true, false], [true, true, true]]> : tensor<3x3xi1>
  %0 = graph.gather %triangle, %p axis 0 : tensor<3x3xi1>, tensor<3xi64> -> tensor<3x3xi1>
  // expected-remark @below {{which comes from graph.gather}}
  %1 = graph.attention %q, %q, %q extras(%0) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x3xi1> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %m: tensor<3x3xi1>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %2 = graph.select %m, %s, %low : tensor<3x3xi1>, tensor<3x3xf32>, tensor<f32> -> tensor<3x3xf32>
    graph.yield %2 : tensor<3x3xf32>
  }
  return %1 : tensor<3x4xf32>
}

// -----

// Consecutive rows are a slice.
// CHECK-LABEL: func.func @gather_of_a_triangle(
// CHECK-NOT:     extras
// CHECK:           graph.compare le
func.func @gather_of_a_triangle(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %rows = graph.constant dense<[1, 2]> : tensor<2xi64>
  %triangle = graph.constant dense<[[true, false, false], [true, true, false], [true, true, true]]> : tensor<3x3xi1>
  %0 = graph.gather %triangle, %rows axis 0 : tensor<3x3xi1>, tensor<2xi64> -> tensor<2x3xi1>
  %1 = graph.attention %q, %k, %k extras(%0) : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<2x3xi1> -> tensor<2x4xf32> {
  ^bb0(%s: tensor<2x3xf32>, %m: tensor<2x3xi1>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %2 = graph.select %m, %s, %low : tensor<2x3xi1>, tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  return %1 : tensor<2x4xf32>
}

// -----

// The place of the row alone counts as well as the distance.
// CHECK-LABEL: func.func @not_only_the_distance(
// CHECK:         graph.gather
// CHECK:         graph.attention
// CHECK-NOT:       graph.diagonals
func.func @not_only_the_distance(%q: tensor<3x4xf32>, %table: tensor<9xf32>) -> tensor<3x4xf32> {
  %four = graph.constant dense<4> : tensor<i64>
  %0 = graph.iota : tensor<3xi64>
  %1 = graph.reshape %0 : tensor<3xi64> -> tensor<3x1xi64>
  %2 = graph.sub %0, %1 : tensor<3xi64>, tensor<3x1xi64> -> tensor<3x3xi64>
  %3 = graph.add %2, %1 : tensor<3x3xi64>, tensor<3x1xi64> -> tensor<3x3xi64>
  %4 = graph.add %3, %four : tensor<3x3xi64>, tensor<i64> -> tensor<3x3xi64>
  %5 = graph.gather %table, %4 axis 0 : tensor<9xf32>, tensor<3x3xi64> -> tensor<3x3xf32>
  // expected-remark @below {{which comes from graph.gather}}
  %6 = graph.attention %q, %q, %q extras(%5) : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x3xf32> -> tensor<3x4xf32> {
  ^bb0(%s: tensor<3x3xf32>, %m: tensor<3x3xf32>):
    %7 = graph.add %s, %m : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
    graph.yield %7 : tensor<3x3xf32>
  }
  return %6 : tensor<3x4xf32>
}
