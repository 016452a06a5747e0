//===- Forms.cpp - Operations that have a form in C++ ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Forms.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

static Kind scalarKind(Type type) {
  if (type.isIndex())
    return Index;
  if (type.isF32())
    return Float;
  if (type.isF64())
    return Double;
  if (type.isF16())
    return Half;
  if (type.isSignlessInteger(1))
    return Bool;
  if (type.isSignlessInteger(8))
    return Int8;
  if (type.isSignlessInteger(16))
    return Int16;
  if (type.isSignlessInteger(32))
    return Int32;
  return type.isSignlessInteger(64) ? Int64 : NoKind;
}

static Kind vectorKind(VectorType type) {
  if (type.getRank() != 1 || type.isScalable() ||
      !llvm::isPowerOf2_64(type.getNumElements()))
    return NoKind;
  Kind element = scalarKind(type.getElementType());
  switch (element) {
  case Bool: return type.getNumElements() == 1 ? element : Mask;
  case Int32: return type.getNumElements() == 1 ? element : Ints;
  case Float: return type.getNumElements() == 1 ? element : Floats;
  case Int8: return type.getNumElements() == 1 ? element : Bytes;
  case Half: return type.getNumElements() == 1 ? element : Halves;
  default: return NoKind;
  }
}

Kind emit::kindOf(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vectorKind(vector);
  auto buffer = dyn_cast<MemRefType>(type);
  if (!buffer)
    return scalarKind(type);
  bool isFlat = buffer.getRank() == 1 && buffer.getLayout().isIdentity() &&
                !buffer.getMemorySpace() &&
                scalarKind(buffer.getElementType()) != NoKind;
  return isFlat ? Buffer : NoKind;
}

static constexpr unsigned floats = Float | Floats;
static constexpr unsigned anyFloats = floats | Double;
static constexpr unsigned conditions = Bool | Mask;
static constexpr unsigned counts = plainInts | Index;
static constexpr unsigned computed = counts | Ints;
static constexpr unsigned lanes = Float | Int32 | Bool;
static constexpr unsigned anything = scalars | vectors | Buffer;

