// RUN: lmcc-opt %s --lmcc-recognize-attention --verify-diagnostics -o /dev/null

func.func @recognised(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  // expected-remark @below {{attention: recognised, with 0 adjustments of the scores}}
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %2 : tensor<5x6xf32>
}

func.func @weights_have_two_users(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<7x6xf32>) -> (tensor<5x6xf32>, tensor<5x7xf32>) {
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  // expected-remark @below {{attention: not recognised, the weights have 2 users}}
  %1 = graph.softmax %0 : tensor<5x7xf32>
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %2, %1 : tensor<5x6xf32>, tensor<5x7xf32>
}

func.func @weights_are_no_factor(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>) -> tensor<5x7xf32> {
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  // expected-remark @below {{attention: not recognised, the weights are no left side of a product}}
  %2 = graph.exp %1 : tensor<5x7xf32>
  return %2 : tensor<5x7xf32>
}

func.func @scores_have_two_users(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<7x6xf32>) -> (tensor<5x6xf32>, tensor<5x7xf32>) {
  // expected-remark @below {{attention: not recognised, the scores have other users}}
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %2, %0 : tensor<5x6xf32>, tensor<5x7xf32>
}

func.func @scores_of_another_kind(%x: tensor<7x5xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  // expected-remark @below {{attention: not recognised, the scores come from graph.transpose}}
  %0 = graph.transpose %x [1, 0] : tensor<7x5xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %2 : tensor<5x6xf32>
}

// Half precision scores that become floats for the softmax.
func.func @mixed_precision(%q: tensor<5x4xf16>, %k: tensor<4x7xf16>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  // expected-remark @below {{attention: not recognised, the products have different element types}}
  %0 = graph.matmul %q, %k : tensor<5x4xf16>, tensor<4x7xf16> -> tensor<5x7xf16>
  %1 = graph.cast %0 : tensor<5x7xf16> -> tensor<5x7xf32>
  %2 = graph.softmax %1 : tensor<5x7xf32>
  %3 = graph.matmul %2, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %3 : tensor<5x6xf32>
}

// The scores have fewer batches than the values.
func.func @batch_of_values(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<2x7x6xf32>) -> tensor<2x5x6xf32> {
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  // expected-remark @below {{attention: not recognised, values have batches that scores do not have}}
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<2x7x6xf32> -> tensor<2x5x6xf32>
  return %2 : tensor<2x5x6xf32>
}
