//===- Compare.cpp - Compare a result with its reference ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Compare.h"

#include "llvm/ADT/APInt.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace lmcc;
using namespace lmcc::verify;

namespace {
constexpr int32_t boolCode = 9;

/// Reads single elements of a tensor whose size has been checked.
class ElementReader {
public:
  ElementReader(const Tensor &tensor, const ElementType &type)
      : bytes(tensor.bytes), type(type) {
    if (type.kind == ElementKind::Float && type.bits <= 8)
      tabulate();
  }

  /// The value of a float; every type but float64 is widened exactly.
  double floating(uint64_t index) const {
    uint64_t bits = raw(index);
    switch (type.bits) {
    case 64: return llvm::bit_cast<double>(bits);
    case 32: return llvm::bit_cast<float>(static_cast<uint32_t>(bits));
    case 16: return decode(bits);
    default: return table[bits];
    }
  }

  /// An integer, moved so that the unsigned order of the results is the order
  /// of the values and their difference, which always fits, is kept.
  uint64_t ordered(uint64_t index) const {
    uint64_t bits = raw(index);
    // Any byte but zero is true.
    if (type.code == boolCode)
      return bits != 0;
    if (type.kind == ElementKind::Unsigned)
      return bits;
    return static_cast<uint64_t>(llvm::SignExtend64(bits, type.bits)) ^
           (uint64_t(1) << 63);
  }

private:
  uint64_t raw(uint64_t index) const {
    using namespace llvm::support::endian;
    switch (type.bits) {
    case 64: return read64le(bytes.data() + index * 8);
    case 32: return read32le(bytes.data() + index * 4);
    case 16: return read16le(bytes.data() + index * 2);
    case 8: return bytes[index];
    default: {
      uint64_t perByte = 8 / type.bits;
      unsigned shift = static_cast<unsigned>(index % perByte) * type.bits;
      return (bytes[index / perByte] >> shift) & ((1u << type.bits) - 1);
    }
    }
  }

  double decode(uint64_t bits) const {
    llvm::APFloat value(type.semantics(), llvm::APInt(type.bits, bits));
    return value.convertToDouble();
  }

  void tabulate() {
    for (uint64_t bits = 0; bits < (uint64_t(1) << type.bits); ++bits)
      table.push_back(decode(bits));
  }

  llvm::ArrayRef<uint8_t> bytes;
  const ElementType &type;
  std::vector<double> table;
};

/// The sums that a comparison of floats gathers.
struct FloatSums {
  double maxAbsolute = 0, maxRelative = 0;
  double dot = 0, gotSquare = 0, wantSquare = 0;
  uint64_t outOfTolerance = 0; ///< Without the special values below.
  uint64_t special = 0;        ///< NaN and infinities that do not agree.

  void add(double got, double want, double relative, double absolute);
  double cosine() const;
};
} // namespace

void FloatSums::add(double got, double want, double relative, double absolute) {
  if (!std::isfinite(got) || !std::isfinite(want)) {
    bool bothNan = std::isnan(got) && std::isnan(want);
    special += !bothNan && got != want;
    return;
  }
  double difference = std::fabs(got - want);
  outOfTolerance += difference > absolute + relative * std::fabs(want);
  maxAbsolute = std::max(maxAbsolute, difference);
  maxRelative =
      std::max(maxRelative, difference / std::max(std::fabs(want), 1e-6));
  dot += got * want;
  gotSquare += got * got;
  wantSquare += want * want;
}

double FloatSums::cosine() const {
  double gotNorm = std::sqrt(gotSquare), wantNorm = std::sqrt(wantSquare);
  if (!(gotNorm > 0 && wantNorm > 0))
    return gotNorm == wantNorm ? 1.0 : 0.0;
  // Squares of large float64 values overflow. Such a NaN prints as `nan` on
  // every machine.
  double cosine = dot / (gotNorm * wantNorm);
  return std::isnan(cosine) ? std::numeric_limits<double>::quiet_NaN() : cosine;
}

