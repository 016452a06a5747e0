// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries=required --verify-diagnostics
// RUN: lmcc-opt %s --split-input-file --lmcc-add-stateful-entries 2>&1 | FileCheck %s

// Without being asked for, a model that is no decoder stays as it is.
// CHECK-NOT: func.func @decode

// Nothing comes back.
// expected-error @below {{the model is no decoder whose state could be kept}}
func.func @main(%x: tensor<2x3xf32>) -> (tensor<2x3xf32> {graph.name = "y"}) {
  // expected-error @below {{output 'y' is not an input with the new tokens appended, it comes from 'graph.exp'}}
  %0 = graph.exp %x : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// The state of each layer grows by another number of tokens.
// expected-error @below {{the model is no decoder whose state could be kept}}
func.func @main(%a: tensor<?x3xf32, #graph.dims<past, 3>>, %b: tensor<?x3xf32, #graph.dims<past, 3>>,
                %x: tensor<?x3xf32, #graph.dims<n, 3>>, %y: tensor<1x3xf32>)
    -> (tensor<?x3xf32, #graph.dims<past + n, 3>>, tensor<?x3xf32, #graph.dims<past + 1, 3>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %0 = graph.concat %a, %x axis 0 : tensor<?x3xf32, #graph.dims<past, 3>>, tensor<?x3xf32, #graph.dims<n, 3>> -> tensor<?x3xf32, #graph.dims<past + n, 3>>
  // expected-error @below {{is not as long as other state}}
  %1 = graph.concat %b, %y axis 0 : tensor<?x3xf32, #graph.dims<past, 3>>, tensor<1x3xf32> -> tensor<?x3xf32, #graph.dims<past + 1, 3>>
  return %0, %1 : tensor<?x3xf32, #graph.dims<past + n, 3>>, tensor<?x3xf32, #graph.dims<past + 1, 3>>
}

// -----

// expected-error @below {{the model is no decoder whose state could be kept}}
func.func @main(%a: tensor<?x3xf32, #graph.dims<past, 3>>, %x: tensor<5x3xf32>)
    -> tensor<?x3xf32, #graph.dims<past + 5, 3>>
    attributes {graph.symbols = [#graph.symbol<"past", 0, 99>]} {
  // expected-error @below {{appends 5 tokens to the state, neither any number nor one}}
  %0 = graph.concat %a, %x axis 0 : tensor<?x3xf32, #graph.dims<past, 3>>, tensor<5x3xf32> -> tensor<?x3xf32, #graph.dims<past + 5, 3>>
  return %0 : tensor<?x3xf32, #graph.dims<past + 5, 3>>
}

// -----

// Embeddings instead of tokens, which have a size that follows no rule.
// expected-error @below {{the model is no decoder whose state could be kept}}
func.func @main(%a: tensor<?x3xf32, #graph.dims<past, 3>>,
                // expected-error @below {{input 'embeddings' changes its size from call to call}}
                %x: tensor<?x3xf32, #graph.dims<n, 3>> {graph.name = "embeddings"})
    -> (tensor<?x3xf32, #graph.dims<past + n, 3>>, tensor<?x3xf32, #graph.dims<n, 3>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %0 = graph.concat %a, %x axis 0 : tensor<?x3xf32, #graph.dims<past, 3>>, tensor<?x3xf32, #graph.dims<n, 3>> -> tensor<?x3xf32, #graph.dims<past + n, 3>>
  %1 = graph.exp %x : tensor<?x3xf32, #graph.dims<n, 3>>
  return %0, %1 : tensor<?x3xf32, #graph.dims<past + n, 3>>, tensor<?x3xf32, #graph.dims<n, 3>>
}
