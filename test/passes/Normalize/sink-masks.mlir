// RUN: lmcc-opt %s --lmcc-sink-masks --canonicalize --mlir-print-local-scope | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-sink-masks" -o /dev/null

// A causal mask needs no memory at all: places are compared, as i32.
// CHECK-LABEL: func.func @causal(
// CHECK-NEXT:    graph.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : tensor<2x5x4xf32>
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<2x5x5xf32>):
// CHECK-DAG:       %[[KEY:.*]] = graph.iota axis 2 : tensor<1x1x5xi32>
// CHECK-DAG:       %[[ROW:.*]] = graph.iota axis 1 : tensor<1x5x1xi32>
// CHECK:           %[[SEEN:.*]] = graph.compare le %[[KEY]], %[[ROW]] : {{.*}} -> tensor<1x5x5xi1>
// CHECK:           %[[MASK:.*]] = graph.select %[[SEEN]], %{{.*}} : tensor<1x5x5xi1>, tensor<f32>, tensor<f32>
// CHECK-NEXT:      %[[R:.*]] = graph.add %[[S]], %[[MASK]]
// CHECK-NEXT:      graph.yield %[[R]]
func.func @causal(%q: tensor<2x5x4xf32>, %k: tensor<2x5x4xf32>, %v: tensor<2x5x6xf32>) -> tensor<2x5x6xf32> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %low = graph.constant dense<-3.40282347E+38> : tensor<f32>
  %0 = graph.iota : tensor<5xi64>
  %1 = graph.reshape %0 : tensor<5xi64> -> tensor<5x1xi64>
  %2 = graph.compare le %0, %1 : tensor<5xi64>, tensor<5x1xi64> -> tensor<5x5xi1>
  %3 = graph.select %2, %zero, %low : tensor<5x5xi1>, tensor<f32>, tensor<f32> -> tensor<5x5xf32>
  %4 = graph.attention %q, %k, %v extras(%3) : tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<2x5x6xf32>, tensor<5x5xf32> -> tensor<2x5x6xf32> {
  ^bb0(%s: tensor<2x5x5xf32>, %m: tensor<5x5xf32>):
    %5 = graph.add %s, %m : tensor<2x5x5xf32>, tensor<5x5xf32> -> tensor<2x5x5xf32>
    graph.yield %5 : tensor<2x5x5xf32>
  }
  return %4 : tensor<2x5x6xf32>
}

