//===- GraphOps.td - A snippet for a check ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

class Graph_UnaryOp<string mnemonic> : Graph_Op<mnemonic>;
def Graph_ExpOp : Graph_UnaryOp<"exp", Graph_FloatTensor>;
def Graph_AddOp : Graph_Op<"add", [Pure]> {
}
def Graph_ScatterOp : Graph_Op<"scatter",
    [Pure]> {
}
def Graph_Mode : I32EnumAttr<"Mode", "no operation", []>;
