//===- ScalarCode.cpp - One element of an elementwise operation -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Divisions by zero and conversions out of range, which arith leaves open, are
// defined by the carried runtime as docs/Numerics.md says.
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/ScalarCode.h"
#include "dialects/Graph/Graph.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/GraphToKernel/KernelBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

namespace {

/// What kind of arithmetic an element type needs.
enum class Kind { floating, signedInteger, unsignedInteger, boolean };

Kind kindOf(Value tensor) {
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  if (isa<FloatType>(element))
    return Kind::floating;
  if (element.isInteger(1))
    return Kind::boolean;
  return element.isUnsignedInteger() ? Kind::unsignedInteger
                                     : Kind::signedInteger;
}

class ScalarEmitter {
public:
  ScalarEmitter(OpBuilder &builder, Operation *op, ArrayRef<Value> operands)
      : builder(builder), location(op->getLoc()), op(op), x(operands),
        kind(kindOf(op->getOperand(op->getNumOperands() - 1))) {}

  Value run() {
    return llvm::TypeSwitch<Operation *, Value>(op)
        .Case([&](graph::AddOp) {
          return number<arith::AddFOp, arith::AddIOp>();
        })
        .Case([&](graph::SubOp) {
          return number<arith::SubFOp, arith::SubIOp>();
        })
        .Case([&](graph::MulOp) {
          return number<arith::MulFOp, arith::MulIOp>();
        })
        .Case([&](graph::DivOp) {
          return number<arith::DivFOp, arith::DivSIOp, arith::DivUIOp>();
        })
        .Case([&](graph::RemOp) {
          return number<arith::RemFOp, arith::RemSIOp, arith::RemUIOp>();
        })
        .Case([&](graph::ModOp) { return modulo(); })
        .Case([&](graph::MaxOp) {
          return number<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>();
        })
        .Case([&](graph::MinOp) {
          return number<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>();
        })
        .Case([&](graph::PowOp) { return make<math::PowFOp>(x[0], x[1]); })
        .Case([&](graph::AndOp) { return make<arith::AndIOp>(x[0], x[1]); })
        .Case([&](graph::OrOp) { return make<arith::OrIOp>(x[0], x[1]); })
        .Case([&](graph::XorOp) { return make<arith::XOrIOp>(x[0], x[1]); })
        .Case([&](graph::NotOp) {
          return make<arith::XOrIOp>(x[0], integer(x[0].getType(), 1));
        })
        .Case([&](graph::AbsOp) { return absolute(); })
        .Case([&](graph::NegOp) {
          return kind == Kind::floating
                     ? make<arith::NegFOp>(x[0])
                     : make<arith::SubIOp>(integer(x[0].getType(), 0), x[0]);
        })
        .Case([&](graph::SignOp) { return sign(); })
        .Case([&](graph::ExpOp) { return make<math::ExpOp>(x[0]); })
        .Case([&](graph::LogOp) { return make<math::LogOp>(x[0]); })
        .Case([&](graph::SqrtOp) { return make<math::SqrtOp>(x[0]); })
        .Case([&](graph::SinOp) { return make<math::SinOp>(x[0]); })
        .Case([&](graph::CosOp) { return make<math::CosOp>(x[0]); })
        .Case([&](graph::TanhOp) { return make<math::TanhOp>(x[0]); })
        .Case([&](graph::ErfOp) { return make<math::ErfOp>(x[0]); })
        .Case([&](graph::FloorOp) { return make<math::FloorOp>(x[0]); })
        .Case([&](graph::CeilOp) { return make<math::CeilOp>(x[0]); })
        .Case([&](graph::RoundOp) { return make<math::RoundEvenOp>(x[0]); })
        .Case([&](graph::SigmoidOp) { return sigmoid(); })
        .Case(
            [&](graph::SiluOp) { return make<arith::MulFOp>(x[0], sigmoid()); })
        .Case([&](graph::GeluOp gelu) {
          return gelu.getTanh() ? geluTanh() : geluErf();
        })
        .Case([&](graph::CompareOp compare) { return comparison(compare); })
        .Case([&](graph::SelectOp) {
          return arith::SelectOp::create(builder, location, x[0], x[1], x[2])
              .getResult();
        })
        .Case([&](graph::FmaOp) { return make<math::FmaOp>(x[0], x[1], x[2]); })
        .Case([&](graph::LimitOp) { return limit(); })
        .Case([&](graph::CastOp cast) { return conversion(cast); })
        .Case([&](graph::IsNanOp) {
          return compareFloat(arith::CmpFPredicate::UNO, x[0], x[0]);
        })
        .Default([](Operation *) { return Value(); });
  }

private:
  template <typename Op, typename... Operands>
  Value make(Operands... operands) {
    return Op::create(builder, location, operands...).getResult();
  }
  template <typename Float, typename Signed, typename Unsigned = Signed>
  Value number() {
    switch (kind) {
    case Kind::floating: return make<Float>(x[0], x[1]);
    case Kind::unsignedInteger: return make<Unsigned>(x[0], x[1]);
    default: return make<Signed>(x[0], x[1]);
    }
  }
  Value floating(double value) { return floating(x[0].getType(), value); }
  Value floating(Type type, double value) {
    return make<arith::ConstantOp>(builder.getFloatAttr(type, value));
  }
  Value integer(Type type, int64_t value) {
    return make<arith::ConstantOp>(builder.getIntegerAttr(type, value));
  }
  Value compareFloat(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, location, predicate, a, b);
  }
  Value compareInteger(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, location, predicate, a, b);
  }
  Value choose(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, location, condition, a, b);
  }

  Value absolute() {
    if (kind == Kind::floating)
      return make<math::AbsFOp>(x[0]);
    if (kind == Kind::unsignedInteger)
      return x[0];
    Value zero = integer(x[0].getType(), 0);
    return choose(compareInteger(arith::CmpIPredicate::slt, x[0], zero),
                  make<arith::SubIOp>(zero, x[0]), x[0]);
  }

  Value sign() {
    Type type = x[0].getType();
    if (kind == Kind::floating) {
      Value zero = floating(0.0);
      // Neither above nor below 0: the zero or NaN itself.
      return choose(compareFloat(arith::CmpFPredicate::OGT, x[0], zero),
                    floating(1.0),
                    choose(compareFloat(arith::CmpFPredicate::OLT, x[0], zero),
                           floating(-1.0), x[0]));
    }
    Value zero = integer(type, 0), one = integer(type, 1);
    if (kind == Kind::unsignedInteger)
      return choose(compareInteger(arith::CmpIPredicate::ne, x[0], zero), one,
                    zero);
    return choose(compareInteger(arith::CmpIPredicate::sgt, x[0], zero), one,
                  choose(compareInteger(arith::CmpIPredicate::slt, x[0], zero),
                         integer(type, -1), zero));
  }

  /// a - floor(a / b) * b, with the sign of b.
  Value modulo() {
    if (kind == Kind::unsignedInteger)
      return make<arith::RemUIOp>(x[0], x[1]);
    if (kind == Kind::floating) {
      Value zero = floating(0.0);
      Value rest = make<arith::RemFOp>(x[0], x[1]);
      Value differs = make<arith::XOrIOp>(
          compareFloat(arith::CmpFPredicate::OLT, rest, zero),
          compareFloat(arith::CmpFPredicate::OLT, x[1], zero));
      Value isRest = compareFloat(arith::CmpFPredicate::ONE, rest, zero);
      return choose(make<arith::AndIOp>(differs, isRest),
                    make<arith::AddFOp>(rest, x[1]), rest);
    }
    Value zero = integer(x[0].getType(), 0);
    Value rest = make<arith::RemSIOp>(x[0], x[1]);
    Value differs = make<arith::XOrIOp>(
        compareInteger(arith::CmpIPredicate::slt, rest, zero),
        compareInteger(arith::CmpIPredicate::slt, x[1], zero));
    Value isRest = compareInteger(arith::CmpIPredicate::ne, rest, zero);
    return choose(make<arith::AndIOp>(differs, isRest),
                  make<arith::AddIOp>(rest, x[1]), rest);
  }

  Value sigmoid() {
    Value grown = make<math::ExpOp>(make<arith::NegFOp>(x[0]));
    return make<arith::DivFOp>(floating(1.0),
                               make<arith::AddFOp>(floating(1.0), grown));
  }

  Value geluErf() {
    Value half = make<arith::MulFOp>(x[0], floating(0.5));
    Value scaled = make<arith::MulFOp>(x[0], floating(0.70710678118654752));
    Value weight =
        make<arith::AddFOp>(make<math::ErfOp>(scaled), floating(1.0));
    return make<arith::MulFOp>(half, weight);
  }

  Value geluTanh() {
    Value square = make<arith::MulFOp>(x[0], x[0]);
    Value cubic = make<math::FmaOp>(
        make<arith::MulFOp>(square, floating(0.044715)), x[0], x[0]);
    Value inner = make<arith::MulFOp>(cubic, floating(0.79788456080286536));
    Value weight =
        make<arith::AddFOp>(make<math::TanhOp>(inner), floating(1.0));
    return make<arith::MulFOp>(make<arith::MulFOp>(x[0], floating(0.5)),
                               weight);
  }

  Value comparison(graph::CompareOp compare) {
    using Float = arith::CmpFPredicate;
    using Integer = arith::CmpIPredicate;
    struct Row {
      Float floating;
      Integer asSigned, asUnsigned;
    };
    static constexpr Row rows[] = {{Float::OEQ, Integer::eq, Integer::eq},
                                   {Float::OLT, Integer::slt, Integer::ult},
                                   {Float::OLE, Integer::sle, Integer::ule},
                                   {Float::OGT, Integer::sgt, Integer::ugt},
                                   {Float::OGE, Integer::sge, Integer::uge}};
    const Row &row = rows[static_cast<int>(compare.getComparison())];
    if (kind == Kind::floating)
      return compareFloat(row.floating, x[0], x[1]);
    return compareInteger(kind == Kind::unsignedInteger ? row.asUnsigned
                                                        : row.asSigned,
                          x[0], x[1]);
  }

  /// Comparisons with NaN are false, and a NaN that signals, for which
  /// compilers choose other instructions, is never computed; the sum makes a
  /// zero +0.
  Value limit() {
    Value raised =
        choose(compareFloat(arith::CmpFPredicate::OGT, x[0], x[1]), x[0], x[1]);
    Value limited = choose(
        compareFloat(arith::CmpFPredicate::OLT, raised, x[2]), raised, x[2]);
    return make<arith::AddFOp>(limited, floating(0.0));
  }

  Value conversion(graph::CastOp cast) {
    Kind to = kindOf(cast.getResult());
    Type type = bufferElement(
        llvm::cast<RankedTensorType>(cast.getType()).getElementType());
    Value wide = beforeByte();
    if (wide) {
      x = wide;
      kind = Kind::signedInteger;
    }
    if (to == Kind::boolean) {
      if (kind == Kind::boolean)
        return x[0];
      return kind == Kind::floating
                 ? compareFloat(arith::CmpFPredicate::UNE, x[0], floating(0.0))
                 : compareInteger(arith::CmpIPredicate::ne, x[0],
                                  integer(x[0].getType(), 0));
    }
    if (kind == Kind::floating) {
      if (to == Kind::floating)
        return resizeFloat(type);
      if (type.isInteger(8) && x[0].getType().isF32())
        return toByte(to == Kind::unsignedInteger, type);
      return to == Kind::unsignedInteger
                 ? arith::FPToUIOp::create(builder, location, type, x[0])
                       .getResult()
                 : arith::FPToSIOp::create(builder, location, type, x[0])
                       .getResult();
    }
    if (to != Kind::floating)
      return resizeInteger(type);
    if (kind == Kind::boolean)
      return choose(x[0], floating(type, 1.0), floating(type, 0.0));
    return kind == Kind::unsignedInteger
               ? arith::UIToFPOp::create(builder, location, type, x[0])
                     .getResult()
               : arith::SIToFPOp::create(builder, location, type, x[0])
                     .getResult();
  }

  /// By way of i32, which vectors have.
  Value toByte(bool isUnsigned, Type type) {
    Value wide = kernel::ToByteOp::create(
        builder, location, builder.getI32Type(), x[0], isUnsigned);
    return arith::TruncIOp::create(builder, location, type, wide);
  }

  /// The i32 that `toByte` made the operand of, a byte, or null. Chains of
  /// quantised operations then never leave the types that vectors have.
  Value beforeByte() {
    auto narrow = x[0].getDefiningOp<arith::TruncIOp>();
    auto limited = narrow ? narrow.getIn().getDefiningOp<kernel::ToByteOp>()
                          : kernel::ToByteOp();
    bool isUnsigned = kind == Kind::unsignedInteger;
    return limited && limited.getIsUnsigned() == isUnsigned ? narrow.getIn()
                                                            : Value();
  }

  Value resizeFloat(Type type) {
    unsigned from = x[0].getType().getIntOrFloatBitWidth();
    if (type.getIntOrFloatBitWidth() > from)
      return arith::ExtFOp::create(builder, location, type, x[0]);
    if (type.getIntOrFloatBitWidth() < from)
      return arith::TruncFOp::create(builder, location, type, x[0]);
    return x[0];
  }

  Value resizeInteger(Type type) {
    unsigned from = x[0].getType().getIntOrFloatBitWidth();
    if (type.getIntOrFloatBitWidth() < from)
      return arith::TruncIOp::create(builder, location, type, x[0]);
    if (type.getIntOrFloatBitWidth() == from)
      return x[0];
    return kind == Kind::signedInteger
               ? arith::ExtSIOp::create(builder, location, type, x[0])
                     .getResult()
               : arith::ExtUIOp::create(builder, location, type, x[0])
                     .getResult();
  }

  OpBuilder &builder;
  Location location;
  Operation *op;
  ArrayRef<Value> x;
  /// Of the last operand: for a select that is a value, not the condition.
  Kind kind;
};

} // namespace

Value emitScalar(OpBuilder &builder, Operation *op, ArrayRef<Value> operands) {
  return ScalarEmitter(builder, op, operands).run();
}

/// Added to 1.5 * 2^23 a small number leaves no bits for a fraction, and its
/// integer in the last byte.
Value roundedByte(OpBuilder &builder, Value number, Value factor,
                  bool isUnsigned) {
  Location location = number.getLoc();
  Value magic = arith::ConstantOp::create(
      builder, location,
      builder.getF32FloatAttr(isUnsigned ? 12583040.0f : 12582912.0f));
  Value bits = arith::BitcastOp::create(
      builder, location, builder.getI32Type(),
      math::FmaOp::create(builder, location, number, factor, magic));
  return arith::TruncIOp::create(builder, location, builder.getI8Type(), bits);
}

} // namespace lmcc