static constexpr Form forms[] = {
    // Floats.
    {"arith.addf", anyFloats, anyFloats, Style::Infix, "+"},
    {"arith.subf", anyFloats, anyFloats, Style::Infix, "-"},
    {"arith.mulf", anyFloats, anyFloats, Style::Infix, "*"},
    {"arith.divf", anyFloats, anyFloats, Style::Infix, "/"},
    {"arith.negf", anyFloats, anyFloats, Style::Special, ""},
    {"arith.maximumf", floats, floats, Style::Call, "maximum"},
    {"arith.minimumf", floats, floats, Style::Call, "minimum"},
    {"arith.maxnumf", floats, floats, Style::Call, "max_number"},
    {"arith.minnumf", floats, floats, Style::Call, "min_number"},
    {"arith.cmpf", anyFloats, conditions, Style::Special, ""},
    {"math.fma", floats, floats, Style::Call, "fma"},
    {"math.exp", floats, floats, Style::Call, "exp"},
    {"math.exp2", floats, floats, Style::Call, "exp2"},
    {"math.log", floats, floats, Style::Call, "log"},
    {"math.sqrt", floats, floats, Style::Call, "sqrt"},
    {"math.rsqrt", floats, floats, Style::Call, "rsqrt"},
    {"math.sin", floats, floats, Style::Call, "sin"},
    {"math.cos", floats, floats, Style::Call, "cos"},
    {"math.tanh", floats, floats, Style::Call, "tanh"},
    {"math.erf", floats, floats, Style::Call, "erf"},
    {"math.powf", floats, floats, Style::Call, "pow"},
    {"math.absf", floats, floats, Style::Call, "abs"},
    {"math.floor", floats, floats, Style::Call, "floor"},
    {"math.ceil", floats, floats, Style::Call, "ceil"},
    {"math.trunc", floats, floats, Style::Call, "trunc"},
    {"math.roundeven", floats, floats, Style::Call, "round_even"},
    {"math.copysign", floats, floats, Style::Call, "copysign"},

    // Integers and conditions.
    {"arith.addi", computed, computed, Style::Special, "wrap_add"},
    {"arith.subi", computed, computed, Style::Special, "wrap_sub"},
    {"arith.muli", computed, computed, Style::Special, "wrap_mul"},
    {"arith.divsi", counts, counts, Style::Special, "div_trunc"},
    {"arith.remsi", counts, counts, Style::Special, "rem_trunc"},
    {"arith.divui", counts, counts, Style::Special, "/"},
    {"arith.remui", counts, counts, Style::Special, "%"},
    {"arith.andi", computed | conditions, computed | conditions, Style::Special,
     "&"},
    {"arith.ori", computed | conditions, computed | conditions, Style::Special,
     "|"},
    {"arith.xori", computed | conditions, computed | conditions, Style::Special,
     "^"},
    {"arith.shli", plainInts | Ints, plainInts | Ints, Style::Special,
     "shift_left"},
    {"arith.shrsi", plainInts | Ints, plainInts | Ints, Style::Special,
     "shift_right"},
    {"arith.shrui", plainInts, plainInts, Style::Special,
     "shift_right_unsigned"},
    {"arith.maxsi", computed, computed, Style::Special, ">"},
    {"arith.minsi", computed, computed, Style::Special, "<"},
    {"arith.maxui", computed, computed, Style::Special, ">"},
    {"arith.minui", computed, computed, Style::Special, "<"},
    {"arith.cmpi", computed | Bool, conditions, Style::Special, ""},
    {"arith.select", scalars | vectors, scalars | vectors, Style::Special, ""},
    {"math.absi", plainInts | Ints, plainInts | Ints, Style::Special, ""},

    // Conversions.
    {"arith.extsi", plainInts | conditions | Bytes, plainInts | Ints,
     Style::Special, ""},
    {"arith.extui", plainInts | conditions | Bytes, plainInts | Ints,
     Style::Special, ""},
    {"arith.trunci", plainInts | Ints, plainInts | conditions | Bytes,
     Style::Special, ""},
    {"arith.sitofp", plainInts | Ints | conditions | Bytes, anyFloats,
     Style::Special, ""},
    {"arith.uitofp", plainInts | conditions | Bytes, anyFloats, Style::Special,
     ""},
    {"arith.fptosi", floats, plainInts | Ints, Style::Special, ""},
    {"arith.fptoui", Float, narrowInts, Style::Special, ""},
    {"arith.extf", Float | Half | Halves, anyFloats, Style::Special, ""},
    {"arith.truncf", Double, Float, Style::Special, ""},
    {"arith.bitcast", floats | Int32 | Ints, floats | Int32 | Ints,
     Style::Special, ""},
    {"arith.index_cast", counts, counts, Style::Special, ""},
    {"arith.index_castui", counts, counts, Style::Special, ""},

    // Bytes.
    {"kernel.to_byte", floats, Int32 | Ints, Style::Special, ""},
    {"kernel.dot4", Int32 | Ints, Int32 | Ints, Style::Special, ""},
    {"kernel.dot8", Int32 | Ints, Int32 | Ints, Style::Special, ""},
    {"kernel.dot_lanes", Ints, Ints, Style::Call, "dot_lanes"},
    {"kernel.nibbles", Int32 | Ints, Int32 | Ints, Style::Special, ""},
    {"kernel.narrow", Ints, Bytes, Style::Special, ""},
    {"kernel.words", Buffer, Buffer, Style::Statement, ""},

    // Values, vectors and memory.
    {"arith.constant", NoKind, scalars | vectors, Style::Special, ""},
    {"affine.apply", Index, Index, Style::Special, ""},
    {"vector.broadcast", vectors | lanes, vectors | lanes, Style::Special, ""},
    {"vector.extract", vectors | lanes, lanes, Style::Special, ""},
    {"vector.shuffle", vectors, vectors, Style::Special, ""},
    {"vector.extract_strided_slice", vectors | lanes, vectors | lanes,
     Style::Special, ""},
    {"memref.load", Buffer | Index, scalars | Half, Style::Special, ""},
    {"vector.load", Buffer | Index,
     vectors | lanes | Int8 | Bytes | Half | Halves, Style::Special, ""},
    {"memref.store", scalars | Half | Buffer, NoKind, Style::Statement, ""},
    {"vector.store", scalars | vectors | Bytes | Buffer, NoKind,
     Style::Statement, ""},
    {"memref.prefetch", Buffer | Index, NoKind, Style::Statement, ""},
    {"memref.alloca", NoKind, Buffer, Style::Statement, ""},

    // Control flow.
    {"scf.for", scalars | vectors, scalars | vectors, Style::Statement, ""},
    {"scf.if", Bool, scalars | vectors, Style::Statement, ""},
    {"scf.yield", scalars | vectors, NoKind, Style::Statement, ""},
    {"func.return", Bool, NoKind, Style::Statement, ""},

    // The schedule.
    {"func.call", anything, Bool, Style::Statement, ""},
    {"kernel.slot", NoKind, Buffer, Style::Statement, ""},
    {"kernel.release", Buffer, NoKind, Style::Statement, ""},
    {"kernel.require", Bool, NoKind, Style::Statement, ""},
    {"kernel.finish_without", Buffer, NoKind, Style::Statement, ""},
    {"kernel.get_state", NoKind, Buffer, Style::Statement, ""},
    {"kernel.pick", Buffer | Index, Buffer, Style::Statement, ""},
    {"weight.get", NoKind, Buffer, Style::Statement, ""},
};

