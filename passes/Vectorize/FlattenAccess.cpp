//===- FlattenAccess.cpp - Address every access from its flat buffer ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/Vectorize/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_FLATTENACCESS
#include "passes/Vectorize/Passes.h.inc"

namespace {

struct FlattenAccess : impl::FlattenAccessBase<FlattenAccess> {
  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      if (auto load = dyn_cast<memref::LoadOp>(op))
        flatten(load, load.getMemrefMutable(), load.getIndicesMutable());
      else if (auto store = dyn_cast<memref::StoreOp>(op))
        flatten(store, store.getMemrefMutable(), store.getIndicesMutable());
      else if (auto load = dyn_cast<vector::LoadOp>(op))
        flatten(load, load.getBaseMutable(), load.getIndicesMutable());
      else if (auto store = dyn_cast<vector::StoreOp>(op))
        flatten(store, store.getBaseMutable(), store.getIndicesMutable());
      else if (auto fetch = dyn_cast<memref::PrefetchOp>(op))
        flatten(fetch, fetch.getMemrefMutable(), fetch.getIndicesMutable());
    });
    // Words begin where their bytes begin, and so do all views of whole
    // buffers.
    getOperation().walk([](kernel::WordsOp words) {
      words.getBufferMutable().assign(kernel::baseOf(words.getBuffer()));
    });
    // Local arrays become flat as well: their accesses already are.
    getOperation().walk([&](memref::AllocaOp array) {
      MemRefType type = array.getType();
      array.getResult().setType(
          MemRefType::get({type.getNumElements()}, type.getElementType()));
    });
    eraseViews();
  }

  static void flatten(Operation *op, OpOperand &buffer,
                      MutableOperandRange indices) {
    OpBuilder builder(op);
    kernel::Address address =
        kernel::addressOf(builder, op->getLoc(), buffer.get(),
                          getAsOpFoldResult(indices.getAsOperandRange()));
    Value index =
        getValueOrCreateConstantIndexOp(builder, op->getLoc(), address.index);
    buffer.set(address.base);
    indices.assign(index);
  }

  void eraseViews() {
    SmallVector<Operation *> views;
    getOperation().walk([&](Operation *op) {
      if (isa<memref::SubViewOp, memref::ReinterpretCastOp>(op))
        views.push_back(op);
    });
    for (Operation *view : llvm::reverse(views))
      if (view->use_empty())
        view->erase();
  }
};

} // namespace
} // namespace lmcc
