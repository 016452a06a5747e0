// RUN: lmcc-opt %s --lmcc-fold-scales --canonicalize --mlir-print-local-scope | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-fold-scales" -o /dev/null

weight.data @w : tensor<6x8xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<6x8xf32>
  weight.yield %0 : tensor<6x8xf32>
}
weight.data @b : tensor<8xf32> {
  %0 = weight.file "model.onnx" offset 512 : tensor<8xf32>
  weight.yield %0 : tensor<8xf32>
}

// The factors of scores, queries and keys are one, 1/2 * 3 * 2, and go into
// weight and bias through the split into heads.
// CHECK-LABEL: func.func @weights_and_bias(
// CHECK-SAME:      %[[X:[^:,]*]]: tensor<5x6xf32>, %[[K:[^:,]*]]: tensor<2x7x4xf32>
// CHECK-DAG:     %[[F:.*]] = graph.constant dense<3.000000e+00> : tensor<f32>
// CHECK-DAG:     %[[W:.*]] = weight.get @w
// CHECK-DAG:     %[[B:.*]] = weight.get @b
// CHECK:         %[[WF:.*]] = graph.mul %[[W]], %[[F]]
// CHECK:         %[[P:.*]] = graph.matmul %[[X]], %[[WF]]
// CHECK:         %[[BF:.*]] = graph.mul %[[B]], %[[F]]
// CHECK:         %[[S:.*]] = graph.add %[[P]], %[[BF]]
// CHECK:         %[[A:.*]] = graph.reshape %[[S]]
// CHECK:         %[[Q:.*]] = graph.transpose %[[A]]
// CHECK:         graph.attention %[[Q]], %[[K]], %[[K]] :
// CHECK-NEXT:    ^bb0(%[[SCORES:.*]]: tensor<2x5x7xf32>):
// CHECK-NEXT:      graph.yield %[[SCORES]]
func.func @weights_and_bias(%x: tensor<5x6xf32>, %k: tensor<2x7x4xf32>) -> tensor<2x5x4xf32> {
  %w = weight.get @w : tensor<6x8xf32>
  %b = weight.get @b : tensor<8xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %three = graph.constant dense<3.0> : tensor<f32>
  %0 = graph.matmul %x, %w : tensor<5x6xf32>, tensor<6x8xf32> -> tensor<5x8xf32>
  %1 = graph.add %0, %b : tensor<5x8xf32>, tensor<8xf32> -> tensor<5x8xf32>
  %2 = graph.mul %1, %three : tensor<5x8xf32>, tensor<f32> -> tensor<5x8xf32>
  %3 = graph.reshape %2 : tensor<5x8xf32> -> tensor<5x2x4xf32>
  %4 = graph.transpose %3 [1, 0, 2] : tensor<5x2x4xf32> -> tensor<2x5x4xf32>
  %5 = graph.mul %two, %k : tensor<f32>, tensor<2x7x4xf32> -> tensor<2x7x4xf32>
  %6 = graph.attention %4, %5, %k : tensor<2x5x4xf32>, tensor<2x7x4xf32>, tensor<2x7x4xf32> -> tensor<2x5x4xf32> {
  ^bb0(%s: tensor<2x5x7xf32>):
    %c = graph.constant dense<2.0> : tensor<f32>
    %7 = graph.div %s, %c : tensor<2x5x7xf32>, tensor<f32> -> tensor<2x5x7xf32>
    graph.yield %7 : tensor<2x5x7xf32>
  }
  return %6 : tensor<2x5x4xf32>
}

// A rotation is linear in what it rotates.
// CHECK-LABEL: func.func @rotation(
// CHECK:         %[[W:.*]] = weight.get @w
// CHECK:         %[[WF:.*]] = graph.mul %[[W]], %{{.*}}
// CHECK:         graph.matmul %{{.*}}, %[[WF]]
// CHECK:         graph.attention
// CHECK-NOT:       graph.mul
// CHECK:         return
func.func @rotation(%x: tensor<5x6xf32>, %cos: tensor<5x8xf32>, %sin: tensor<5x8xf32>, %k: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %w = weight.get @w : tensor<6x8xf32>
  %0 = graph.matmul %x, %w : tensor<5x6xf32>, tensor<6x8xf32> -> tensor<5x8xf32>
  %1 = graph.mul %cos, %0 : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %2 = graph.slice %0 from <0, 0> step [1, 1] : tensor<5x8xf32> -> tensor<5x4xf32>
  %3 = graph.slice %0 from <0, 4> step [1, 1] : tensor<5x8xf32> -> tensor<5x4xf32>
  %4 = graph.neg %3 : tensor<5x4xf32>
  %5 = graph.concat %4, %2 axis 1 : tensor<5x4xf32>, tensor<5x4xf32> -> tensor<5x8xf32>
  %6 = graph.mul %5, %sin : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %7 = graph.add %1, %6 : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %8 = graph.attention %7, %k, %k : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32> -> tensor<5x8xf32> {
  ^bb0(%s: tensor<5x7xf32>):
    %c = graph.constant dense<2.5> : tensor<f32>
    %9 = graph.div %s, %c : tensor<5x7xf32>, tensor<f32> -> tensor<5x7xf32>
    graph.yield %9 : tensor<5x7xf32>
  }
  return %8 : tensor<5x8xf32>
}

