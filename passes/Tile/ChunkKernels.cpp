//===- ChunkKernels.cpp - Products that take turns on rows ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Tile/ChunkKernels.h"

#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace lmcc {

using Index = OpFoldResult;

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Sizes are computed anew for each call.
static bool areEqual(Value a, Value b) {
  if (a == b)
    return true;
  auto first = a.getDefiningOp<affine::AffineApplyOp>();
  auto second = b.getDefiningOp<affine::AffineApplyOp>();
  return first && second && first.getMap() == second.getMap() &&
         first.getOperands() == second.getOperands();
}

const RowProduct *ChunkKernels::product(func::CallOp call) {
  auto kernel = module.lookupSymbol<func::FuncOp>(call.getCallee());
  auto [place, isNew] = products.try_emplace(kernel);
  if (isNew)
    place->second = RowProduct::of(kernel);
  return place->second ? &*place->second : nullptr;
}

OpFoldResult ChunkKernels::rowsOf(func::CallOp call) {
  OpFoldResult rows = product(call)->rows;
  if (auto argument = dyn_cast<Value>(rows))
    return call.getOperand(cast<BlockArgument>(argument).getArgNumber());
  return rows;
}

bool ChunkKernels::haveSameRows(func::CallOp a, func::CallOp b) {
  Index first = rowsOf(a), second = rowsOf(b);
  if (isEqualConstantIntOrValue(first, second))
    return true;
  auto one = dyn_cast<Value>(first), other = dyn_cast<Value>(second);
  return one && other && areEqual(one, other);
}

bool ChunkKernels::mayTakeTurns(ArrayRef<func::CallOp> calls) {
  for (func::CallOp writer : calls) {
    Value written = writer.getOperand(product(writer)->output);
    for (func::CallOp call : calls)
      for (OpOperand &operand : call->getOpOperands())
        if (operand.get() == written &&
            !product(call)->isByRow(operand.getOperandNumber()))
          return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

namespace {
/// An argument of the kernel that is made.
struct Argument {
  Value actual; ///< What the call passes.
  std::string name;
  bool isInner;
};

/// Buffers come first, then sizes, then scalars, as in every kernel.
int kindOf(Type type) {
  return isa<MemRefType>(type) ? 0 : type.isIndex() ? 1 : 2;
}

} // namespace

class ChunkKernel {
public:
  ChunkKernel(const ChunkedCalls &calls, int64_t chunk)
      : calls(calls), chunk(chunk), builder(calls.calls.front()),
        location(calls.calls.front()->getLoc()) {}

  /// The arguments, each actual value once.
  void collect(function_ref<const RowProduct &(func::CallOp)> productOf);
  ArrayRef<Argument> arguments() const { return list; }
  /// For each operand of each call the number of its argument.
  ArrayRef<int64_t> pattern() const { return numbers; }
  func::FuncOp build(StringRef name);

private:
  unsigned argumentFor(Value actual, StringRef name);
  void buildTurn(const RowProduct &product, ArrayRef<int64_t> operands,
                 Index first, Index count);
  Value chunkOf(Value view, Index first, Index count);

  const ChunkedCalls &calls;
  int64_t chunk;
  OpBuilder builder;
  Location location;
  SmallVector<const RowProduct *> products;
  SmallVector<Argument> list;
  SmallVector<int64_t> numbers;
  func::FuncOp function;
};

unsigned ChunkKernel::argumentFor(Value actual, StringRef name) {
  for (auto [number, known] : llvm::enumerate(list))
    if (areEqual(known.actual, actual))
      return number;
  std::string unique = name.str();
  auto isTaken = [&](StringRef text) {
    return llvm::any_of(
        list, [&](const Argument &known) { return known.name == text; });
  };
  for (unsigned count = 2; isTaken(unique); ++count)
    unique = (name + Twine(count)).str();
  bool isInner =
      llvm::is_contained(calls.inner, actual.getDefiningOp<kernel::BufferOp>());
  list.push_back({actual, unique, isInner});
  return list.size() - 1;
}

void ChunkKernel::collect(
    function_ref<const RowProduct &(func::CallOp)> productOf) {
  for (func::CallOp call : calls.calls) {
    const RowProduct &product = productOf(call);
    products.push_back(&product);
    auto names = product.kernel->getAttrOfType<ArrayAttr>("kernel.args");
    for (auto [number, operand] : llvm::enumerate(call.getOperands())) {
      bool isInner = llvm::is_contained(
          calls.inner, operand.getDefiningOp<kernel::BufferOp>());
      auto own = cast<StringAttr>(names[number]).getValue();
      numbers.push_back(argumentFor(operand, isInner ? "chunk" : own));
    }
  }
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(list.size()));
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::pair(kindOf(list[a].actual.getType()), a) <
           std::pair(kindOf(list[b].actual.getType()), b);
  });
  SmallVector<Argument> sorted;
  SmallVector<int64_t> newNumber(order.size());
  for (auto [number, old] : llvm::enumerate(order)) {
    sorted.push_back(list[old]);
    newNumber[old] = number;
  }
  list = std::move(sorted);
  for (int64_t &number : numbers)
    number = newNumber[number];
}

