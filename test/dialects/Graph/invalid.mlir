// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @constant_of_another_type() {
  // expected-error @below {{all of {value, result} have same type}}
  %0 = "graph.constant"() {value = dense<1.0> : tensor<2xf32>} : () -> tensor<3xf32>
  return
}

// -----

func.func @c1_group_types(%x: tensor<2x3xf32>) {
  // expected-error @below {{region arguments do not match the operands}}
  %0 = "graph.group"(%x) ({
  ^bb0(%a: tensor<3x2xf32>):
    graph.yield %a : tensor<3x2xf32>
  }) : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @c1_group_argument_count(%x: tensor<2x3xf32>) {
  // expected-error @below {{region arguments do not match the operands}}
  %0 = "graph.group"(%x, %x) ({
  ^bb0(%a: tensor<2x3xf32>):
    graph.yield %a : tensor<2x3xf32>
  }) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @c2_group_yields_another_type(%x: tensor<2x3xf32>) {
  // expected-error @below {{must end with graph.yield of 'tensor<3x2xf32>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<3x2xf32> {
    graph.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @c2_group_without_yield(%x: tensor<2x3xf32>) {
  // expected-error @below {{must end with graph.yield of 'tensor<2x3xf32>'}}
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
    llvm.unreachable
  }
  return
}

// -----

func.func @group_sees_its_arguments_only(%x: tensor<2x3xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  %0 = graph.group () : () -> tensor<2x3xf32> {
    // expected-error @below {{using value defined outside the region}}
    graph.yield %x : tensor<2x3xf32>
  }
  return
}

// -----

func.func @group_with_too_few_types(%x: tensor<2x3xf32>) {
  // expected-error @below {{expects one type per operand and one result}}
  %0 = graph.group (%a = %x) : () -> tensor<2x3xf32> {
    graph.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @group_with_two_results(%x: tensor<2x3xf32>) {
  // expected-error @below {{expects one type per operand and one result}}
  %0:2 = graph.group (%a = %x) : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
    graph.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @yield_outside_a_group(%x: tensor<2x3xf32>) {
  // expected-error @below {{expects parent op to be one of 'graph.group, graph.attention'}}
  graph.yield %x : tensor<2x3xf32>
}
