%0 = graph.add %x : tensor<2x3xf32>