/// Both tolerances of types that keep few digits are the same; zero stands for
/// the ordinary pair.
static double looseTolerance(const ElementType &type) {
  if (type.bits > 16)
    return 0;
  return type.bits == 16 ? 2e-2 : 1e-1;
}

static void compareFloats(const ElementReader &got, const ElementReader &want,
                          const ElementType &type, const Tolerance &tolerance,
                          Comparison &result) {
  double loose = looseTolerance(type);
  double relative = tolerance.relative.value_or(loose != 0 ? loose : 1e-3);
  double absolute = tolerance.absolute.value_or(loose != 0 ? loose : 1e-4);
  FloatSums sums;
  for (uint64_t index = 0; index < result.elements; ++index)
    sums.add(got.floating(index), want.floating(index), relative, absolute);

  result.maxAbsolute = sums.maxAbsolute;
  result.maxRelative = sums.maxRelative;
  result.cosine = sums.cosine();
  result.outOfTolerance = sums.outOfTolerance + sums.special;
  result.passed = result.outOfTolerance == 0;
  if (tolerance.cosine) {
    bool near = result.cosine >= *tolerance.cosine; // False for NaN.
    bool alone = !tolerance.relative && !tolerance.absolute;
    result.passed = near && (alone ? sums.special == 0 : result.passed);
  }
  result.text += fmt::format(
      " max_abs {:.3e} max_rel {:.3e} cos {:.8f}, {} of {} out of tolerance",
      result.maxAbsolute, result.maxRelative, result.cosine,
      result.outOfTolerance, result.elements);
}

static void compareIntegers(const ElementReader &got, const ElementReader &want,
                            const Tolerance &tolerance, Comparison &result) {
  uint64_t slack =
      static_cast<uint64_t>(std::max<int64_t>(tolerance.integerSlack, 0));
  uint64_t worst = 0, differ = 0;
  for (uint64_t index = 0; index < result.elements; ++index) {
    uint64_t left = got.ordered(index), right = want.ordered(index);
    uint64_t difference = left > right ? left - right : right - left;
    worst = std::max(worst, difference);
    differ += difference != 0;
    result.outOfTolerance += difference > slack;
  }
  result.maxAbsolute = static_cast<double>(worst);
  result.passed = result.outOfTolerance == 0;
  result.text += fmt::format(" max_abs {}, {} of {} differ", worst, differ,
                             result.elements);
}

/// The reason why the bytes of a tensor cannot be read, or nothing.
static std::optional<std::string> findDefect(const Tensor &tensor) {
  llvm::Expected<uint64_t> bytes = countBytes(tensor.elementType, tensor.dims);
  if (!bytes)
    return llvm::toString(bytes.takeError());
  if (*bytes == tensor.bytes.size())
    return std::nullopt;
  return fmt::format("{}{} takes {} bytes, but there are {}",
                     elementTypeName(tensor.elementType), dimsText(tensor.dims),
                     *bytes, tensor.bytes.size());
}

Comparison verify::compare(const Tensor &got, const Tensor &want,
                           const Tolerance &tolerance) {
  Comparison result;
  for (const Tensor *tensor : {&got, &want})
    if (std::optional<std::string> defect = findDefect(*tensor)) {
      result.text = fmt::format("unreadable: {}", *defect);
      return result;
    }
  if (got.elementType != want.elementType) {
    result.text = fmt::format("element type {}, want {}",
                              elementTypeName(got.elementType),
                              elementTypeName(want.elementType));
    return result;
  }
  if (got.dims != want.dims) {
    result.text = fmt::format("shape {}, want {}", dimsText(got.dims),
                              dimsText(want.dims));
    return result;
  }

  const ElementType &type = *findElementType(want.elementType);
  result.elements = llvm::cantFail(countElements(want.dims));
  result.text = type.name.str() + dimsText(want.dims);
  if (result.elements == 0) {
    result.passed = true;
    result.text += " empty";
    return result;
  }
  ElementReader gotReader(got, type), wantReader(want, type);
  if (type.kind == ElementKind::Float)
    compareFloats(gotReader, wantReader, type, tolerance, result);
  else
    compareIntegers(gotReader, wantReader, tolerance, result);
  return result;
}