// A past in front of the rows, and padding: what is read is one flag per key,
// computed in front of the attention.
// CHECK-LABEL: func.func @past_and_padding(
// CHECK-SAME:      %[[P:[^:,]*]]: tensor<2x?xi64
// CHECK:         %[[WIDE:.*]] = graph.reshape %[[P]]
// CHECK-NEXT:    %[[FLAG:.*]] = graph.compare gt %[[WIDE]], %{{.*}} -> tensor<2x1x1x?xi1, #graph.dims<2, 1, 1, past + rows>>
// CHECK-NEXT:    graph.attention {{.*}} extras(%[[FLAG]]) :
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<2x3x?x?xf32, {{.*}}>, %[[PAD:.*]]: tensor<2x1x1x?xi1, {{.*}}>):
// CHECK-DAG:       %[[KEY:.*]] = graph.iota axis 3 : tensor<1x1x1x?xi32, #graph.dims<1, 1, 1, past + rows>>
// CHECK-DAG:       %[[ROW:.*]] = graph.iota axis 2 : tensor<1x1x?x1xi32, #graph.dims<1, 1, rows, 1>>
// CHECK-DAG:       %[[PAST:.*]] = graph.dim_values <past> : tensor<i32>
// CHECK:           %[[PLACE:.*]] = graph.add %[[ROW]], %[[PAST]]
// CHECK:           %[[SEEN:.*]] = graph.compare le %[[KEY]], %[[PLACE]]
// CHECK:           %[[BOTH:.*]] = graph.and %[[SEEN]], %[[PAD]]
// CHECK:           %[[R:.*]] = graph.select %[[BOTH]], %[[S]], %{{.*}}
// CHECK-NEXT:      graph.yield %[[R]]
func.func @past_and_padding(%q: tensor<2x3x?x4xf32, #graph.dims<2, 3, rows, 4>>, %k: tensor<2x3x?x4xf32, #graph.dims<2, 3, past + rows, 4>>, %v: tensor<2x3x?x4xf32, #graph.dims<2, 3, past + rows, 4>>, %p: tensor<2x?xi64, #graph.dims<2, past + rows>>)
    -> tensor<2x3x?x4xf32, #graph.dims<2, 3, rows, 4>> attributes {graph.symbols = [#graph.symbol<"rows", 1, 4>, #graph.symbol<"past", 0, 3>]} {
  %nothing = graph.constant dense<0> : tensor<i64>
  %0 = graph.iota : tensor<?xi64, #graph.dims<past + rows>>
  %1 = graph.iota : tensor<?xi64, #graph.dims<rows>>
  %2 = graph.dim_values <past> : tensor<i64>
  %3 = graph.add %1, %2 : tensor<?xi64, #graph.dims<rows>>, tensor<i64> -> tensor<?xi64, #graph.dims<rows>>
  %4 = graph.reshape %3 : tensor<?xi64, #graph.dims<rows>> -> tensor<?x1xi64, #graph.dims<rows, 1>>
  %5 = graph.compare le %0, %4 : tensor<?xi64, #graph.dims<past + rows>>, tensor<?x1xi64, #graph.dims<rows, 1>> -> tensor<?x?xi1, #graph.dims<rows, past + rows>>
  %6 = graph.reshape %p : tensor<2x?xi64, #graph.dims<2, past + rows>> -> tensor<2x1x1x?xi64, #graph.dims<2, 1, 1, past + rows>>
  %7 = graph.compare gt %6, %nothing : tensor<2x1x1x?xi64, #graph.dims<2, 1, 1, past + rows>>, tensor<i64> -> tensor<2x1x1x?xi1, #graph.dims<2, 1, 1, past + rows>>
  %8 = graph.and %5, %7 : tensor<?x?xi1, #graph.dims<rows, past + rows>>, tensor<2x1x1x?xi1, #graph.dims<2, 1, 1, past + rows>> -> tensor<2x1x?x?xi1, #graph.dims<2, 1, rows, past + rows>>
  %9 = graph.attention %q, %k, %v extras(%8) : tensor<2x3x?x4xf32, #graph.dims<2, 3, rows, 4>>, tensor<2x3x?x4xf32, #graph.dims<2, 3, past + rows, 4>>, tensor<2x3x?x4xf32, #graph.dims<2, 3, past + rows, 4>>, tensor<2x1x?x?xi1, #graph.dims<2, 1, rows, past + rows>> -> tensor<2x3x?x4xf32, #graph.dims<2, 3, rows, 4>> {
  ^bb0(%s: tensor<2x3x?x?xf32, #graph.dims<2, 3, rows, past + rows>>, %m: tensor<2x1x?x?xi1, #graph.dims<2, 1, rows, past + rows>>):
    %low = graph.constant dense<0xFF800000> : tensor<f32>
    %10 = graph.select %m, %s, %low : tensor<2x1x?x?xi1, #graph.dims<2, 1, rows, past + rows>>, tensor<2x3x?x?xf32, #graph.dims<2, 3, rows, past + rows>>, tensor<f32> -> tensor<2x3x?x?xf32, #graph.dims<2, 3, rows, past + rows>>
    graph.yield %10 : tensor<2x3x?x?xf32, #graph.dims<2, 3, rows, past + rows>>
  }
  return %9 : tensor<2x3x?x4xf32, #graph.dims<2, 3, rows, 4>>
}

