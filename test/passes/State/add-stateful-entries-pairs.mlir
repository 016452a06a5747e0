// RUN: not lmcc-opt %s --lmcc-add-stateful-entries=pairs=a=b 2>&1 | FileCheck %s
// RUN: lmcc-opt %s --lmcc-add-stateful-entries=pairs=a=b,c=d | FileCheck %s --check-prefix=BOTH
// RUN: not lmcc-opt %s --lmcc-add-stateful-entries=pairs=c=y 2>&1 | FileCheck %s --check-prefix=WRONG

// Of two pairs the user wants one; the other state is then an input that
// changes its size.
// CHECK:     error: the model is no decoder whose state could be kept
// CHECK:     error: input 'c' changes its size from call to call
// BOTH:      func.func @decode
// WRONG:     error: the model is no decoder whose state could be kept
// WRONG:     error: output 'y' is not 'c' with the new tokens appended, it comes from 'graph.gather'
func.func @main(%ids: tensor<?xi64, #graph.dims<n>> {graph.name = "ids"},
                %a: tensor<?x8xf32, #graph.dims<past, 8>> {graph.name = "a"},
                %c: tensor<?x8xf32, #graph.dims<past, 8>> {graph.name = "c"})
    -> (tensor<?x8xf32, #graph.dims<n, 8>> {graph.name = "y"},
        tensor<?x8xf32, #graph.dims<past + n, 8>> {graph.name = "b"},
        tensor<?x8xf32, #graph.dims<past + n, 8>> {graph.name = "d"})
    attributes {graph.symbols = [#graph.symbol<"n", 1, 16>, #graph.symbol<"past", 0, 99>]} {
  %table = weight.get @table : tensor<20x8xf32>
  %x = graph.gather %table, %ids axis 0 : tensor<20x8xf32>, tensor<?xi64, #graph.dims<n>> -> tensor<?x8xf32, #graph.dims<n, 8>>
  %0 = graph.concat %a, %x axis 0 : tensor<?x8xf32, #graph.dims<past, 8>>, tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x8xf32, #graph.dims<past + n, 8>>
  %1 = graph.concat %c, %x axis 0 : tensor<?x8xf32, #graph.dims<past, 8>>, tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x8xf32, #graph.dims<past + n, 8>>
  return %x, %0, %1 : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>, tensor<?x8xf32, #graph.dims<past + n, 8>>
}
weight.data @table : tensor<20x8xf32> {
  %0 = weight.file "m" offset 0 : tensor<20x8xf32>
  weight.yield %0 : tensor<20x8xf32>
}