// The product has another user, and so has its square: scores are multiplied.
// CHECK-LABEL: func.func @another_user(
// CHECK:         graph.attention
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<5x7xf32>):
// CHECK-NEXT:      %[[F:.*]] = graph.constant dense<2.500000e-01>
// CHECK-NEXT:      %[[R:.*]] = graph.mul %[[S]], %[[F]]
// CHECK-NEXT:      graph.yield %[[R]]
// CHECK-LABEL: func.func @square(
// CHECK:         graph.attention
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<5x7xf32>):
// CHECK-NEXT:      %[[F:.*]] = graph.constant dense<2.500000e-01>
// CHECK-NEXT:      %[[R:.*]] = graph.mul %[[S]], %[[F]]
func.func @another_user(%x: tensor<5x6xf32>, %k: tensor<7x8xf32>) -> (tensor<5x8xf32>, tensor<5x8xf32>) {
  %w = weight.get @w : tensor<6x8xf32>
  %0 = graph.matmul %x, %w : tensor<5x6xf32>, tensor<6x8xf32> -> tensor<5x8xf32>
  %1 = graph.attention %0, %k, %k : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32> -> tensor<5x8xf32> {
  ^bb0(%s: tensor<5x7xf32>):
    %c = graph.constant dense<4.0> : tensor<f32>
    %2 = graph.div %s, %c : tensor<5x7xf32>, tensor<f32> -> tensor<5x7xf32>
    graph.yield %2 : tensor<5x7xf32>
  }
  return %1, %0 : tensor<5x8xf32>, tensor<5x8xf32>
}
func.func @square(%x: tensor<5x6xf32>, %k: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %w = weight.get @w : tensor<6x8xf32>
  %0 = graph.matmul %x, %w : tensor<5x6xf32>, tensor<6x8xf32> -> tensor<5x8xf32>
  %1 = graph.mul %0, %0 : tensor<5x8xf32>, tensor<5x8xf32> -> tensor<5x8xf32>
  %2 = graph.attention %1, %k, %k : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32> -> tensor<5x8xf32> {
  ^bb0(%s: tensor<5x7xf32>):
    %c = graph.constant dense<4.0> : tensor<f32>
    %3 = graph.div %s, %c : tensor<5x7xf32>, tensor<f32> -> tensor<5x7xf32>
    graph.yield %3 : tensor<5x7xf32>
  }
  return %2 : tensor<5x8xf32>
}

// A factor behind a bias is none of the scores; one per head is not uniform.
// CHECK-LABEL: func.func @other_factors(
// CHECK:         graph.matmul %{{.*}}, %{{w|[0-9]+}}
// CHECK:         graph.attention
// CHECK:           graph.add
// CHECK-NEXT:      graph.mul
func.func @other_factors(%x: tensor<5x6xf32>, %k: tensor<7x8xf32>, %m: tensor<1x7xf32>) -> tensor<5x8xf32> {
  %w = weight.get @w : tensor<6x8xf32>
  %0 = graph.matmul %x, %w : tensor<5x6xf32>, tensor<6x8xf32> -> tensor<5x8xf32>
  %1 = graph.attention %0, %k, %k extras(%m) : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32>, tensor<1x7xf32> -> tensor<5x8xf32> {
  ^bb0(%s: tensor<5x7xf32>, %mask: tensor<1x7xf32>):
    %c = graph.constant dense<0.5> : tensor<f32>
    %2 = graph.add %s, %mask : tensor<5x7xf32>, tensor<1x7xf32> -> tensor<5x7xf32>
    %3 = graph.mul %2, %c : tensor<5x7xf32>, tensor<f32> -> tensor<5x7xf32>
    graph.yield %3 : tensor<5x7xf32>
  }
  return %1 : tensor<5x8xf32>
}