// A part of a stored triangle: rows start behind the past.
// CHECK-LABEL: func.func @slice_of_a_triangle(
// CHECK-NEXT:    graph.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} :
// CHECK-DAG:       %[[KEY:.*]] = graph.iota axis 1
// CHECK-DAG:       %[[ROW:.*]] = graph.iota : tensor<?x1xi32
// CHECK-DAG:       %[[PAST:.*]] = graph.dim_values <past> : tensor<i32>
// CHECK:           %[[PLACE:.*]] = graph.add %[[ROW]], %[[PAST]]
// CHECK:           %[[SEEN:.*]] = graph.compare le %[[KEY]], %[[PLACE]]
// CHECK:           graph.select %[[SEEN]]
func.func @slice_of_a_triangle(%q: tensor<?x4xf32, #graph.dims<rows, 4>>, %k: tensor<?x4xf32, #graph.dims<past + rows, 4>>) -> tensor<?x4xf32, #graph.dims<rows, 4>>
    attributes {graph.symbols = [#graph.symbol<"rows", 1, 3>, #graph.symbol<"past", 0, 2>]} {
  %triangle = graph.constant dense<[[true, false, false, false, false], [true, true, false, false, false], [true, true, true, false, false], [true, true, true, true, false], [true, true, true, true, true]]> : tensor<5x5xi1>
  %0 = graph.slice %triangle from <past, 0> step [1, 1] : tensor<5x5xi1> -> tensor<?x?xi1, #graph.dims<rows, past + rows>>
  %1 = graph.attention %q, %k, %k extras(%0) : tensor<?x4xf32, #graph.dims<rows, 4>>, tensor<?x4xf32, #graph.dims<past + rows, 4>>, tensor<?x4xf32, #graph.dims<past + rows, 4>>, tensor<?x?xi1, #graph.dims<rows, past + rows>> -> tensor<?x4xf32, #graph.dims<rows, 4>> {
  ^bb0(%s: tensor<?x?xf32, #graph.dims<rows, past + rows>>, %m: tensor<?x?xi1, #graph.dims<rows, past + rows>>):
    %low = graph.constant dense<-1.0e4> : tensor<f32>
    %2 = graph.select %m, %s, %low : tensor<?x?xi1, #graph.dims<rows, past + rows>>, tensor<?x?xf32, #graph.dims<rows, past + rows>>, tensor<f32> -> tensor<?x?xf32, #graph.dims<rows, past + rows>>
    graph.yield %2 : tensor<?x?xf32, #graph.dims<rows, past + rows>>
  }
  return %1 : tensor<?x4xf32, #graph.dims<rows, 4>>
}

// A window that is stored as numbers, with its axes of size 1.
// CHECK-LABEL: func.func @band(
// CHECK:         graph.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} :
// CHECK:           graph.compare gt
// CHECK:           graph.compare le
// CHECK:           %[[SEEN:.*]] = graph.and
// CHECK:           graph.select %[[SEEN]]
func.func @band(%q: tensor<2x4x4xf32>, %k: tensor<2x5x4xf32>) -> tensor<2x4x4xf32> {
  %window = graph.constant dense<[[[0.0, 0.0, -9.0e9, -9.0e9, -9.0e9], [0.0, 0.0, 0.0, -9.0e9, -9.0e9], [-9.0e9, 0.0, 0.0, 0.0, -9.0e9], [-9.0e9, -9.0e9, 0.0, 0.0, 0.0]]]> : tensor<1x4x5xf32>
  %0 = graph.attention %q, %k, %k extras(%window) : tensor<2x4x4xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<1x4x5xf32> -> tensor<2x4x4xf32> {
  ^bb0(%s: tensor<2x4x5xf32>, %m: tensor<1x4x5xf32>):
    %1 = graph.add %s, %m : tensor<2x4x5xf32>, tensor<1x4x5xf32> -> tensor<2x4x5xf32>
    graph.yield %1 : tensor<2x4x5xf32>
  }
  return %0 : tensor<2x4x4xf32>
}

// A triangle behind columns for the past is a comparison in one part of it.
// CHECK-LABEL: func.func @concatenation(
// CHECK-NEXT:    graph.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} :
// CHECK-DAG:       graph.dim_values <past * -1>
// CHECK-DAG:       graph.dim_values <past>
// CHECK:           graph.compare lt
// CHECK:           graph.select
func.func @concatenation(%q: tensor<?x4xf32, #graph.dims<rows, 4>>, %k: tensor<?x4xf32, #graph.dims<past + rows, 4>>) -> tensor<?x4xf32, #graph.dims<rows, 4>>
    attributes {graph.symbols = [#graph.symbol<"rows", 1, 3>, #graph.symbol<"past", 0, 2>]} {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %low = graph.constant dense<-3.40282347E+38> : tensor<f32>
  %0 = graph.iota : tensor<?xi64, #graph.dims<rows>>
  %1 = graph.reshape %0 : tensor<?xi64, #graph.dims<rows>> -> tensor<?x1xi64, #graph.dims<rows, 1>>
  %2 = graph.compare le %0, %1 : tensor<?xi64, #graph.dims<rows>>, tensor<?x1xi64, #graph.dims<rows, 1>> -> tensor<?x?xi1, #graph.dims<rows, rows>>
  %3 = graph.select %2, %zero, %low : tensor<?x?xi1, #graph.dims<rows, rows>>, tensor<f32>, tensor<f32> -> tensor<?x?xf32, #graph.dims<rows, rows>>
  %4 = graph.broadcast %zero : tensor<f32> -> tensor<?x?xf32, #graph.dims<rows, past>>
  %5 = graph.concat %4, %3 axis 1 : tensor<?x?xf32, #graph.dims<rows, past>>, tensor<?x?xf32, #graph.dims<rows, rows>> -> tensor<?x?xf32, #graph.dims<rows, past + rows>>
  %6 = graph.attention %q, %k, %k extras(%5) : tensor<?x4xf32, #graph.dims<rows, 4>>, tensor<?x4xf32, #graph.dims<past + rows, 4>>, tensor<?x4xf32, #graph.dims<past + rows, 4>>, tensor<?x?xf32, #graph.dims<rows, past + rows>> -> tensor<?x4xf32, #graph.dims<rows, 4>> {
  ^bb0(%s: tensor<?x?xf32, #graph.dims<rows, past + rows>>, %m: tensor<?x?xf32, #graph.dims<rows, past + rows>>):
    %7 = graph.add %s, %m : tensor<?x?xf32, #graph.dims<rows, past + rows>>, tensor<?x?xf32, #graph.dims<rows, past + rows>> -> tensor<?x?xf32, #graph.dims<rows, past + rows>>
    graph.yield %7 : tensor<?x?xf32, #graph.dims<rows, past + rows>>
  }
  return %6 : tensor<?x4xf32, #graph.dims<rows, 4>>
}

// Places that the caller gives are i64; compared with 0 to 4 they are all the
// same below and above that. One row, so the mask is a vector.
// CHECK-LABEL: func.func @places_of_the_caller(
// CHECK-SAME:      %[[P:[^:,]*]]: tensor<2x1xi64>
// CHECK-DAG:     %[[LOW:.*]] = graph.constant dense<-1> : tensor<i64>
// CHECK-DAG:     %[[HIGH:.*]] = graph.constant dense<5> : tensor<i64>
// CHECK:         %[[MAX:.*]] = graph.max %{{.*}}, %[[LOW]]
// CHECK:         %[[MIN:.*]] = graph.min %[[MAX]], %[[HIGH]]
// CHECK:         %[[PLACE:.*]] = graph.cast %[[MIN]] : tensor<2x1x1xi64> -> tensor<2x1x1xi32>
// CHECK:         graph.attention {{.*}} extras(%[[PLACE]]) :
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<2x1x5xf32>, %[[ROW:.*]]: tensor<2x1x1xi32>):
// CHECK:           %[[KEY:.*]] = graph.iota axis 2 : tensor<1x1x5xi32>
// CHECK:           graph.compare le %[[KEY]], %[[ROW]]
func.func @places_of_the_caller(%q: tensor<2x1x4xf32>, %k: tensor<2x5x4xf32>, %p: tensor<2x1xi64>) -> tensor<2x1x4xf32> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %low = graph.constant dense<-3.40282347E+38> : tensor<f32>
  %keys = graph.constant dense<[0, 1, 2, 3, 4]> : tensor<5xi64>
  %0 = graph.reshape %p : tensor<2x1xi64> -> tensor<2x1x1xi64>
  %1 = graph.compare le %keys, %0 : tensor<5xi64>, tensor<2x1x1xi64> -> tensor<2x1x5xi1>
  %2 = graph.select %1, %zero, %low : tensor<2x1x5xi1>, tensor<f32>, tensor<f32> -> tensor<2x1x5xf32>
  %3 = graph.attention %q, %k, %k extras(%2) : tensor<2x1x4xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<2x1x5xf32> -> tensor<2x1x4xf32> {
  ^bb0(%s: tensor<2x1x5xf32>, %m: tensor<2x1x5xf32>):
    %4 = graph.add %s, %m : tensor<2x1x5xf32>, tensor<2x1x5xf32> -> tensor<2x1x5xf32>
    graph.yield %4 : tensor<2x1x5xf32>
  }
  return %3 : tensor<2x1x4xf32>
}

// A table by the distance of key and row, cut off at both ends, is looked up
// once for each distance. The row of the table is the head.
// CHECK-LABEL: func.func @relative_bias(
// CHECK-SAME:      %[[T:[^:,]*]]: tensor<5x2xf32>
// CHECK-DAG:     %[[D:.*]] = graph.iota : tensor<?xi64, #graph.dims<keys + 3>>
// CHECK:         graph.add %[[D]], %{{.*}}
// CHECK:         %[[G:.*]] = graph.gather %[[T]], %{{.*}} axis 0 : {{.*}} -> tensor<?x2xf32, #graph.dims<keys + 3, 2>>
// CHECK-NEXT:    %[[B:.*]] = graph.transpose %[[G]] [1, 0]
// CHECK-NEXT:    graph.attention {{.*}} extras(%[[B]]) :
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<2x4x?xf32, #graph.dims<2, 4, keys>>, %[[A:.*]]: tensor<2x?xf32, #graph.dims<2, keys + 3>>):
// CHECK-NEXT:      %[[M:.*]] = graph.diagonals %[[A]]
// CHECK-NEXT:      %[[R:.*]] = graph.add %[[S]], %[[M]]
// CHECK-NEXT:      graph.yield %[[R]]
func.func @relative_bias(%q: tensor<2x4x4xf32>, %k: tensor<2x?x4xf32, #graph.dims<2, keys, 4>>, %table: tensor<5x2xf32>) -> tensor<2x4x4xf32>
    attributes {graph.symbols = [#graph.symbol<"keys", 1, 7>]} {
  %two = graph.constant dense<2> : tensor<i64>
  %minus = graph.constant dense<-2> : tensor<i64>
  %one = graph.constant dense<1> : tensor<i64>
  %0 = graph.iota : tensor<?xi64, #graph.dims<keys>>
  %rows = graph.constant dense<[[0], [1], [2], [3]]> : tensor<4x1xi64>
  %place = graph.add %rows, %one : tensor<4x1xi64>, tensor<i64> -> tensor<4x1xi64>
  %1 = graph.sub %0, %place : tensor<?xi64, #graph.dims<keys>>, tensor<4x1xi64> -> tensor<4x?xi64, #graph.dims<4, keys>>
  %2 = graph.max %1, %minus : tensor<4x?xi64, #graph.dims<4, keys>>, tensor<i64> -> tensor<4x?xi64, #graph.dims<4, keys>>
  %3 = graph.min %2, %two : tensor<4x?xi64, #graph.dims<4, keys>>, tensor<i64> -> tensor<4x?xi64, #graph.dims<4, keys>>
  %4 = graph.add %3, %two : tensor<4x?xi64, #graph.dims<4, keys>>, tensor<i64> -> tensor<4x?xi64, #graph.dims<4, keys>>
  %5 = graph.gather %table, %4 axis 0 : tensor<5x2xf32>, tensor<4x?xi64, #graph.dims<4, keys>> -> tensor<4x?x2xf32, #graph.dims<4, keys, 2>>
  %6 = graph.transpose %5 [2, 0, 1] : tensor<4x?x2xf32, #graph.dims<4, keys, 2>> -> tensor<2x4x?xf32, #graph.dims<2, 4, keys>>
  %7 = graph.attention %q, %k, %k extras(%6) : tensor<2x4x4xf32>, tensor<2x?x4xf32, #graph.dims<2, keys, 4>>, tensor<2x?x4xf32, #graph.dims<2, keys, 4>>, tensor<2x4x?xf32, #graph.dims<2, 4, keys>> -> tensor<2x4x4xf32> {
  ^bb0(%s: tensor<2x4x?xf32, #graph.dims<2, 4, keys>>, %m: tensor<2x4x?xf32, #graph.dims<2, 4, keys>>):
    %8 = graph.add %s, %m : tensor<2x4x?xf32, #graph.dims<2, 4, keys>>, tensor<2x4x?xf32, #graph.dims<2, 4, keys>> -> tensor<2x4x?xf32, #graph.dims<2, 4, keys>>
    graph.yield %8 : tensor<2x4x?xf32, #graph.dims<2, 4, keys>>
  }
  return %7 : tensor<2x4x4xf32>
}