const Form *emit::findForm(Operation *operation) {
  StringRef name = operation->getName().getStringRef();
  const Form *form = llvm::find_if(
      forms, [&](const Form &form) { return form.operation == name; });
  return form == std::end(forms) ? nullptr : form;
}

ArrayRef<StringRef> emit::vocabulary() {
  static constexpr StringRef names[] = {"abs",
                                        "arena",
                                        "bits",
                                        "both",
                                        "ceil",
                                        "copysign",
                                        "cos",
                                        "div_trunc",
                                        "dot4",
                                        "dot4_full",
                                        "dot4_full_lane",
                                        "dot4_lane",
                                        "dot4_small",
                                        "dot4_small_lane",
                                        "dot4_unsigned",
                                        "dot4_unsigned_lane",
                                        "dot8",
                                        "dot8_small",
                                        "dot_lanes",
                                        "either",
                                        "erf",
                                        "exp",
                                        "exp2",
                                        "f32x16",
                                        "f32x2",
                                        "f32x4",
                                        "f32x8",
                                        "floor",
                                        "floor_div",
                                        "fma",
                                        "from_bits",
                                        "from_half",
                                        "high_half",
                                        "high_nibbles",
                                        "i32x16",
                                        "i32x2",
                                        "i32x4",
                                        "i32x8",
                                        "inputs",
                                        "is_nan",
                                        "kept",
                                        "lane",
                                        "larger",
                                        "load",
                                        "load_bool",
                                        "load_bytes",
                                        "load_halves",
                                        "load_unsigned_bytes",
                                        "log",
                                        "low_half",
                                        "low_nibbles",
                                        "max_number",
                                        "maximum",
                                        "min_number",
                                        "minimum",
                                        "outputs",
                                        "pow",
                                        "prefetch",
                                        "rem_trunc",
                                        "round_even",
                                        "rsqrt",
                                        "select",
                                        "shift_left",
                                        "shift_right",
                                        "shift_right_unsigned",
                                        "shuffle",
                                        "sin",
                                        "slot",
                                        "smaller",
                                        "splat",
                                        "sqrt",
                                        "state",
                                        "store",
                                        "store_bool",
                                        "store_bytes",
                                        "tanh",
                                        "to_f32",
                                        "to_i32",
                                        "to_i64",
                                        "to_i8",
                                        "to_u8",
                                        "trunc",
                                        "weight",
                                        "weights",
                                        "words",
                                        "wrap_add",
                                        "wrap_mul",
                                        "wrap_sub"};
  return names;
}
