// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// C1: shapes
//===----------------------------------------------------------------------===//

func.func @c1_add_operands_do_not_broadcast(%a: tensor<2x3xf32>, %b: tensor<2xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [2, 3] and [2]}}
  %0 = graph.add %a, %b : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_sub_result_is_smaller(%a: tensor<2x3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [2, 1] of the result is not the broadcast of [2, 3] and [3]}}
  %0 = graph.sub %a, %b : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x1xf32>
  return
}

// -----

// The result repeats nothing that no operand has.
func.func @c1_mul_result_is_larger(%a: tensor<1x3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [1, 3] and [3]}}
  %0 = graph.mul %a, %b : tensor<1x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_div_result_has_another_rank(%a: tensor<3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [1, 3] of the result is not the broadcast of [3] and [3]}}
  %0 = graph.div %a, %b : tensor<3xf32>, tensor<3xf32> -> tensor<1x3xf32>
  return
}

// -----

// Two symbols may have one value, but nothing says so.
func.func @c1_max_of_different_symbols(%a: tensor<?xf32, #graph.dims<n>>, %b: tensor<?xf32, #graph.dims<m>>) {
  // expected-error @below {{shape [n] of the result is not the broadcast of [n] and [m]}}
  %0 = graph.max %a, %b : tensor<?xf32, #graph.dims<n>>, tensor<?xf32, #graph.dims<m>> -> tensor<?xf32, #graph.dims<n>>
  return
}

// -----

func.func @c1_min_symbol_does_not_give_way(%a: tensor<?xf32, #graph.dims<n>>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [3] of the result is not the broadcast of [n] and [3]}}
  %0 = graph.min %a, %b : tensor<?xf32, #graph.dims<n>>, tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @c1_and(%a: tensor<2xi1>, %b: tensor<3xi1>) {
  // expected-error @below {{shape [3] of the result is not the broadcast of [2] and [3]}}
  %0 = graph.and %a, %b : tensor<2xi1>, tensor<3xi1> -> tensor<3xi1>
  return
}

// -----

func.func @c1_compare(%a: tensor<2x1xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [2, 1] of the result is not the broadcast of [2, 1] and [3]}}
  %0 = graph.compare lt %a, %b : tensor<2x1xf32>, tensor<3xf32> -> tensor<2x1xi1>
  return
}

// -----

func.func @c1_fma(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [2, 3] and [4] and [2, 3]}}
  %0 = graph.fma %a, %b, %a : tensor<2x3xf32>, tensor<4xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_limit(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [2, 3] and [4] and [4]}}
  %0 = graph.limit %a, %b, %b : tensor<2x3xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_select_condition_has_another_shape(%c: tensor<4xi1>, %a: tensor<2x3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [4] and [2, 3] and [3]}}
  %0 = graph.select %c, %a, %b : tensor<4xi1>, tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @c1_cast_does_not_broadcast(%a: tensor<1x3xf32>) {
  // expected-error @below {{shape [2, 3] of the result is not the broadcast of [1, 3]}}
  %0 = graph.cast %a : tensor<1x3xf32> -> tensor<2x3xi32>
  return
}

// -----

func.func @c1_is_nan_keeps_the_shape(%a: tensor<2x3xf32>) {
  // expected-error @below {{shape [3, 2] of the result is not the broadcast of [2, 3]}}
  %0 = graph.is_nan %a : tensor<2x3xf32> -> tensor<3x2xi1>
  return
}

// -----

func.func @c2_booleans_have_no_order(%a: tensor<2x3xi1>, %b: tensor<3xi1>) {
  // expected-error @below {{booleans are compared with eq only}}
  %0 = graph.compare ge %a, %b : tensor<2x3xi1>, tensor<3xi1> -> tensor<2x3xi1>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

func.func @exp_of_integers(%a: tensor<2x3xi32>) {
  // expected-error @below {{operand #0 must be ranked tensor of 16-bit float or bfloat16 type or 32-bit float or 64-bit float values}}
  %0 = graph.exp %a : tensor<2x3xi32>
  return
}

// -----

func.func @add_of_booleans(%a: tensor<2x3xi1>) {
  // expected-error @below {{operand #0 must be ranked tensor of}}
  %0 = graph.add %a, %a : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  return
}

// -----

func.func @not_of_integers(%a: tensor<2x3xi8>) {
  // expected-error @below {{operand #0 must be ranked tensor of 1-bit signless integer values}}
  %0 = graph.not %a : tensor<2x3xi8>
  return
}

// -----

func.func @abs_of_an_odd_width(%a: tensor<2x3xi7>) {
  // expected-error @below {{operand #0 must be ranked tensor of}}
  %0 = graph.abs %a : tensor<2x3xi7>
  return
}

// -----

func.func @neg_of_an_unranked_tensor(%a: tensor<*xf32>) {
  // expected-error @below {{expected builtin.tensor, but found 'tensor<*xf32>'}}
  %0 = graph.neg %a : tensor<*xf32>
  return
}

// -----

func.func @add_of_signed_and_unsigned(%a: tensor<2x3xi8>, %b: tensor<2x3xui8>) {
  // expected-error @below {{all of {lhs, rhs, result} have same element type}}
  %0 = graph.add %a, %b : tensor<2x3xi8>, tensor<2x3xui8> -> tensor<2x3xi8>
  return
}

// -----

func.func @compare_of_two_types(%a: tensor<2x3xf32>, %b: tensor<2x3xf64>) {
  // expected-error @below {{all of {lhs, rhs} have same element type}}
  %0 = graph.compare eq %a, %b : tensor<2x3xf32>, tensor<2x3xf64> -> tensor<2x3xi1>
  return
}

// -----

func.func @compare_gives_booleans(%a: tensor<2x3xf32>) {
  // expected-error @below {{result #0 must be ranked tensor of 1-bit signless integer values}}
  %0 = graph.compare eq %a, %a : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @compare_without_ne(%a: tensor<2x3xf32>) {
  // expected-error @below {{expected ::lmcc::graph::Comparison to be one of: eq, lt, le, gt, ge}}
  // expected-error @below {{failed to parse Graph_ComparisonAttr parameter 'value'}}
  %0 = graph.compare ne %a, %a : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xi1>
  return
}

// -----

func.func @select_by_integers(%c: tensor<2x3xi8>, %a: tensor<2x3xf32>) {
  // expected-error @below {{operand #0 must be ranked tensor of 1-bit signless integer values}}
  %0 = graph.select %c, %a, %a : tensor<2x3xi8>, tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
