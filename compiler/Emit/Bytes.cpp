//===- Bytes.cpp - Bytes in vectors ---------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Bytes.h"

#include "compiler/Emit/Expressions.h"
#include "compiler/Emit/Forms.h"
#include "dialects/Kernel/Kernel.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// What is part of other texts
//===----------------------------------------------------------------------===//

Operation *emit::conversionOf(vector::LoadOp load) {
  if (!load->hasOneUse())
    return nullptr;
  Operation *user = *load->user_begin();
  return isa<arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp, arith::UIToFPOp,
             arith::ExtFOp>(user)
             ? user
             : nullptr;
}

bool emit::isOnlyStored(Operation *narrowing) {
  return llvm::all_of(narrowing->getUsers(), [](Operation *user) {
    return isa<vector::StoreOp>(user);
  });
}

/// Whether a lane may take the place of what `use` is of a product. Signed
/// factors change places: machines that multiply by a lane allow -128 in one of
/// them, whichever it is.
static bool isFactor(OpOperand &use) {
  auto product = dyn_cast<kernel::Dot4Op>(use.getOwner());
  return product && (use == product.getRowsMutable() ||
                     (use == product.getColumnsMutable() &&
                      product.getRowBytes() == kernel::RowBytes::signed_rows));
}

std::optional<Lane> emit::repeatedLane(Value rows) {
  auto repeated = rows.getDefiningOp<vector::BroadcastOp>();
  auto extract = repeated
                     ? repeated.getSource().getDefiningOp<vector::ExtractOp>()
                     : vector::ExtractOp();
  if (!extract || kindOf(extract.getSource().getType()) != Ints ||
      kindOf(extract.getType()) != Int32 || kindOf(rows.getType()) != Ints ||
      !llvm::all_of(rows.getUses(), isFactor))
    return std::nullopt;
  return Lane{extract.getSource(), extract.getStaticPosition()[0]};
}

bool emit::isPartOfOther(Operation *operation) {
  if (isa<vector::BroadcastOp>(operation))
    return repeatedLane(operation->getResult(0)).has_value();
  if (isa<vector::ExtractOp>(operation))
    return llvm::all_of(operation->getUsers(), [](Operation *user) {
      return isa<vector::BroadcastOp>(user) && isPartOfOther(user);
    });
  if (isa<arith::TruncIOp, kernel::NarrowOp>(operation))
    return kindOf(operation->getResult(0).getType()) == Bytes;
  if (isa<arith::ExtFOp>(operation))
    return kindOf(operation->getOperand(0).getType()) == Halves;
  return isa<arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp, arith::UIToFPOp>(
             operation) &&
         kindOf(operation->getOperand(0).getType()) == Bytes;
}

//===----------------------------------------------------------------------===//
// Texts
//===----------------------------------------------------------------------===//

Expression Expressions::loadNarrow(Operation *operation) {
  auto load = cast<vector::LoadOp>(operation);
  Operation *conversion = conversionOf(load);
  if (isa<arith::ExtFOp>(conversion))
    return {call("load_halves",
                 {address(load.getBase(), load.getIndices().front())},
                 type(conversion->getResult(0).getType()))};
  bool isUnsigned = isa<arith::ExtUIOp, arith::UIToFPOp>(conversion);
  auto words = VectorType::get(load.getType().getShape(),
                               IntegerType::get(load.getContext(), 32));
  std::string text =
      call(isUnsigned ? "load_unsigned_bytes" : "load_bytes",
           {address(load.getBase(), load.getIndices().front())}, type(words));
  if (isa<arith::SIToFPOp, arith::UIToFPOp>(conversion))
    text = call("to_f32", {text});
  return {text};
}

Expression Expressions::nibbles(Operation *operation) {
  auto op = cast<kernel::NibblesOp>(operation);
  bool isLow = op.getHalf() == kernel::Half::low;
  return {
      call(isLow ? "low_nibbles" : "high_nibbles", {argument(op.getWords())})};
}

static std::string functionFor(kernel::RowBytes rows) {
  switch (rows) {
  case kernel::RowBytes::signed_rows: return "dot4";
  case kernel::RowBytes::unsigned_rows: return "dot4_unsigned";
  case kernel::RowBytes::small_rows: return "dot4_small";
  case kernel::RowBytes::full_range: return "dot4_full";
  }
  llvm_unreachable("no other rows");
}

Expression Expressions::dot4(Operation *operation) {
  auto op = cast<kernel::Dot4Op>(operation);
  bool isSigned = op.getRowBytes() == kernel::RowBytes::signed_rows;
  std::string function = functionFor(op.getRowBytes());
  std::string sum = argument(op.getSum());
  Value columns = op.getColumns(), rows = op.getRows();
  if (isSigned && !repeatedLane(rows) && repeatedLane(columns))
    std::swap(columns, rows);
  if (std::optional<Lane> lane = repeatedLane(rows))
    return {call(function + "_lane",
                 {sum, argument(columns), of(lane->vector).text},
                 fmt::format("{}", lane->number))};
  return {call(function, {sum, argument(columns), argument(rows)})};
}

Expression Expressions::dot8(Operation *operation) {
  auto op = cast<kernel::Dot8Op>(operation);
  bool isSigned = op.getRowBytes() == kernel::RowBytes::signed_rows;
  return {call(isSigned ? "dot8" : "dot8_small",
               {argument(op.getSum()), argument(op.getColumns()),
                argument(op.getRows()), argument(op.getMoreColumns()),
                argument(op.getMoreRows())})};
}
