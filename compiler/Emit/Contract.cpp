//===- Contract.cpp - What a model promises its caller --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Contract.h"

#include "compiler/Emit/Names.h"
#include "dialects/Kernel/Kernel.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

static std::optional<Bounds> multiply(Bounds a, Bounds b) {
  SmallVector<int64_t, 4> corners;
  for (int64_t left : {a.low, a.high})
    for (int64_t right : {b.low, b.high}) {
      std::optional<int64_t> product = llvm::checkedMul(left, right);
      if (!product)
        return std::nullopt;
      corners.push_back(*product);
    }
  return Bounds{*llvm::min_element(corners), *llvm::max_element(corners)};
}

static std::optional<Bounds> combine(AffineExprKind kind, Bounds a, Bounds b) {
  switch (kind) {
  case AffineExprKind::Add: {
    std::optional<int64_t> low = llvm::checkedAdd(a.low, b.low);
    std::optional<int64_t> high = llvm::checkedAdd(a.high, b.high);
    if (!low || !high)
      return std::nullopt;
    return Bounds{*low, *high};
  }
  case AffineExprKind::Mul: return multiply(a, b);
  default: break;
  }
  // Divisors are positive numbers.
  if (b.low != b.high || b.low <= 0)
    return std::nullopt;
  switch (kind) {
  case AffineExprKind::FloorDiv:
    return Bounds{llvm::divideFloorSigned(a.low, b.low),
                  llvm::divideFloorSigned(a.high, b.low)};
  case AffineExprKind::CeilDiv:
    return Bounds{llvm::divideCeilSigned(a.low, b.low),
                  llvm::divideCeilSigned(a.high, b.low)};
  default: return Bounds{0, b.low - 1};
  }
}

std::optional<Bounds> Contract::boundsOf(AffineExpr size) const {
  std::optional<Bounds> bounds;
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    bounds = Bounds{constant.getValue(), constant.getValue()};
  else if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
    bounds = dims[symbol.getPosition()].bounds;
  else if (auto pair = dyn_cast<AffineBinaryOpExpr>(size)) {
    std::optional<Bounds> left = boundsOf(pair.getLHS());
    std::optional<Bounds> right = boundsOf(pair.getRHS());
    if (left && right)
      bounds = combine(size.getKind(), *left, *right);
  }
  if (bounds)
    for (const Demand &demand : demands)
      if (demand.size == size) {
        bounds->low = std::max(bounds->low, demand.low);
        if (demand.high)
          bounds->high = std::min(bounds->high, *demand.high);
      }
  return bounds;
}

