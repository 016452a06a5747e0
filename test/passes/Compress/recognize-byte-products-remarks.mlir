// RUN: lmcc-opt %s --lmcc-recognize-byte-products --verify-diagnostics -o /dev/null

module {
weight.data @good : tensor<4x3xi32> {
  %0 = graph.constant dense<1> : tensor<4x3xi8>
  %1 = graph.cast %0 : tensor<4x3xi8> -> tensor<4x3xi32>
  weight.yield %1 : tensor<4x3xi32>
}
weight.data @wide : tensor<4x1xi32> {
  %0 = graph.constant dense<[[0], [1000], [1], [2]]> : tensor<4x1xi16>
  %1 = graph.cast %0 : tensor<4x1xi16> -> tensor<4x1xi32>
  weight.yield %1 : tensor<4x1xi32>
}
weight.data @groups : tensor<2x4x3xi32> {
  %0 = graph.constant dense<1> : tensor<2x4x3xi8>
  %1 = graph.cast %0 : tensor<2x4x3xi8> -> tensor<2x4x3xi32>
  weight.yield %1 : tensor<2x4x3xi32>
}
weight.data @blocked : tensor<4x2xf32> {
  %0 = graph.constant dense<1> : tensor<4x2xi8>
  %1 = graph.cast %0 : tensor<4x2xi8> -> tensor<4x2xf32>
  %2 = graph.constant dense<[[0.5], [0.5], [0.25], [0.25]]> : tensor<4x1xf32>
  %3 = graph.mul %1, %2 : tensor<4x2xf32>, tensor<4x1xf32> -> tensor<4x2xf32>
  weight.yield %3 : tensor<4x2xf32>
}
weight.data @columns : tensor<4x2xf32> {
  %0 = graph.constant dense<1> : tensor<4x2xi8>
  %1 = graph.cast %0 : tensor<4x2xi8> -> tensor<4x2xf32>
  %2 = graph.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32>
  %3 = graph.mul %1, %2 : tensor<4x2xf32>, tensor<1x2xf32> -> tensor<4x2xf32>
  weight.yield %3 : tensor<4x2xf32>
}
weight.data @absent : tensor<4x2xi32> {
  %0 = weight.file "nowhere.onnx" offset 0 : tensor<4x2xi8>
  %1 = graph.cast %0 : tensor<4x2xi8> -> tensor<4x2xi32>
  weight.yield %1 : tensor<4x2xi32>
}
weight.data @floats : tensor<4x2xf32> {
  %0 = graph.constant dense<0.5> : tensor<4x2xf32>
  weight.yield %0 : tensor<4x2xf32>
}

func.func @products(%q: tensor<2x4xui8>, %f: tensor<2x4xf32>) -> (tensor<2x3xi32>, tensor<2x1xi32>, tensor<2x2x3xi32>, tensor<2x2xf32>, tensor<2x2xi32>, tensor<2x2xi32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %x = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xi32>
  %z = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xf32>
  %good = weight.get @good : tensor<4x3xi32>
  // expected-remark @+1 {{quantised: as in the model, rows of unsigned bytes, weights of 4 x 3 in 8 bits}}
  %0 = graph.matmul %x, %good : tensor<2x4xi32>, tensor<4x3xi32> -> tensor<2x3xi32>
  %wide = weight.get @wide : tensor<4x1xi32>
  // expected-remark @+1 {{quantised: not, its weights take more than 8 bits}}
  %1 = graph.matmul %x, %wide : tensor<2x4xi32>, tensor<4x1xi32> -> tensor<2x1xi32>
  %groups = weight.get @groups : tensor<2x4x3xi32>
  // expected-remark @+1 {{quantised: as in the model, rows of unsigned bytes, columns of signed bytes}}
  %2 = graph.matmul %x, %groups : tensor<2x4xi32>, tensor<2x4x3xi32> -> tensor<2x2x3xi32>
  %blocked = weight.get @blocked : tensor<4x2xf32>
  // expected-remark @+1 {{quantised: not, the scales of its weights change along the depth}}
  %3 = graph.matmul %z, %blocked : tensor<2x4xf32>, tensor<4x2xf32> -> tensor<2x2xf32>
  %absent = weight.get @absent : tensor<4x2xi32>
  // expected-remark @+1 {{quantised: not, its weights cannot be read}}
  %4 = graph.matmul %x, %absent : tensor<2x4xi32>, tensor<4x2xi32> -> tensor<2x2xi32>
  %t = graph.transpose %x [1, 0] : tensor<2x4xi32> -> tensor<4x2xi32>
  // expected-remark @+1 {{quantised: as in the model, rows of unsigned bytes, columns of unsigned bytes}}
  %5 = graph.matmul %x, %t : tensor<2x4xi32>, tensor<4x2xi32> -> tensor<2x2xi32>
  // What is of floats on one side has no remark.
  %floats = weight.get @floats : tensor<4x2xf32>
  %7 = graph.matmul %z, %floats : tensor<2x4xf32>, tensor<4x2xf32> -> tensor<2x2xf32>
  %8 = graph.matmul %f, %blocked : tensor<2x4xf32>, tensor<4x2xf32> -> tensor<2x2xf32>
  return %0, %1, %2, %3, %4, %5, %7, %8 : tensor<2x3xi32>, tensor<2x1xi32>, tensor<2x2x3xi32>, tensor<2x2xf32>, tensor<2x2xi32>, tensor<2x2xi32>, tensor<2x2xf32>, tensor<2x2xf32>
}

func.func @activations(%q: tensor<2x4xui8>, %i: tensor<4x2xi32>, %k: tensor<4x2xi8>, %scales: tensor<4x1xf32>, %x: tensor<2x40000xi8>, %y: tensor<40000x2xi8>) -> (tensor<2x2xi32>, tensor<2x2xi32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xi32>
  // expected-remark @+1 {{quantised: not, its right side is neither a weight matrix nor bytes with one zero point and scale for each column}}
  %1 = graph.matmul %0, %i : tensor<2x4xi32>, tensor<4x2xi32> -> tensor<2x2xi32>
  %2 = graph.cast %k : tensor<4x2xi8> -> tensor<4x2xi32>
  %3 = graph.transpose %i [1, 0] : tensor<4x2xi32> -> tensor<2x4xi32>
  // expected-remark @+1 {{quantised: not, its left side is not made of bytes with one zero point and scale for each row}}
  %4 = graph.matmul %3, %2 : tensor<2x4xi32>, tensor<4x2xi32> -> tensor<2x2xi32>
  // Scales along the depth cannot leave the sum.
  %5 = graph.cast %k : tensor<4x2xi8> -> tensor<4x2xf32>
  %6 = graph.mul %5, %scales : tensor<4x2xf32>, tensor<4x1xf32> -> tensor<4x2xf32>
  %7 = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xf32>
  // expected-remark @+1 {{quantised: not, its right side is neither a weight matrix nor bytes with one zero point and scale for each column}}
  %8 = graph.matmul %7, %6 : tensor<2x4xf32>, tensor<4x2xf32> -> tensor<2x2xf32>
  %9 = graph.cast %x : tensor<2x40000xi8> -> tensor<2x40000xf32>
  %10 = graph.cast %y : tensor<40000x2xi8> -> tensor<40000x2xf32>
  // expected-remark @+1 {{quantised: not, its depth of 40000 may exceed 33025}}
  %11 = graph.matmul %9, %10 : tensor<2x40000xf32>, tensor<40000x2xf32> -> tensor<2x2xf32>
  // A weight on the left wants a scale for each row.
  %12 = weight.get @blocked : tensor<4x2xf32>
  // expected-remark @+1 {{quantised: as in the model, rows of signed bytes, columns of unsigned bytes}}
  %13 = graph.matmul %12, %7 : tensor<4x2xf32>, tensor<2x4xf32> -> tensor<4x4xf32>
  %14 = weight.get @columns : tensor<4x2xf32>
  // expected-remark @+1 {{quantised: not, the scales of its weights change along the depth}}
  %15 = graph.matmul %14, %7 : tensor<4x2xf32>, tensor<2x4xf32> -> tensor<4x4xf32>
  return %1, %4, %8, %11, %13, %15 : tensor<2x2xi32>, tensor<2x2xi32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
}
