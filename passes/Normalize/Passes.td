//===- Passes.td - Records of the normalising passes ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_PASSES
#define LMCC_PASSES_NORMALIZE_PASSES

include "mlir/Pass/PassBase.td"

class LmccNormalizePass<string flag> : Pass<flag, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

def FoldConstants : Pass<"lmcc-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Compute what is known at compile time";
  let description = [{
    An operation on constants whose result has up to 1024 elements becomes a
    constant. An operation on weights, or on constants with a larger result,
    moves into the region of a weight, which is computed when the blob is
    written; a chain of such operations becomes one region. Equal regions become
    one weight, and weights that nobody reads disappear.

    A broadcast in front of an elementwise operation moves behind it or, where
    the other operands have the whole shape, goes; so constants stay small.

    Before:

    ```mlir
    weight.data @query : tensor<64x32xf32> {
      %0 = weight.file "model.onnx" offset 4096 : tensor<64x32xf32>
      weight.yield %0 : tensor<64x32xf32>
    }
    ...
    %0 = weight.get @query : tensor<64x32xf32>
    %1 = graph.transpose %0 [1, 0] : tensor<64x32xf32> -> tensor<32x64xf32>
    ```

    After:

    ```mlir
    weight.data @query.transpose : tensor<32x64xf32> {
      %0 = weight.file "model.onnx" offset 4096 : tensor<64x32xf32>
      %1 = graph.transpose %0 [1, 0] : tensor<64x32xf32> -> tensor<32x64xf32>
      weight.yield %1 : tensor<32x64xf32>
    }
    ...
    %0 = weight.get @query.transpose : tensor<32x64xf32>
    ```

    Left alone: a result with more than twice the elements that it is computed
    from, since the blob would grow (a row broadcast to a matrix); an operation
    that depends on a symbol of the model; a small one that fails on its
    operands, which gives a status at run time. Changes no number: constants are
    computed by the very functions that generated code carries.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

def SimplifyMovement : LmccNormalizePass<"lmcc-simplify-movement"> {
  let summary = "Remove moves, casts and operands that change nothing";
  let description = [{
    - Transposes of transposes and broadcasts of broadcasts become one, and two
      transposes around axes of size 1 that come or go cancel. A
      transpose or broadcast that only moves or adds axes of size 1 becomes a
      reshape.
    - A broadcast in front of an elementwise operation moves behind it or goes.
      Moves of one repeated element, and a concat of equal constant elements,
      become broadcasts.
    - A cast of i32 indices of a gather goes.
    - An extra operand of an attention that is one constant number becomes a
      constant of the region; a 0 added to scores goes, for a softmax does not
      see the sign of zero.
    - A cast of a cast becomes one where the first loses nothing, or where both
      cut integers.
    - A select with a uniform constant condition becomes the chosen operand.
    - Double negations go, and so do `x + -0`, `x - 0`, `x * 1`, `x / 1`,
      `x and true`, `x or false`, and `x + 0` of integers.

    Before:

    ```mlir
    %0 = graph.transpose %x [0, 2, 1] : tensor<4x1x8xf32> -> tensor<4x8x1xf32>
    %1 = graph.mul %0, %one
       : tensor<4x8x1xf32>, tensor<f32> -> tensor<4x8x1xf32>
    ```

    After:

    ```mlir
    %0 = graph.reshape %x : tensor<4x1x8xf32> -> tensor<4x8x1xf32>
    ```

    Left alone: `x + 0` of floats, which turns -0 into 0; casts by way of a type
    that rounds or saturates. Changes no number.
  }];
}

def RecognizeNorms : LmccNormalizePass<"lmcc-recognize-norms"> {
  let summary = "Recognise layer and RMS norms in their arithmetic";
  let description = [{
    Finds `x` over the square root of the mean of its squares, in all the
    orders that exporters write: division or product with the reciprocal, mean
    as division or product with 1/n, square as product or power, and casts of
    half precision around the sums. If x is centred (`x - mean(x)`), it is a
    layer norm. Rows behind it become its gain and its bias.

    Before:

    ```mlir
    %2 = graph.mul %x, %x
       : tensor<8x64xf32>, tensor<8x64xf32> -> tensor<8x64xf32>
    %3 = graph.reduce sum %2 axes [1] : tensor<8x64xf32> -> tensor<8x1xf32>
    %4 = graph.div %3, %n : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
    %5 = graph.add %4, %epsilon
       : tensor<8x1xf32>, tensor<f32> -> tensor<8x1xf32>
    %6 = graph.sqrt %5 : tensor<8x1xf32>
    %7 = graph.div %x, %6
       : tensor<8x64xf32>, tensor<8x1xf32> -> tensor<8x64xf32>
    %8 = graph.mul %7, %g : tensor<8x64xf32>, tensor<64xf32> -> tensor<8x64xf32>
    ```

    After:

    ```mlir
    %0 = graph.rms_norm %x, %g epsilon 1.0e-6 : tensor<8x64xf32>, tensor<64xf32>
    ```

    Without a gain the norm has a constant of ones. Left alone: f64; axes other
    than the last, or of unknown size; the mean over n - 1 elements; an epsilon
    that is negative or not constant. A gain or bias that is not one row, or
    that meets a norm with a second user, stays outside. Runs after common
    subexpressions have been eliminated. May change the last bits of floats.
  }];
}

def RecognizeActivations : LmccNormalizePass<"lmcc-recognize-activations"> {
  let summary = "Recognise GELU, SiLU, sigmoid and softmax in their arithmetic";
  let description = [{
    - `x/2 * (1 + erf(x / sqrt(2)))` and
      `x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))`, however multiplied
      out, with constants right to 1e-4 (less in half precision): `graph.gelu`.
    - `1 / (1 + exp(-x))`: `graph.sigmoid`; `x * sigmoid(x)` and
      `x / (1 + exp(-x))`: `graph.silu`.
    - `exp(x - max(x)) / sum(exp(x - max(x)))` over the last axis, also as
      product with the reciprocal: `graph.softmax`.

    Before:

    ```mlir
    %0 = graph.div %x, %sqrt2
       : tensor<8x64xf32>, tensor<f32> -> tensor<8x64xf32>
    %1 = graph.erf %0 : tensor<8x64xf32>
    %2 = graph.add %1, %one : tensor<8x64xf32>, tensor<f32> -> tensor<8x64xf32>
    %3 = graph.mul %x, %2
       : tensor<8x64xf32>, tensor<8x64xf32> -> tensor<8x64xf32>
    %4 = graph.mul %3, %half : tensor<8x64xf32>, tensor<f32> -> tensor<8x64xf32>
    ```

    After:

    ```mlir
    %0 = graph.gelu %x : tensor<8x64xf32>
    ```

    Left alone: GELU with a second user of a step in between; a softmax over
    another axis or without its maximum. May change the last bits of floats, and
    those of GELU by as much as its constants were off.
  }];
}

def RegroupBatches : LmccNormalizePass<"lmcc-regroup-batches"> {
  let summary = "Bring the batch of a product into one spelling";
  let description = [{
    A reshape that only merges batch axes (all but the last two) moves behind
    products, softmax and elementwise operations, and any merge behind a
    transpose; a reshape that splits axes moves in front of a transpose. So the
    reshapes around one attention meet and cancel. A product whose right side is
    repeated for several heads of the left side reads the one that there is.

    Before (two heads of queries share one head of keys):

    ```mlir
    %0 = graph.broadcast %keys : tensor<4x1x8x16xf32> -> tensor<4x2x8x16xf32>
    %1 = graph.reshape %0 : tensor<4x2x8x16xf32> -> tensor<8x8x16xf32>
    %2 = graph.matmul %q, %1
       : tensor<8x5x8xf32>, tensor<8x8x16xf32> -> tensor<8x5x16xf32>
    ```

    After:

    ```mlir
    %0 = graph.reshape %q : tensor<8x5x8xf32> -> tensor<4x2x5x8xf32>
    %1 = graph.matmul %0, %keys
       : tensor<4x2x5x8xf32>, tensor<4x1x8x16xf32> -> tensor<4x2x5x16xf32>
    %2 = graph.reshape %1 : tensor<4x2x5x16xf32> -> tensor<8x5x16xf32>
    ```

    Left alone: reshapes that touch rows or columns; operands that have only a
    part of the axes that a reshape merges. Changes no number.
  }];
}

def RecognizeAttention : LmccNormalizePass<"lmcc-recognize-attention"> {
  let summary = "Recognise attention in products around a softmax";
  let description = [{
    `matmul(softmax(f(matmul(q, k))), v)` becomes `graph.attention`, where f is
    any elementwise function of the scores and of other tensors: scales, masks,
    biases of positions, soft caps.

    Before:

    ```mlir
    %0 = graph.matmul %q, %kt
       : tensor<8x16x64xf32>, tensor<8x64x32xf32> -> tensor<8x16x32xf32>
    %1 = graph.add %0, %mask
       : tensor<8x16x32xf32>, tensor<1x16x32xf32> -> tensor<8x16x32xf32>
    %2 = graph.softmax %1 : tensor<8x16x32xf32>
    %3 = graph.matmul %2, %v
       : tensor<8x16x32xf32>, tensor<8x32x64xf32> -> tensor<8x16x64xf32>
    ```

    After:

    ```mlir
    %0 = graph.transpose %kt [0, 2, 1]
       : tensor<8x64x32xf32> -> tensor<8x32x64xf32>
    %1 = graph.attention %q, %0, %v extras(%mask)
       : tensor<8x16x64xf32>, tensor<8x32x64xf32>, tensor<8x32x64xf32>,
         tensor<1x16x32xf32> -> tensor<8x16x64xf32> {
    ^bb0(%scores: tensor<8x16x32xf32>, %m: tensor<1x16x32xf32>):
      %2 = graph.add %scores, %m
         : tensor<8x16x32xf32>, tensor<1x16x32xf32> -> tensor<8x16x32xf32>
      graph.yield %2 : tensor<8x16x32xf32>
    }
    ```

    Left alone, with a remark that says why: weights or scores with other users,
    a step between the products that does not go element by element. Half
    precision stays decomposed without a remark. Changes no number of the
    evaluator; generated code sums in another order.
  }];
}

def RecognizeRotaryEmbedding
    : LmccNormalizePass<"lmcc-recognize-rotary-embedding"> {
  let summary = "Recognise rotary position embeddings in their arithmetic";
  let description = [{
    Rotations of pairs of a row, halves or neighbours, become
    `graph.rotary_embedding`: a tensor times cosines plus its exchanged pairs
    times sines, or sums of products of the pairs' elements that are put
    together. A rest of the row that is only copied belongs to the operation.

    Before:

    ```mlir
    %0 = graph.slice %x from <0, 4> step [1, 1]
       : tensor<16x8xf32> -> tensor<16x4xf32>
    %1 = graph.neg %0 : tensor<16x4xf32>
    %2 = graph.slice %x from <0, 0> step [1, 1]
       : tensor<16x8xf32> -> tensor<16x4xf32>
    %3 = graph.concat %1, %2 axis 1 : ... -> tensor<16x8xf32>
    %4 = graph.mul %x, %cos : ...
    %5 = graph.mul %3, %sin : ...
    %6 = graph.add %4, %5 : ...
    ```

    After:

    ```mlir
    %0 = graph.rotary_embedding %x, %cos, %sin rotated 8
       : tensor<16x8xf32>, tensor<16x8xf32>
    ```

    Left alone: element types other than f32; cosines and sines of different
    shapes, or that are one number for a whole row; pairs of two tensors.
    Changes no number.
  }];
}

def SinkMasks : LmccNormalizePass<"lmcc-sink-masks"> {
  let summary = "Compute masks inside of attentions";
  let description = [{
    What has an element for every pair of a row and a key moves into the region
    of the attention that reads it: elementwise operations, ranges, sizes,
    slices, concatenations of places, and constants that have one value along
    each diagonal and two or three runs of them (triangles, bands), which become
    comparisons. A table that is looked up by the distance of two places is
    looked up once per distance (`graph.diagonals`). Read from memory are then
    vectors along rows, keys or diagonals, and matrices that are an input or come
    from another kind of operation.

    Places and other integers whose bounds show that they fit become i32. An i64
    vector that is only compared with them is limited to their range and read
    as i32.

    Before:

    ```mlir
    %0 = graph.iota : tensor<32xi64>
    %1 = graph.reshape %0 : tensor<32xi64> -> tensor<32x1xi64>
    %2 = graph.compare le %0, %1
       : tensor<32xi64>, tensor<32x1xi64> -> tensor<32x32xi1>
    %3 = graph.select %2, %zero, %lowest
       : tensor<32x32xi1>, tensor<f32>, tensor<f32> -> tensor<32x32xf32>
    %4 = graph.attention %q, %k, %v extras(%3) : ... {
    ^bb0(%scores: tensor<8x32x32xf32>, %mask: tensor<32x32xf32>):
      %5 = graph.add %scores, %mask : ...
      graph.yield %5 : tensor<8x32x32xf32>
    }
    ```

    After:

    ```mlir
    %0 = graph.attention %q, %k, %v : ... {
    ^bb0(%scores: tensor<8x32x32xf32>):
      %1 = graph.iota axis 2 : tensor<1x1x32xi32>
      %2 = graph.iota axis 1 : tensor<1x32x1xi32>
      %3 = graph.compare le %1, %2
         : tensor<1x1x32xi32>, tensor<1x32x1xi32> -> tensor<1x32x32xi1>
      %4 = graph.constant dense<0.0> : tensor<f32>
      %5 = graph.constant dense<-3.40282347E+38> : tensor<f32>
      %6 = graph.select %3, %4, %5
         : tensor<1x32x32xi1>, tensor<f32>, tensor<f32> -> tensor<1x32x32xf32>
      %7 = graph.add %scores, %6 : ...
      graph.yield %7 : tensor<8x32x32xf32>
    }
    ```

    Left alone: vectors, unless they compare places of keys; other gathers,
    products and reductions of matrices; slices with strides. Weights are looked
    at only if the pass was made with the model's files. Every element of a
    constant is compared before it is replaced. Changes no number.
  }];
}

def FoldScales : LmccNormalizePass<"lmcc-fold-scales"> {
  let summary = "Move the scale of scores into the weights of queries";
  let description = [{
    Constant factors of the queries, the keys and the scores of an attention
    become one. It moves into the weights and biases that the queries are
    computed from, if those end in this attention only; rotations and moves may
    stand between. Otherwise it multiplies the scores.

    Before:

    ```mlir
    %0 = graph.matmul %x, %w
       : tensor<16x64xf32>, tensor<64x32xf32> -> tensor<16x32xf32>
    %1 = graph.add %0, %b
       : tensor<16x32xf32>, tensor<32xf32> -> tensor<16x32xf32>
    %2 = graph.attention %1, %k, %v : ... {
    ^bb0(%scores: tensor<16x16xf32>):
      %3 = graph.div %scores, %eight : ...
      graph.yield %3 : tensor<16x16xf32>
    }
    ```

    After:

    ```mlir
    %0 = graph.mul %w, %eighth
       : tensor<64x32xf32>, tensor<f32> -> tensor<64x32xf32>
    %1 = graph.mul %b, %eighth : tensor<32xf32>, tensor<f32> -> tensor<32xf32>
    %2 = graph.matmul %x, %0
       : tensor<16x64xf32>, tensor<64x32xf32> -> tensor<16x32xf32>
    %3 = graph.add %2, %1
       : tensor<16x32xf32>, tensor<32xf32> -> tensor<16x32xf32>
    %4 = graph.attention %3, %k, %v : ... {
    ^bb0(%scores: tensor<16x16xf32>):
      graph.yield %scores : tensor<16x16xf32>
    }
    ```

    Left alone: factors behind another adjustment of the scores, or that are not
    uniform. Exact for powers of two, otherwise it may change the last bits of
    floats. Runs before the last folding of constants, which computes the
    weights.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

def LowerReductions : LmccNormalizePass<"lmcc-lower-reductions"> {
  let summary = "Reduce along the last axis only";
  let description = [{
    The axes of a reduction move behind all others and are taken for one, so
    that kernels only know rows. The axes of `graph.arg_max` and
    `graph.cumulative_sum` move, too. Axes of size 1 are not reduced at all.

    Before:

    ```mlir
    %0 = graph.reduce sum %x axes [0, 2]
       : tensor<4x8x16xf32> -> tensor<1x8x1xf32>
    ```

    After:

    ```mlir
    %0 = graph.transpose %x [1, 0, 2]
       : tensor<4x8x16xf32> -> tensor<8x4x16xf32>
    %1 = graph.reshape %0 : tensor<8x4x16xf32> -> tensor<8x64xf32>
    %2 = graph.reduce sum %1 axes [1] : tensor<8x64xf32> -> tensor<8x1xf32>
    %3 = graph.reshape %2 : tensor<8x1xf32> -> tensor<1x8x1xf32>
    ```

    Left alone: what already runs along rows. Defines the order of a sum over
    several axes (rule N2 in `docs/Numerics.md`): row-major.
  }];
}

def CheckNumbers : Pass<"lmcc-check-numbers", "::mlir::ModuleOp"> {
  let summary = "Check that passes keep the results of every function";
  let description = [{
    Runs the passes on a copy of the module and evaluates both on random inputs
    and weights, with the symbols at their lower and at their upper bounds.
    Floats may differ by `atol + rtol * |value|`, all else must be equal; the
    largest difference beyond that is an error. The module itself stays as it
    is.

    Integer inputs lie between -2 and 2, so that they are valid indices of axes
    with at least 3 elements.

    Example: `--lmcc-check-numbers="passes=cse,lmcc-recognize-norms rtol=1e-5"`
  }];
  let options = [
    ListOption<"passes", "passes", "std::string",
               "The passes to check; each runs on functions if it can">,
    Option<"seed", "seed", "uint64_t", /*default=*/"1",
           "Where the random numbers start">,
    Option<"rtol", "rtol", "double", /*default=*/"1e-5",
           "Tolerated relative difference of floats">,
    Option<"atol", "atol", "double", /*default=*/"1e-6",
           "Tolerated absolute difference of floats">,
  ];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

#endif // LMCC_PASSES_NORMALIZE_PASSES