func::FuncOp ChunkKernel::build(StringRef name) {
  SmallVector<Type> types;
  SmallVector<Attribute> names;
  for (const Argument &argument : list) {
    types.push_back(argument.actual.getType());
    names.push_back(builder.getStringAttr(argument.name));
  }
  builder.setInsertionPoint(
      calls.calls.front()->getParentOfType<func::FuncOp>());
  function = func::FuncOp::create(builder, location, name,
                                  builder.getFunctionType(types, {}));
  function.setPrivate();
  function->setAttr(kernel::kernelAttrName, builder.getUnitAttr());
  function->setAttr("kernel.args", builder.getArrayAttr(names));
  builder.setInsertionPointToStart(function.addEntryBlock());

  auto value = [&](Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  };
  Index rows = products.front()->rows;
  if (auto own = dyn_cast<Value>(rows))
    rows = Value(
        function.getArgument(numbers[cast<BlockArgument>(own).getArgNumber()]));
  Index step = builder.getIndexAttr(chunk);
  Value end = value(rows);
  auto loop = scf::ForOp::create(
      builder, location, value(builder.getIndexAttr(0)), end, value(step));
  Index first = loop.getInductionVar(), count = step;
  builder.setInsertionPointToStart(loop.getBody());
  std::optional<int64_t> number = getConstantIntValue(rows);
  if (!number || *number % chunk != 0) {
    Value left = value(
        kernel::addSizes(builder, location, rows,
                         kernel::multiplySizes(builder, location, first,
                                               builder.getIndexAttr(-1))));
    count = Value(arith::MinSIOp::create(builder, location, left, value(step)));
  }
  ArrayRef<int64_t> operands = numbers;
  for (const RowProduct *product : products) {
    func::FuncOp own = product->kernel;
    unsigned many = own.getNumArguments();
    buildTurn(*product, operands.take_front(many), first, count);
    operands = operands.drop_front(many);
  }
  builder.setInsertionPointToEnd(&function.getBody().front());
  func::ReturnOp::create(builder, location);
  return function;
}

/// The product of `count` rows from `first` on.
void ChunkKernel::buildTurn(const RowProduct &product,
                            ArrayRef<int64_t> operands, Index first,
                            Index count) {
  IRMapping mapping;
  kernel::PanelProductOp original = product.product;
  func::FuncOp kernel = product.kernel;
  for (auto [argument, number] : llvm::zip(kernel.getArguments(), operands))
    mapping.map(argument, function.getArgument(number));
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (&op != original.getOperation())
      builder.clone(op, mapping);
  // What lies in the place of the output may be one view with it.
  llvm::SmallPtrSet<Value, 4> seen;
  auto byRow = [&](Value view) {
    if (seen.insert(view).second)
      mapping.map(view, chunkOf(mapping.lookup(view), first, count));
  };
  byRow(original.getLhs());
  byRow(original.getOutput());
  for (auto [extra, map] :
       llvm::zip(original.getExtras(),
                 original.getExtraMaps().getAsValueRange<AffineMapAttr>()))
    if (map.isFunctionOfDim(0))
      byRow(extra);
  builder.clone(*original, mapping);
}

