//===- EpilogueLoop.cpp - The epilogue of a product over memory -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Tile/EpilogueLoop.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace lmcc {

void loopEpilogue(OpBuilder &builder, kernel::PanelProductOp product,
                  Value sums, ArrayRef<Value> extras, Value output) {
  SmallVector<Value> inputs = {sums};
  llvm::append_range(inputs, extras);
  AffineMap everyPlace = builder.getMultiDimIdentityMap(2);
  SmallVector<AffineMap> maps = {everyPlace};
  llvm::append_range(maps,
                     product.getExtraMaps().getAsValueRange<AffineMapAttr>());
  maps.push_back(everyPlace);
  SmallVector<utils::IteratorType> parallel(2, utils::IteratorType::parallel);
  Block &epilogue = product.getEpilogue().front();
  linalg::GenericOp::create(
      builder, product.getLoc(), inputs, output, maps, parallel,
      [&](OpBuilder &body, Location location, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(epilogue.getArguments(),
                    arguments.take_front(epilogue.getNumArguments()));
        for (Operation &op : epilogue.without_terminator())
          body.clone(op, mapping);
        auto yield = cast<kernel::YieldOp>(epilogue.getTerminator());
        linalg::YieldOp::create(
            body, location, mapping.lookupOrDefault(yield.getValues().front()));
      });
}

} // namespace lmcc
