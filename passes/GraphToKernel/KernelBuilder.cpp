//===- KernelBuilder.cpp - One kernel while it is built -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/KernelBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace lmcc {

Type bufferElement(Type graphElement) {
  if (auto integer = dyn_cast<IntegerType>(graphElement))
    return IntegerType::get(integer.getContext(), integer.getWidth());
  return graphElement;
}

KernelBuilder::KernelBuilder(Location location, const graph::DimSpace &space)
    : builder(space.getContext()), where(location), dims(space) {
  function = func::FuncOp::create(builder, location, "kernel",
                                  builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

KernelBuilder::~KernelBuilder() {
  if (function)
    function.erase();
}

Value KernelBuilder::argument(Type type, StringRef name, Actual actual) {
  std::string unique = name.str();
  for (unsigned number = 2; llvm::is_contained(names, unique); ++number)
    unique = (name + Twine(number)).str();
  passed.push_back(actual);
  names.push_back(unique);
  return function.getBody().front().addArgument(type, where);
}

Value KernelBuilder::buffer(Value actual, StringRef role) {
  Block &entry = function.getBody().front();
  for (auto [number, known] : llvm::enumerate(passed))
    if (known.buffer == actual)
      return entry.getArgument(number);
  return argument(actual.getType(), role, {actual, {}, {}});
}

Value KernelBuilder::words(Value actual, StringRef role) {
  return kernel::WordsOp::create(
      builder, where,
      MemRefType::get({ShapedType::kDynamic}, builder.getI32Type()),
      buffer(actual, role));
}

OpFoldResult KernelBuilder::size(AffineExpr expression, StringRef role) {
  expression = dims.simplify(expression);
  if (auto constant = dyn_cast<AffineConstantExpr>(expression))
    return number(constant.getValue());
  Block &entry = function.getBody().front();
  for (auto [position, known] : llvm::enumerate(passed))
    if (known.size == expression)
      return entry.getArgument(position);
  return argument(builder.getIndexType(), role, {{}, expression, {}});
}

SmallVector<OpFoldResult> KernelBuilder::sizes(ArrayRef<AffineExpr> list) {
  return llvm::map_to_vector(list, [&](AffineExpr one) { return size(one); });
}

Value KernelBuilder::scalar(TypedAttr value, StringRef role) {
  return argument(value.getType(), role, {{}, {}, value});
}

Value KernelBuilder::view(Value buffer, ArrayRef<AffineExpr> shape) {
  return kernel::viewAs(builder, where, buffer, sizes(shape));
}

Value KernelBuilder::broadcastView(Value buffer, ArrayRef<AffineExpr> shape,
                                   ArrayRef<bool> present) {
  SmallVector<Index> steps(shape.size(), number(0));
  Index step = number(1);
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (!present[axis])
      continue;
    steps[axis] = step;
    step = kernel::multiplySizes(builder, where, step, size(shape[axis]));
  }
  return kernel::viewAs(builder, where, buffer, sizes(shape), steps);
}

Value KernelBuilder::stridedView(Value buffer, ArrayRef<AffineExpr> shape,
                                 ArrayRef<AffineExpr> strides,
                                 AffineExpr offset) {
  Index first = offset ? size(offset) : number(0);
  return kernel::viewAt(builder, where, {buffer, first}, sizes(shape),
                        sizes(strides));
}

Value KernelBuilder::localArray(ArrayRef<int64_t> shape, Type element) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&function.getBody().front());
  auto type = MemRefType::get(shape, element ? element : builder.getF32Type());
  return memref::AllocaOp::create(builder, where, type);
}

Value KernelBuilder::value(Index index) {
  return getValueOrCreateConstantIndexOp(builder, where, index);
}

static TypedAttr attribute(Type element, double value) {
  if (isa<FloatType>(element))
    return FloatAttr::get(element, value);
  return IntegerAttr::get(element, static_cast<int64_t>(value));
}

Value KernelBuilder::constant(Type element, double value) {
  return arith::ConstantOp::create(builder, where, attribute(element, value));
}

