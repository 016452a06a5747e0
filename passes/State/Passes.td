//===- Passes.td - Record of the pass that keeps the state of decoders ----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_PASSES
#define LMCC_PASSES_STATE_PASSES

include "mlir/Pass/PassBase.td"

def AddStatefulEntries : Pass<"lmcc-add-stateful-entries", "::mlir::ModuleOp"> {
  let summary = "Give a decoder functions that keep its state between calls";
  let description = [{
    A function is a decoder if inputs come back as outputs with new tokens
    appended (`graph.concat`), the same number to each, or stored behind the old
    ones (`graph.scatter_elements` into a state of fixed length); if one input holds
    integers that choose a row of a table for each new token; and if the sizes
    of all others stay the same from call to call or the inputs are

    - positions: integers, one per new token, that only go into sines and
      cosines, comparisons, or a table (then a name with `pos` is asked for);
    - a mask: one element per old and new token, that only goes into scores.

    Beside `@main` then stand `@prefill`, for up to `chunk` tokens, and
    `@decode`, for one. Their arguments are the tokens (i32), the state and the
    inputs that stay the same; positions are counted from the length of the
    state, masks are all ones, batches one. The state is an argument marked
    `graph.state`, which still stands for the old tokens alone and is appended to
    by a concat; `graph.decoding` of the function tells the capacity and the
    symbols for old and new tokens. The only result are the logits, of the last
    new token or with `all-logits` of all.

    Before:

    ```mlir
    func.func @main(%tokens: tensor<1x?xi64, #graph.dims<1, n>>,
                    %old: tensor<1x?x8xf32, #graph.dims<1, past, 8>>)
        -> (tensor<1x?x9xf32, #graph.dims<1, n, 9>>,
            tensor<1x?x8xf32, #graph.dims<1, past + n, 8>>)
    ```

    After, in addition:

    ```mlir
    func.func @prefill(%tokens: tensor<1x?xi32, #graph.dims<1, n>>,
                       %old: tensor<1x?x8xf32, #graph.dims<1, past, 8>>
                           {graph.state})
        -> tensor<1x1x9xf32>
        attributes {graph.decoding = {capacity = 512, count = "n",
                                      past = "past"}, ...}
    func.func @decode(%tokens: tensor<1x1xi32>, ...) -> tensor<1x1x9xf32>
    ```

    A state of fixed length is then a state of the old tokens, too: what is
    behind the new ones must be hidden, and is no longer there. What is done to
    each element of a state each time it is read, such as a scale of keys, is
    done before it is stored.

    For the last new token alone, everything from the logits up to the keys and
    values of the last layer is computed for one row.

    `@prefill` is there only if no attention that reads the state lets a token
    see those behind it: masks are computed for a few numbers of tokens, with the
    model's files also those that are weights. Masks of ones that hide a new
    token from itself make the function no decoder.

    The capacity is `context`, or else 512 or what a table of positions and the
    demands of the model allow. Left alone: a function that is no decoder, with
    remarks that say why where it resembles one; with `required` these are
    errors. Changes no number.
  }];
  let options = [
    Option<"context", "context", "int64_t", /*default=*/"0",
           "Tokens that the state has room for; 0: as many as the model allows, "
           "512 at most">,
    Option<"chunk", "chunk", "int64_t", /*default=*/"64",
           "New tokens of a call of @prefill, at most">,
    Option<"allLogits", "all-logits", "bool", /*default=*/"false",
           "Compute the logits of all new tokens, not of the last one">,
    Option<"required", "required", "bool", /*default=*/"false",
           "Fail if the function is no decoder">,
    Option<"keepStateless", "keep-stateless", "bool", /*default=*/"true",
           "Keep @main public; otherwise it stays only until private" 
           "symbols are removed">,
    ListOption<"pairs", "pairs", "std::string",
               "IN=OUT: names of inputs and outputs that are state, and no "
               "others">,
  ];
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

#endif // LMCC_PASSES_STATE_PASSES