/// The rows of a turn in `view`, by row, of an argument. Of an inner buffer
/// nothing else exists.
Value ChunkKernel::chunkOf(Value view, Index first, Index count) {
  memref::ReinterpretCastOp whole = viewOfArgument(view);
  auto argument = cast<BlockArgument>(whole.getSource());
  SmallVector<Index> sizes = whole.getMixedSizes();
  sizes[0] = count;
  if (list[argument.getArgNumber()].isInner)
    return kernel::viewAs(builder, location, whole.getSource(), sizes);
  SmallVector<Index> offsets = {first, builder.getIndexAttr(0)};
  SmallVector<Index> steps(2, builder.getIndexAttr(1));
  return memref::SubViewOp::create(builder, location, whole, offsets, sizes,
                                   steps);
}

//===----------------------------------------------------------------------===//
// Replacing calls
//===----------------------------------------------------------------------===//

func::FuncOp ChunkKernels::kernelFor(const ChunkedCalls &calls,
                                     ChunkKernel &kernel, int64_t rows) {
  Key key;
  key.second.assign(kernel.pattern().begin(), kernel.pattern().end());
  key.second.push_back(rows);
  SmallVector<StringRef> names, summaries;
  for (func::CallOp call : calls.calls) {
    func::FuncOp own = product(call)->kernel;
    key.first.push_back(own);
    names.push_back(own.getSymName());
    if (auto text = own->getAttrOfType<StringAttr>(kernel::summaryAttrName))
      summaries.push_back(text.getValue());
  }
  func::FuncOp &made = chunked[key];
  if (made)
    return made;
  std::string name = llvm::join(names, "_"), unique = name;
  for (unsigned number = 2; module.lookupSymbol(unique); ++number)
    unique = name + "_" + std::to_string(number);
  made = kernel.build(unique);
  std::string summary = llvm::join(summaries, ", then ") + ", by turns on " +
                        std::to_string(rows) + " rows";
  made->setAttr(kernel::summaryAttrName,
                StringAttr::get(module.getContext(), summary));
  return made;
}

void ChunkKernels::replace(const ChunkedCalls &calls, int64_t rows) {
  ChunkKernel kernel(calls, rows);
  kernel.collect(
      [&](func::CallOp call) -> const RowProduct & { return *product(call); });
  func::FuncOp made = kernelFor(calls, kernel, rows);
  OpBuilder builder(calls.calls.back());
  SmallVector<Value> operands;
  SmallVector<Location> locations;
  for (const Argument &argument : kernel.arguments())
    operands.push_back(argument.actual);
  for (func::CallOp call : calls.calls)
    locations.push_back(call.getLoc());
  func::CallOp::create(builder, builder.getFusedLoc(locations), made, operands);
  for (kernel::BufferOp buffer : calls.inner) {
    int64_t elements = rows * columnsOf(calls, buffer);
    buffer.setElements(elements);
    buffer.removeCountAttr();
  }
  for (func::CallOp call : calls.calls)
    call.erase();
}

int64_t ChunkKernels::columnsOf(const ChunkedCalls &calls,
                                kernel::BufferOp buffer) {
  for (func::CallOp call : calls.calls)
    for (OpOperand &operand : call->getOpOperands())
      if (operand.get() == buffer.getResult())
        return product(call)->columnsOf(operand.getOperandNumber());
  return 0;
}

void ChunkKernels::eraseUnused() {
  for (auto &[kernel, product] : products)
    if (product && SymbolTable::symbolKnownUseEmpty(kernel, module))
      kernel->erase();
  products.clear();
}

} // namespace lmcc
