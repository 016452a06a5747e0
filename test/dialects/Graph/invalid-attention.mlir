// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c1_attention_of_a_vector(%q: tensor<4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{operand [4] has less than two axes}}
  %0 = graph.attention %q, %k, %v : tensor<4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c1_attention_elements(%q: tensor<2x4xf32>, %k: tensor<3x4xf16>, %v: tensor<3x6xf32>) {
  // expected-error @below {{operands and result have different elements}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf16>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c2_attention_lengths(%q: tensor<2x4xf32>, %k: tensor<3x5xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{queries [2, 4] and keys [3, 5] differ in length}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x5xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c2_attention_values(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<4x6xf32>) {
  // expected-error @below {{there is not one value of [4, 6] for each key of [3, 4]}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<4x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c3_attention_rows(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{the result cannot have shape [3, 6]}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<3x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c3_attention_batches(%q: tensor<5x2x4xf32>, %k: tensor<6x3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{the result cannot have shape [5, 2, 6]}}
  %0 = graph.attention %q, %k, %v : tensor<5x2x4xf32>, tensor<6x3x4xf32>, tensor<3x6xf32> -> tensor<5x2x6xf32> {
  ^bb0(%s: tensor<5x2x3xf32>):
    graph.yield %s : tensor<5x2x3xf32>
  }
  return
}

// -----

func.func @c4_attention_scores(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{region takes 'tensor<3x2xf32>', which are no scores of this attention}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<3x2xf32>):
    graph.yield %s : tensor<3x2xf32>
  }
  return
}

// -----

