//===- RowKernels.cpp - Norms, softmax and reductions of rows -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "passes/GraphToKernel/ScalarCode.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;
using kernel::RowReduction;

class RowKernel {
public:
  RowKernel(GroupSite &site, KernelBuilder &k)
      : site(site), k(k), builder(k.body()), location(k.location()) {}

  LogicalResult build() {
    Operation *op = site.root();
    Value source = op->getOperand(0);
    bool isReduction = isa<graph::ReduceOp>(op);
    // Sums widen their bytes.
    if (auto widening = source.getDefiningOp<graph::CastOp>();
        widening && isReduction)
      source = widening.getInput();
    auto type = cast<RankedTensorType>(source.getType());
    if (!isa<BlockArgument>(source) || type.getRank() == 0 ||
        !(isReduction || type.getElementType().isF32()))
      return failure();
    sizes = k.space().sizes(type);
    columns = sizes.back();
    rows = k.space().product(ArrayRef(sizes).drop_back());
    k.size(rows, "rows");
    k.size(columns, "columns");
    input = k.view(buffer(source, "x"), {rows, columns});
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](graph::SoftmaxOp) { return softmax(); })
        .Case([&](graph::LayerNormOp op) { return layerNorm(op); })
        .Case([&](graph::RmsNormOp op) { return rmsNorm(op); })
        .Case([&](graph::ReduceOp op) { return reduce(op); })
        .Case([&](graph::RowScalesOp) { return rowScales(); })
        .Case([&](graph::QuantizeRowsOp op) { return quantizeRows(op); })
        .Default([](Operation *) { return failure(); });
  }