void KernelBuilder::loop(Index size, function_ref<void(Index)> content) {
  if (getConstantIntValue(size) == 1) {
    content(number(0));
    return;
  }
  auto forOp = scf::ForOp::create(builder, where, value(number(0)), value(size),
                                  value(number(1)));
  OpBuilder::InsertionGuard inner(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  content(forOp.getInductionVar());
}

void KernelBuilder::loop(Index from, Index to, int64_t step,
                         function_ref<void(Index)> content) {
  if (isEqualConstantIntOrValue(from, to))
    return;
  auto forOp = scf::ForOp::create(builder, where, value(from), value(to),
                                  value(number(step)));
  OpBuilder::InsertionGuard inner(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  content(forOp.getInductionVar());
}

void KernelBuilder::loops(ArrayRef<Index> sizes,
                          function_ref<void(ArrayRef<Index>)> content) {
  SmallVector<Index> place;
  std::function<void()> descend = [&] {
    if (place.size() == sizes.size()) {
      content(place);
      return;
    }
    loop(sizes[place.size()], [&](Index at) {
      place.push_back(at);
      descend();
      place.pop_back();
    });
  };
  descend();
}

Value KernelBuilder::load(Value view, ArrayRef<Index> place) {
  return memref::LoadOp::create(
      builder, where, view,
      getValueOrCreateConstantIndexOp(builder, where, place));
}

void KernelBuilder::store(Value element, Value view, ArrayRef<Index> place) {
  memref::StoreOp::create(
      builder, where, element, view,
      getValueOrCreateConstantIndexOp(builder, where, place));
}

void KernelBuilder::map(ValueRange inputs, Value output, Element element) {
  unsigned rank = cast<MemRefType>(output.getType()).getRank();
  linalg::GenericOp::create(
      builder, where, inputs, output,
      SmallVector<AffineMap>(inputs.size() + 1,
                             builder.getMultiDimIdentityMap(rank)),
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &inner, Location, ValueRange elements) {
        linalg::YieldOp::create(
            inner, where, element(inner, elements.take_front(inputs.size())));
      });
}

void KernelBuilder::fill(Value output, double value) {
  Type element = cast<MemRefType>(output.getType()).getElementType();
  map({}, output, [&](OpBuilder &inner, ValueRange) -> Value {
    return arith::ConstantOp::create(inner, where, attribute(element, value));
  });
}

Value KernelBuilder::reduceRow(kernel::RowReduction reduction, ValueRange rows,
                               Element element, Type type) {
  auto op = kernel::RowReduceOp::create(
      builder, where, type ? type : builder.getF32Type(), reduction, rows);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> elements;
  for (Value row : rows)
    elements.push_back(cast<MemRefType>(row.getType()).getElementType());
  Block *block = builder.createBlock(&op.getElement(), {}, elements,
                                     SmallVector<Location>(rows.size(), where));
  kernel::YieldOp::create(builder, where,
                          element(builder, block->getArguments()));
  return op.getResult();
}

Value KernelBuilder::part(Value view, ArrayRef<Index> offsets,
                          ArrayRef<Index> sizes) {
  SmallVector<Index> lengths, steps(offsets.size(), number(1));
  for (Index size : sizes)
    lengths.push_back(size ? size : number(1));
  auto source = cast<MemRefType>(view.getType());
  auto whole = cast<MemRefType>(
      memref::SubViewOp::inferResultType(source, offsets, lengths, steps));
  // Which axes are dropped does not follow from the sizes where others have
  // size 1 as well, so the strides of the kept ones are taken here.
  auto [allStrides, offset] = whole.getStridesAndOffset();
  SmallVector<int64_t> kept, strides;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    if (!size)
      continue;
    kept.push_back(whole.getDimSize(axis));
    strides.push_back(allStrides[axis]);
  }
  auto type = MemRefType::get(
      kept, source.getElementType(),
      StridedLayoutAttr::get(builder.getContext(), offset, strides));
  return memref::SubViewOp::create(builder, where, type, view, offsets, lengths,
                                   steps);
}

/// Arguments came into being as the body asked for them; a reader expects
/// buffers, then sizes, then scalars.
void KernelBuilder::sortArguments() {
  Block &entry = function.getBody().front();
  auto rank = [&](unsigned number) {
    return passed[number].buffer ? 0 : passed[number].size ? 1 : 2;
  };
  auto order = llvm::to_vector(llvm::seq<unsigned>(0, passed.size()));
  std::sort(order.begin(), order.end(), [&](unsigned a, unsigned b) {
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  SmallVector<Actual> sortedActuals;
  SmallVector<std::string> sortedNames;
  for (unsigned number : order) {
    BlockArgument old = entry.getArgument(number);
    old.replaceAllUsesWith(entry.addArgument(old.getType(), where));
    sortedActuals.push_back(passed[number]);
    sortedNames.push_back(names[number]);
  }
  entry.eraseArguments(0, order.size());
  passed = std::move(sortedActuals);
  names = std::move(sortedNames);
}

func::FuncOp KernelBuilder::finish(Value result) {
  if (result)
    func::ReturnOp::create(builder, where, result);
  else
    func::ReturnOp::create(builder, where);
  sortArguments();
  Block &entry = function.getBody().front();
  SmallVector<Type> results;
  if (result)
    results.push_back(result.getType());
  function.setFunctionType(
      builder.getFunctionType(entry.getArgumentTypes(), results));
  function.setPrivate();
  function->setAttr(kernel::kernelAttrName, builder.getUnitAttr());
  function->setAttr("kernel.args",
                    builder.getStrArrayAttr(
                        SmallVector<StringRef>(names.begin(), names.end())));
  func::FuncOp done = function;
  function = {};
  return done;
}

} // namespace lmcc