func.func @c4_attention_extras(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>, %m: tensor<3xf32>) {
  // expected-error @below {{region takes the scores and the extra operands}}
  %0 = graph.attention %q, %k, %v extras(%m) : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32>, tensor<3xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c5_attention_softmax_inside(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{region contains graph.softmax, which does not go element by element}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    %1 = graph.softmax %s : tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c5_attention_constant_of_elements(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{region contains graph.constant of more than one element}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    %1 = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    %2 = graph.add %s, %1 : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c5_attention_yields_another_type(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x6xf32>) {
  // expected-error @below {{region must end with graph.yield of 'tensor<2x3xf32>'}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x6xf32> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    %1 = graph.cast %s : tensor<2x3xf32> -> tensor<2x3xf16>
    graph.yield %1 : tensor<2x3xf16>
  }
  return
}

// -----

func.func @c1_rotary_odd(%x: tensor<2x8xf32>, %c: tensor<2x3xf32>) {
  // expected-error @below {{rotates 3 elements of the rows of [2, 8]}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 3 : tensor<2x8xf32>, tensor<2x3xf32>
  return
}

// -----

func.func @c1_rotary_none(%x: tensor<2x8xf32>, %c: tensor<2x1xf32>) {
  // expected-error @below {{rotates 0 elements of the rows of [2, 8]}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 0 : tensor<2x8xf32>, tensor<2x1xf32>
  return
}

// -----

func.func @c1_rotary_more_than_a_row(%x: tensor<2x8xf32>, %c: tensor<2x10xf32>) {
  // expected-error @below {{rotates 10 elements of the rows of [2, 8]}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 10 : tensor<2x8xf32>, tensor<2x10xf32>
  return
}

// -----

func.func @c2_rotary_columns(%x: tensor<2x8xf32>, %c: tensor<2x8xf32>) {
  // expected-error @below {{angles [2, 8] do not fit 6 rotated elements}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 6 : tensor<2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @c3_rotary_rows(%x: tensor<2x8xf32>, %c: tensor<3x4xf32>) {
  // expected-error @below {{angles [3, 4] do not broadcast to [2, 8]}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 8 : tensor<2x8xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @c3_rotary_rank(%x: tensor<2x8xf32>, %c: tensor<1x2x4xf32>) {
  // expected-error @below {{angles [1, 2, 4] do not broadcast to [2, 8]}}
  %0 = graph.rotary_embedding %x, %c, %c rotated 8 : tensor<2x8xf32>, tensor<1x2x4xf32>
  return
}

// -----

func.func @c5_attention_diagonals_of_scores(%q: tensor<2x4xf32>, %k: tensor<3x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{region applies graph.diagonals to more than an extra operand}}
  %0 = graph.attention %q, %k, %k extras(%b) : tensor<2x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<4xf32> -> tensor<2x4xf32> {
  ^bb0(%s: tensor<2x3xf32>, %bias: tensor<4xf32>):
    %1 = graph.exp %bias : tensor<4xf32>
    %2 = graph.diagonals %1 : tensor<4xf32> -> tensor<2x3xf32>
    %3 = graph.add %s, %2 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
    graph.yield %3 : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c1_diagonals_rank(%b: tensor<4xf32>) {
  // expected-error @below {{[4] has no diagonals for [4]}}
  %0 = graph.diagonals %b : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @c2_diagonals_batch(%b: tensor<5x4xf32>) {
  // expected-error @below {{axis 0 of [5, 4] and [6, 2, 3] differs}}
  %0 = graph.diagonals %b : tensor<5x4xf32> -> tensor<6x2x3xf32>
  return
}

// -----

func.func @c3_diagonals_count(%b: tensor<5xf32>) {
  // expected-error @below {{[2, 3] has other diagonals than the last axis of [5]}}
  %0 = graph.diagonals %b : tensor<5xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c6_attention_with_two_scales(%q: tensor<2x4xi8>, %k: tensor<3x4xi8>, %v: tensor<3x6xi8>, %qs: tensor<2x1xf32>, %ks: tensor<3x1xf32>) {
  // expected-error @below {{has 2 scales, not those of query, key and value}}
  %0 = graph.attention %q, %k, %v scales(%qs, %ks : tensor<2x1xf32>, tensor<3x1xf32>) : tensor<2x4xi8>, tensor<3x4xi8>, tensor<3x6xi8> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c6_attention_of_floats_with_scales(%q: tensor<2x4xf32>, %k: tensor<3x4xi8>, %v: tensor<3x6xi8>, %qs: tensor<2x1xf32>, %ks: tensor<3x1xf32>, %vs: tensor<3x1xf32>) {
  // expected-error @below {{has scales for 'tensor<2x4xf32>', no bytes}}
  %0 = graph.attention %q, %k, %v scales(%qs, %ks, %vs : tensor<2x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) : tensor<2x4xf32>, tensor<3x4xi8>, tensor<3x6xi8> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c6_attention_of_unsigned_values(%q: tensor<2x4xi8>, %k: tensor<3x4xi8>, %v: tensor<3x6xui8>, %qs: tensor<2x1xf32>, %ks: tensor<3x1xf32>, %vs: tensor<3x1xf32>) {
  // expected-error @below {{has scales for 'tensor<3x6xui8>', no bytes}}
  %0 = graph.attention %q, %k, %v scales(%qs, %ks, %vs : tensor<2x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) : tensor<2x4xi8>, tensor<3x4xi8>, tensor<3x6xui8> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c6_attention_scales_of_columns(%q: tensor<2x4xi8>, %k: tensor<3x4xi8>, %v: tensor<3x6xi8>, %qs: tensor<2x1xf32>, %ks: tensor<1x4xf32>, %vs: tensor<3x1xf32>) {
  // expected-error @below {{has scales [1, 4] for rows [3, 4]}}
  %0 = graph.attention %q, %k, %v scales(%qs, %ks, %vs : tensor<2x1xf32>, tensor<1x4xf32>, tensor<3x1xf32>) : tensor<2x4xi8>, tensor<3x4xi8>, tensor<3x6xi8> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c6_attention_of_bytes_in_half(%q: tensor<2x4xi8>, %k: tensor<3x4xi8>, %v: tensor<3x6xi8>, %qs: tensor<2x1xf32>, %ks: tensor<3x1xf32>, %vs: tensor<3x1xf32>) {
  // expected-error @below {{of bytes computes f32, not 'tensor<2x6xf16>'}}
  %0 = graph.attention %q, %k, %v scales(%qs, %ks, %vs : tensor<2x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) : tensor<2x4xi8>, tensor<3x4xi8>, tensor<3x6xi8> -> tensor<2x6xf16> {
  ^bb0(%s: tensor<2x3xf16>):
    graph.yield %s : tensor<2x3xf16>
  }
  return
}

// -----

func.func @c6_attention_of_bytes_without_scales(%q: tensor<2x4xi8>, %k: tensor<3x4xi8>, %v: tensor<3x6xi8>) {
  // expected-error @below {{operands and result have different elements}}
  %0 = graph.attention %q, %k, %v : tensor<2x4xi8>, tensor<3x4xi8>, tensor<3x6xi8> -> tensor<2x6xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    graph.yield %s : tensor<2x3xf32>
  }
  return
}
