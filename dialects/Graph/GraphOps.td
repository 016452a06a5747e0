//===- GraphOps.td - Constants, structure, and all graph operations -------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_OPS_TD
#define LMCC_GRAPH_OPS_TD

include "dialects/Graph/GraphBase.td"
include "dialects/Graph/Elementwise.td"
include "dialects/Graph/Movement.td"
include "dialects/Graph/Contraction.td"
include "dialects/Graph/Attention.td"
include "dialects/Graph/Quantization.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/RegionKindInterface.td"

def Graph_ConstantOp : Graph_Op<"constant", [Pure, ConstantLike,
    AllTypesMatch<["value", "result"]>]> {
  let summary = "A small tensor known at compile time";
  let description = [{
    Large ones are weights (`weight.get`), whose bytes stay in the model's
    file. `arith.constant` does not take unsigned integers.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def Graph_GroupOp : Graph_Op<"group",
    [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "Operations that become one kernel";
  let description = [{
    The region computes the result from its arguments, which stand for the
    operands in order.

    Constraints:

    - (C1) the region has one argument per operand, of the operand's type
    - (C2) the region ends with `graph.yield` of the result's type
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs);
  let results = (outs Graph_Tensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Graph_YieldOp : Graph_Op<"yield",
    [Pure, Terminator, ParentOneOf<["GroupOp", "AttentionOp"]>]> {
  let summary = "The result of a group, or adjusted scores";
  let arguments = (ins Graph_Tensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // LMCC_GRAPH_OPS_TD