private:
  Value buffer(Value argument, StringRef role) {
    const GroupInput &input = site.inputOf(argument);
    return k.buffer(input.buffer, site.role(input, role));
  }
  Value constant(float value) {
    return k.constant(builder.getF32Type(), value);
  }
  template <typename Op>
  static Value make(OpBuilder &b, Location l, Value x, Value y) {
    return Op::create(b, l, x, y);
  }
  Value row(Value matrix, Index at) {
    return k.part(matrix, {at, k.number(0)}, {{}, k.size(columns)});
  }

  /// The number of columns as a float.
  Value columnCount() {
    if (std::optional<int64_t> number = k.space().constant(columns))
      return constant(static_cast<float>(*number));
    Value integer = arith::IndexCastOp::create(
        builder, location, builder.getI64Type(), k.value(k.size(columns)));
    return arith::SIToFPOp::create(builder, location, builder.getF32Type(),
                                   integer);
  }

  LogicalResult softmax() {
    Value output = k.view(k.buffer(site.output, "y"), {rows, columns});
    k.loop(k.size(rows), [&](Index at) {
      Value x = row(input, at), y = row(output, at);
      Value largest =
          k.reduceRow(RowReduction::max_number, x,
                      [](OpBuilder &, ValueRange e) { return e[0]; });
      // A row of minus infinities must not give infinity minus infinity.
      Value lowest = constant(-std::numeric_limits<float>::infinity());
      Value masked = arith::CmpFOp::create(
          builder, location, arith::CmpFPredicate::OEQ, largest, lowest);
      Value shift = arith::SelectOp::create(builder, location, masked,
                                            constant(0.0f), largest);
      k.map(x, y, [&](OpBuilder &b, ValueRange e) -> Value {
        return math::ExpOp::create(
            b, location, make<arith::SubFOp>(b, location, e[0], shift));
      });
      Value total = k.reduceRow(RowReduction::sum, y,
                                [](OpBuilder &, ValueRange e) { return e[0]; });
      // Written with == so that a NaN total reaches the whole row.
      Value isZero = arith::CmpFOp::create(
          builder, location, arith::CmpFPredicate::OEQ, total, constant(0.0f));
      Value scale = arith::SelectOp::create(
          builder, location, isZero, constant(0.0f),
          make<arith::DivFOp>(builder, location, constant(1.0f), total));
      k.map(y, y, [&](OpBuilder &b, ValueRange e) {
        return make<arith::MulFOp>(b, location, e[0], scale);
      });
    });
    return success();
  }

  Value inverseRoot(Value mean, Value epsilon) {
    Value root = math::SqrtOp::create(
        builder, location,
        make<arith::AddFOp>(builder, location, mean, epsilon));
    return make<arith::DivFOp>(builder, location, constant(1.0f), root);
  }

  LogicalResult layerNorm(graph::LayerNormOp op) {
    SmallVector<Value> tables = {k.view(buffer(op.getGain(), "gain"), columns)};
    if (op.getBias())
      tables.push_back(k.view(buffer(op.getBias(), "bias"), columns));
    Value output = k.view(k.buffer(site.output, "y"), {rows, columns});
    Value epsilon = k.scalar(op.getEpsilonAttr(), "epsilon");
    Value count = columnCount();
    k.loop(k.size(rows), [&](Index at) {
      Value x = row(input, at);
      Value mean = make<arith::DivFOp>(
          builder, location,
          k.reduceRow(RowReduction::sum, x,
                      [](OpBuilder &, ValueRange e) { return e[0]; }),
          count);
      Value squares =
          k.reduceRow(RowReduction::sum, x, [&](OpBuilder &b, ValueRange e) {
            Value d = make<arith::SubFOp>(b, location, e[0], mean);
            return make<arith::MulFOp>(b, location, d, d);
          });
      Value scale = inverseRoot(
          make<arith::DivFOp>(builder, location, squares, count), epsilon);
      SmallVector<Value> views = {x};
      views.append(tables);
      k.map(views, row(output, at), [&](OpBuilder &b, ValueRange e) -> Value {
        Value d = make<arith::SubFOp>(b, location, e[0], mean);
        Value scaled = make<arith::MulFOp>(b, location, d, scale);
        if (e.size() == 3)
          return math::FmaOp::create(b, location, scaled, e[1], e[2]);
        return make<arith::MulFOp>(b, location, scaled, e[1]);
      });
    });
    return success();
  }

  LogicalResult rmsNorm(graph::RmsNormOp op) {
    Value gain = k.view(buffer(op.getGain(), "gain"), columns);
    Value output = k.view(k.buffer(site.output, "y"), {rows, columns});
    Value epsilon = k.scalar(op.getEpsilonAttr(), "epsilon");
    Value count = columnCount();
    k.loop(k.size(rows), [&](Index at) {
      Value x = row(input, at);
      Value squares =
          k.reduceRow(RowReduction::sum, x, [&](OpBuilder &b, ValueRange e) {
            return make<arith::MulFOp>(b, location, e[0], e[0]);
          });
      Value scale = inverseRoot(
          make<arith::DivFOp>(builder, location, squares, count), epsilon);
      k.map({x, gain}, row(output, at), [&](OpBuilder &b, ValueRange e) {
        return make<arith::MulFOp>(
            b, location, make<arith::MulFOp>(b, location, e[0], scale), e[1]);
      });
    });
    return success();
  }

  /// Magnitudes are ordered like their bits, with NaN at the end.
  LogicalResult rowScales() {
    Value output = k.view(k.buffer(site.output, "y"), rows);
    Type word = builder.getI32Type();
    k.loop(k.size(rows), [&](Index at) {
      Value largest = k.reduceRow(
          RowReduction::max, row(input, at),
          [&](OpBuilder &b, ValueRange e) {
            Value sign = arith::ConstantIntOp::create(
                b, location, word, std::numeric_limits<int32_t>::max());
            Value bits = arith::BitcastOp::create(b, location, word, e[0]);
            return make<arith::AndIOp>(b, location, bits, sign);
          },
          word);
      Value magnitude = arith::BitcastOp::create(builder, location,
                                                 builder.getF32Type(), largest);
      Value isSmall =
          arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OLT,
                                magnitude, constant(0x1p-119f));
      Value scale =
          make<arith::DivFOp>(builder, location, magnitude, constant(127.0f));
      k.store(arith::SelectOp::create(builder, location, isSmall,
                                      constant(0.0f), scale),
              output, at);
    });
    return success();
  }

  LogicalResult quantizeRows(graph::QuantizeRowsOp op) {
    Value scales = k.view(buffer(op.getScales(), "scale"), rows);
    Value output = k.view(k.buffer(site.output, "y"), {rows, columns});
    bool isUnsigned = op.getType().getElementType().isUnsignedInteger();
    k.loop(k.size(rows), [&](Index at) {
      Value scale = k.load(scales, at);
      Value isZero = arith::CmpFOp::create(
          builder, location, arith::CmpFPredicate::OEQ, scale, constant(0.0f));
      Value inverse = arith::SelectOp::create(
          builder, location, isZero, constant(0.0f),
          make<arith::DivFOp>(builder, location, constant(1.0f), scale));
      k.map(row(input, at), row(output, at), [&](OpBuilder &b, ValueRange e) {
        return roundedByte(b, e[0], inverse, isUnsigned);
      });
    });
    return success();
  }

  LogicalResult reduce(graph::ReduceOp op) {
    int64_t rank = sizes.size();
    if (op.getAxes() != ArrayRef<int64_t>{rank - 1})
      return failure();
    Value output = k.view(k.buffer(site.output, "y"), rows);
    if (!cast<RankedTensorType>(op.getType()).getElementType().isF32())
      return reduceIntegers(op, output);
    static constexpr RowReduction kinds[] = {
        RowReduction::sum, RowReduction::product, RowReduction::max,
        RowReduction::min};
    RowReduction kind = kinds[static_cast<int>(op.getReduction())];
    if (k.space().constant(columns) == 0) {
      float infinity = std::numeric_limits<float>::infinity();
      float neutral[] = {0.0f, 1.0f, -infinity, infinity};
      Value nothing = constant(neutral[static_cast<int>(op.getReduction())]);
      k.loop(k.size(rows), [&](Index at) { k.store(nothing, output, at); });
      return success();
    }
    k.loop(k.size(rows), [&](Index at) {
      k.store(k.reduceRow(kind, row(input, at),
                          [](OpBuilder &, ValueRange e) { return e[0]; }),
              output, at);
    });
    return success();
  }

  /// An element as `type`.
  Value widened(OpBuilder &b, Value element, Type type, bool isUnsigned) {
    if (element.getType() == type)
      return element;
    if (isUnsigned)
      return arith::ExtUIOp::create(b, location, type, element);
    return arith::ExtSIOp::create(b, location, type, element);
  }

  LogicalResult sumWords(graph::ReduceOp op, Value output) {
    auto widening = op.getInput().getDefiningOp<graph::CastOp>();
    bool isUnsigned =
        widening && cast<RankedTensorType>(widening.getInput().getType())
                        .getElementType()
                        .isUnsignedInteger();
    Type word = builder.getI32Type();
    if (k.space().constant(columns) == 0) {
      k.fill(output, 0);
      return success();
    }
    k.loop(k.size(rows), [&](Index at) {
      k.store(k.reduceRow(
                  RowReduction::sum, row(input, at),
                  [&](OpBuilder &b, ValueRange e) {
                    return widened(b, e[0], word, isUnsigned);
                  },
                  word),
              output, at);
    });
    return success();
  }

  /// Integers need no lanes: their order does not matter.
  LogicalResult reduceIntegers(graph::ReduceOp op, Value output) {
    Type graphElement = cast<RankedTensorType>(op.getType()).getElementType();
    auto type = dyn_cast<IntegerType>(bufferElement(graphElement));
    if (!type)
      return failure();
    if (type.isSignlessInteger(32) &&
        op.getReduction() == graph::Reduction::sum)
      return sumWords(op, output);
    bool isUnsigned = graphElement.isUnsignedInteger();
    k.loop(k.size(rows), [&](Index at) {
      Value start = arith::ConstantOp::create(
          builder, location,
          builder.getIntegerAttr(
              type, neutral(op.getReduction(), type.getWidth(), isUnsigned)));
      Value first = k.value(k.number(0));
      Value end = k.value(k.size(columns));
      Value step = k.value(k.number(1));
      auto loop =
          scf::ForOp::create(builder, location, first, end, step, start);
      {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(loop.getBody());
        Value element = k.load(input, {at, Index(loop.getInductionVar())});
        scf::YieldOp::create(builder, location,
                             combine(op.getReduction(), isUnsigned,
                                     loop.getRegionIterArg(0), element));
      }
      k.store(loop.getResult(0), output, at);
    });
    return success();
  }

  static APInt neutral(graph::Reduction reduction, unsigned width,
                       bool isUnsigned) {
    switch (reduction) {
    case graph::Reduction::sum: return APInt(width, 0);
    case graph::Reduction::product: return APInt(width, 1);
    case graph::Reduction::max:
      return isUnsigned ? APInt(width, 0) : APInt::getSignedMinValue(width);
    case graph::Reduction::min:
      return isUnsigned ? APInt::getMaxValue(width)
                        : APInt::getSignedMaxValue(width);
    }
    return APInt(width, 0);
  }

  Value combine(graph::Reduction reduction, bool isUnsigned, Value a, Value b) {
    switch (reduction) {
    case graph::Reduction::sum:
      return make<arith::AddIOp>(builder, location, a, b);
    case graph::Reduction::product:
      return make<arith::MulIOp>(builder, location, a, b);
    case graph::Reduction::max:
      return isUnsigned ? make<arith::MaxUIOp>(builder, location, a, b)
                        : make<arith::MaxSIOp>(builder, location, a, b);
    case graph::Reduction::min:
      return isUnsigned ? make<arith::MinUIOp>(builder, location, a, b)
                        : make<arith::MinSIOp>(builder, location, a, b);
    }
    return {};
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
  graph::DimSpace::Sizes sizes;
  AffineExpr rows, columns;
  Value input;
};

} // namespace

LogicalResult buildRowKernel(GroupSite &site, KernelBuilder &k) {
  return RowKernel(site, k).build();
}

} // namespace lmcc
