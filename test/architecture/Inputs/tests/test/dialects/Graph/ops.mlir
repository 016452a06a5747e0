%0 = graph.exp %x : tensor<2x3xf32>
%1 = graph.scatter_nd %x : tensor<2x3xf32>