const FreeDim *Contract::dimFor(DimRole role) const {
  for (const FreeDim &dim : dims)
    if (dim.role == role)
      return &dim;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// Whether a dividend in `size` may be negative.
static bool mayDivideNegative(const Contract &contract, AffineExpr size) {
  bool result = false;
  size.walk([&](AffineExpr part) {
    switch (part.getKind()) {
    case AffineExprKind::FloorDiv:
    case AffineExprKind::CeilDiv:
    case AffineExprKind::Mod: {
      auto bounds = contract.boundsOf(cast<AffineBinaryOpExpr>(part).getLHS());
      result |= !bounds || bounds->low < 0;
      break;
    }
    default: break;
    }
  });
  return result;
}

Expression Contract::sizeText(AffineExpr size, StringRef prefix) const {
  SmallVector<Expression> symbols;
  for (const FreeDim &dim : dims)
    symbols.push_back({(prefix + dim.identifier).str()});
  return affineText(size, {}, symbols,
                    mayDivideNegative(*this, size) ? Division::Floor
                                                   : Division::Plain);
}

std::string Contract::shapeText(const TensorContract &tensor) const {
  SmallVector<Expression> symbols;
  for (const FreeDim &dim : dims)
    symbols.push_back({dim.identifier});
  SmallVector<std::string> texts;
  for (AffineExpr size : tensor.sizes)
    texts.push_back(affineText(size, {}, symbols, Division::Plain).text);
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

bool Contract::needsFloorDivision() const {
  auto needs = [&](AffineExpr size) { return mayDivideNegative(*this, size); };
  auto anyNeeds = [&](const TensorContract &tensor) {
    return llvm::any_of(tensor.sizes, needs);
  };
  return llvm::any_of(inputs, anyNeeds) || llvm::any_of(outputs, anyNeeds) ||
         llvm::any_of(demands,
                      [&](const Demand &demand) { return needs(demand.size); });
}

std::string emit::elementName(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (element.isBF16())
    return "bfloat16";
  unsigned bits = element.getIntOrFloatBitWidth();
  if (isa<FloatType>(element))
    return fmt::format("float{}", bits);
  return fmt::format("{}int{}", element.isUnsignedInteger() ? "u" : "", bits);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
class ContractReader {
public:
  ContractReader(func::FuncOp schedule, DictionaryAttr attribute)
      : schedule(schedule), attribute(attribute) {
    contract.schedule = schedule;
  }

  FailureOr<Contract> read() {
    if (failed(readDims()) || failed(readDemands()) ||
        failed(readTensors("inputs", contract.inputs)) ||
        failed(readTensors("outputs", contract.outputs)) ||
        failed(matchArguments()) || failed(readState()))
      return failure();
    auto arena =
        schedule->getAttrOfType<IntegerAttr>(kernel::arenaBytesAttrName);
    if (!arena || arena.getInt() < 0)
      return schedule.emitOpError()
             << "needs the integer attribute " << kernel::arenaBytesAttrName;
    contract.arenaBytes = arena.getInt();
    if (auto macs = schedule->getAttrOfType<IntegerAttr>(kernel::macsAttrName))
      contract.macs = macs.getInt();
    if (auto stack =
            schedule->getAttrOfType<IntegerAttr>(kernel::stackBytesAttrName))
      contract.stackBytes = stack.getInt();
    return contract;
  }

private:
  InFlightDiagnostic complain(StringRef what) {
    return schedule.emitOpError()
           << kernel::contractAttrName << ": " << what << " ";
  }

  /// The dictionaries of an array; null entries and other arrays are malformed.
  FailureOr<SmallVector<DictionaryAttr>> entries(StringRef name) {
    SmallVector<DictionaryAttr> result;
    auto array = attribute.getAs<ArrayAttr>(name);
    if (!array)
      return complain(name) << "must be an array";
    for (Attribute entry : array) {
      auto dictionary = dyn_cast<DictionaryAttr>(entry);
      if (!dictionary)
        return complain(name) << "must hold dictionaries, not " << entry;
      result.push_back(dictionary);
    }
    return result;
  }

  LogicalResult readDims() {
    auto dictionaries = entries("dims");
    if (failed(dictionaries))
      return failure();
    for (DictionaryAttr entry : *dictionaries) {
      auto name = entry.getAs<StringAttr>("name");
      auto low = entry.getAs<IntegerAttr>("low");
      auto high = entry.getAs<IntegerAttr>("high");
      if (!name || !low || !high || low.getInt() < 0 ||
          high.getInt() < low.getInt())
        return complain("dims")
               << "needs name and 0 <= low <= high, not " << entry;
      contract.dims.push_back(
          {name.str(),
           dimNames.pick(identifierOf(name.getValue(), "dim")),
           {low.getInt(), high.getInt()},
           roleOf(entry.getAs<StringAttr>("role"))});
    }
    return success();
  }

  static DimRole roleOf(StringAttr role) {
    if (!role)
      return DimRole::Free;
    return role.getValue() == "past" ? DimRole::Past : DimRole::Count;
  }

  /// A keeper of state has the form that its entry points rely on.
  LogicalResult readState() {
    auto capacity = attribute.getAs<IntegerAttr>("capacity");
    if (!capacity)
      return success();
    contract.capacity = capacity.getInt();
    contract.allLogits = attribute.contains("all_logits");
    if (!contract.dimFor(DimRole::Past))
      return complain("dims") << "needs one with role = \"past\"";
    if (contract.inputs.empty() ||
        !contract.inputs.front().element.isInteger(32))
      return complain("inputs") << "must begin with tokens of i32";
    if (contract.outputs.size() != 1 ||
        !contract.outputs.front().element.isF32() ||
        contract.outputs.front().sizes.empty() ||
        !isa<AffineConstantExpr>(contract.outputs.front().sizes.back()))
      return complain("outputs") << "must be logits of f32 and nothing else";
    return success();
  }

  /// A map from the dims to sizes, and nothing else.
  bool isSizes(AffineMapAttr map) {
    return map && map.getAffineMap().getNumDims() == 0 &&
           map.getAffineMap().getNumSymbols() <= contract.dims.size();
  }

  LogicalResult readDemands() {
    if (!attribute.contains("demands"))
      return success();
    auto dictionaries = entries("demands");
    if (failed(dictionaries))
      return failure();
    for (DictionaryAttr entry : *dictionaries) {
      auto size = entry.getAs<AffineMapAttr>("size");
      auto low = entry.getAs<IntegerAttr>("low");
      auto high = entry.getAs<IntegerAttr>("high");
      if (!isSizes(size) || size.getAffineMap().getNumResults() != 1 || !low)
        return complain("demands") << "needs one size over the dims and low, "
                                      "not "
                                   << entry;
      Demand demand{size.getAffineMap().getResult(0), low.getInt(),
                    std::nullopt};
      if (!contract.boundsOf(demand.size))
        return complain("demands") << "has a size beyond 64 bits: " << entry;
      if (high)
        demand.high = high.getInt();
      contract.demands.push_back(demand);
    }
    return success();
  }

  LogicalResult readTensors(StringRef name,
                            std::vector<TensorContract> &tensors) {
    auto dictionaries = entries(name);
    if (failed(dictionaries))
      return failure();
    for (DictionaryAttr entry : *dictionaries) {
      auto tensorName = entry.getAs<StringAttr>("name");
      auto type = entry.getAs<TypeAttr>("type");
      auto sizes = entry.getAs<AffineMapAttr>("sizes");
      if (!tensorName || !type || !type.getValue().isIntOrFloat() ||
          !isSizes(sizes))
        return complain(name) << "needs name, type and sizes over the dims, "
                                 "not "
                              << entry;
      TensorContract tensor{
          tensorName.str(), "", type.getValue(),
          SmallVector<AffineExpr>(sizes.getAffineMap().getResults()), 0};
      for (AffineExpr size : tensor.sizes)
        if (auto bounds = contract.boundsOf(size); bounds && bounds->low < 0)
          return complain(name) << "has a size that may be negative: " << entry
                                << "; it needs a demand";
      std::optional<int64_t> bytes = maxBytes(tensor);
      if (!bytes)
        return complain(name) << "has a size beyond 64 bits: " << entry
                              << "; give its dims lower upper bounds";
      tensor.maxBytes = *bytes;
      tensors.push_back(std::move(tensor));
    }
    return success();
  }

  std::optional<int64_t> maxBytes(const TensorContract &tensor) {
    std::optional<int64_t> bytes = memoryBytes(tensor.element);
    for (AffineExpr size : tensor.sizes) {
      std::optional<Bounds> bounds = contract.boundsOf(size);
      if (!bounds)
        return std::nullopt;
      bytes = llvm::checkedMul(*bytes, bounds->high);
      if (!bytes)
        return std::nullopt;
    }
    return bytes;
  }

  /// The arguments of the schedule agree; tensors get their identifiers.
  LogicalResult matchArguments() {
    ArrayRef<Type> types = schedule.getArgumentTypes();
    size_t tensors = contract.inputs.size() + contract.outputs.size();
    if (types.size() != contract.dims.size() + tensors)
      return complain("arguments")
             << "of the schedule are " << types.size() << ", not "
             << contract.dims.size() << " dims and " << tensors << " tensors";
    for (Type type : types.take_front(contract.dims.size()))
      if (!type.isIndex())
        return complain("dims") << "are index arguments, not " << type;
    types = types.drop_front(contract.dims.size());
    for (auto *list : {&contract.inputs, &contract.outputs})
      for (TensorContract &tensor : *list) {
        auto buffer = dyn_cast<MemRefType>(types.front());
        if (!buffer || !isStored(tensor.element, buffer.getElementType()))
          return complain(tensor.name) << "of type " << tensor.element
                                       << " is passed as " << types.front();
        types = types.drop_front();
        tensor.identifier = tensorNames.pick(identifierOf(
            tensor.name, list == &contract.inputs ? "input" : "output"));
      }
    return success();
  }

  /// Buffers have no signs.
  bool isStored(Type element, Type stored) {
    if (auto integer = dyn_cast<IntegerType>(element))
      return stored.isSignlessInteger(integer.getWidth());
    return element == stored;
  }

  func::FuncOp schedule;
  DictionaryAttr attribute;
  Contract contract;
  UniqueNames dimNames, tensorNames;
};
} // namespace

FailureOr<Contract> emit::readContract(func::FuncOp schedule) {
  if (schedule.isExternal())
    return schedule.emitOpError("has no body");
  auto attribute =
      schedule->getAttrOfType<DictionaryAttr>(kernel::contractAttrName);
  if (!attribute)
    return schedule.emitOpError()
           << "needs the attribute " << kernel::contractAttrName;
  return ContractReader(schedule, attribute).read();
}

FailureOr<std::vector<Contract>> emit::readContracts(ModuleOp module) {
  std::vector<Contract> contracts;
  for (func::FuncOp schedule : kernel::schedulesOf(module)) {
    FailureOr<Contract> contract = readContract(schedule);
    if (failed(contract))
      return failure();
    contracts.push_back(std::move(*contract));
  }
  if (contracts.empty())
    return module.emitOpError("has no schedule");
  return contracts;
}
