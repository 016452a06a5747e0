//===- Passes.td - A snippet for a check ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

def FuseQkv : Pass<"lmcc-fuse-qkv", "::mlir::func::FuncOp"> {
}

def FuseRows : LmccFusePass<"lmcc-fuse-row"> {
}

def FuseNothing : Pass<
    "lmcc-fuse-nothing", "::mlir::func::FuncOp"> {
}
