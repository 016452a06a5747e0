//===- Kernel.cpp - Constraints of the kernel dialect ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/Kernel/KernelDialect.cpp.inc"
#include "dialects/Kernel/KernelEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.cpp.inc"

using namespace mlir;

namespace lmcc::kernel {

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Kernel/KernelAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelOps.cpp.inc"
      >();
}

SmallVector<func::FuncOp> schedulesOf(ModuleOp module) {
  SmallVector<func::FuncOp> found;
  for (StringRef name : {runName, prefillName, decodeName})
    if (auto schedule = module.lookupSymbol<func::FuncOp>(name))
      found.push_back(schedule);
  return found;
}

int64_t stateBytes(ModuleOp module, int64_t alignment) {
  int64_t bytes = 0;
  for (auto state : module.getOps<StateOp>()) {
    auto type = cast<MemRefType>(state.getType());
    int64_t width = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    bytes += llvm::alignTo(type.getNumElements() * width, alignment);
  }
  return bytes;
}

bool isWritten(func::FuncOp kernel, unsigned index) {
  Value argument = kernel.getArgument(index);
  return llvm::any_of(argument.getUsers(), [&](Operation *user) {
    // It says that it writes only to keep its place.
    if (isa<memref::PrefetchOp>(user))
      return false;
    auto effects = dyn_cast<MemoryEffectOpInterface>(user);
    return effects && effects.getEffectOnValue<MemoryEffects::Write>(argument);
  });
}

static MemRefType typeOf(Value value) {
  return cast<MemRefType>(value.getType());
}

static bool agree(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) || a == b;
}

/// The region's arguments and result, for both structured operations.
static LogicalResult verifyRegion(Operation *op, Region &region,
                                  TypeRange arguments, Type result) {
  Block &block = region.front();
  if (block.getArgumentTypes() != arguments)
    return op->emitOpError("region arguments do not match the operands");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValues().getTypes() != TypeRange{result})
    return op->emitOpError() << "region must yield one " << result;
  return success();
}

Type PanelProductOp::sumType() {
  if (getGroup())
    return Float32Type::get(getContext());
  return typeOf(getLhs()).getElementType();
}

int64_t PanelProductOp::panelWidth() {
  int64_t span = typeOf(getPanels()).getDimSize(2);
  if (!getGroup())
    return span / wordsOfColumn();
  // Of each column the bits of the numbers, and 16 or 32 for the scale.
  int64_t numbers = static_cast<int64_t>(*getGroup()) * numberBits();
  return span * 32 / (numbers + (getWideScales() ? 32 : 16));
}

int64_t PanelProductOp::wordsOfColumn() {
  return static_cast<int64_t>(getColumnWords().value_or(1));
}

static LogicalResult verifyStarts(PanelProductOp op) {
  MemRefType lhs = typeOf(op.getLhs()), panels = typeOf(op.getPanels());
  bool isOfWords = lhs.getElementType().isInteger(32);
  if (op.getGroup() && isOfWords && !op.getBytes() && !op.getStarts())
    return op.emitOpError("groups of words need starts");
  if (op.getStarts() && !isOfWords && !op.getZeros())
    return op.emitOpError("has starts for sums that are no integers");
  if (op.getStarts()) {
    MemRefType starts = typeOf(op.getStarts());
    if (starts.getElementType() != lhs.getElementType() ||
        starts.getRank() != 2 ||
        !agree(starts.getDimSize(0), lhs.getDimSize(0)) ||
        !agree(starts.getDimSize(1), op.getGroup() ? panels.getDimSize(1) : 1))
      return op.emitOpError()
             << "starts are "
             << (op.getGroup() ? "[rows, groups]" : "[rows, 1]")
             << (isOfWords ? " of i32, not " : " of f32, not ") << starts;
  }
  return success();
}

/// C9
static LogicalResult verifySigns(PanelProductOp op) {
  if (!op.getSigns())
    return success();
  MemRefType lhs = typeOf(op.getLhs()), signs = typeOf(op.getSigns());
  if (op.getGroup() || !op.getStarts())
    return op.emitOpError("has signs, which go with starts and no groups");
  if (!signs.getElementType().isSignlessInteger(32) || signs.getRank() != 2 ||
      !agree(signs.getDimSize(0), lhs.getDimSize(0)) ||
      !agree(signs.getDimSize(1), lhs.getDimSize(1)))
    return op.emitOpError()
           << "signs are i32 of the shape of lhs, not " << signs;
  return success();
}

/// C10
static LogicalResult verifyZeros(PanelProductOp op) {
  if (!op.getGroup() && (op.getZeros() || op.getBytes()))
    return op.emitOpError("has zeros or bytes without groups");
  if (!op.getZeros())
    return success();
  if (!op.getStarts())
    return op.emitOpError("has zeros, but no starts that they multiply");
  MemRefType zeros = typeOf(op.getZeros()), panels = typeOf(op.getPanels());
  if (zeros.getRank() != 3 || !zeros.getElementType().isSignlessInteger(8) ||
      !agree(zeros.getDimSize(0), panels.getDimSize(0)) ||
      !agree(zeros.getDimSize(1), panels.getDimSize(1)) ||
      zeros.getDimSize(2) != op.panelWidth() || !zeros.isLastDimUnitStride())
    return op.emitOpError() << "zeros are [count, groups, " << op.panelWidth()
                            << "] of i8, not " << zeros;
  return success();
}

/// C11
static LogicalResult verifyColumnWords(PanelProductOp op) {
  if (!op.getColumnWords())
    return success();
  int64_t words = op.wordsOfColumn();
  MemRefType panels = typeOf(op.getPanels());
  if (!panels.getElementType().isSignlessInteger(32) || op.getGroup() ||
      op.getStarts() || op.getFullRange() || op.getContinues())
    return op.emitOpError("has words of columns, which are those of weights, "
                          "without groups, and start at 0");
  if (words <= 0 || panels.getDimSize(2) % words != 0)
    return op.emitOpError() << "has panels of " << panels.getDimSize(2)
                            << " words, of columns with " << words << " each";
  return success();
}

/// C12
static LogicalResult verifyOrder(PanelProductOp op) {
  if (!op.getOrder())
    return success();
  MemRefType panels = typeOf(op.getPanels()), order = typeOf(op.getOrder());
  if (!panels.getElementType().isSignlessInteger(32) || op.getGroup() ||
      op.getColumnWords() || op.getFullRange() ||
      (op.getStarts() && !op.getSigns()))
    return op.emitOpError("has an order, which is that of words of weights, "
                          "without groups, and without starts or with signs");
  bool hasSteps = panels.isDynamicDim(1) || order.getRank() != 2 ||
                  agree(order.getDimSize(1), panels.getDimSize(1) + 1);
  if (!order.getElementType().isSignlessInteger(16) || order.getRank() != 2 ||
      !agree(order.getDimSize(0), panels.getDimSize(0)) || !hasSteps ||
      !order.isLastDimUnitStride())
    return op.emitOpError()
           << "orders are [count, 1 + depth] of i16, not " << order;
  return success();
}

/// C8, C10, C11, and the sizes of C1 that depend on groups and words.
static LogicalResult verifyGroups(PanelProductOp op) {
  if (failed(verifyColumnWords(op)) || failed(verifyStarts(op)) ||
      failed(verifyZeros(op)))
    return failure();
  MemRefType lhs = typeOf(op.getLhs()), panels = typeOf(op.getPanels());
  int64_t stepsOfPanel = op.wordsOfColumn();
  if (op.getGroup()) {
    int64_t group = *op.getGroup();
    stepsOfPanel = lhs.getElementType().isF32() ? group : group / 4;
    if (group <= 0 || group % 16 != 0)
      return op.emitOpError()
             << "has groups of " << group << " steps, no multiple of 16";
    if (op.panelWidth() % 2 != 0)
      return op.emitOpError() << "has panels of " << op.panelWidth()
                              << " columns, an odd number";
  }
  if (!lhs.isDynamicDim(1) && !panels.isDynamicDim(1) &&
      lhs.getDimSize(1) != panels.getDimSize(1) * stepsOfPanel)
    return op.emitOpError()
           << "depth is " << lhs.getDimSize(1) << " in lhs and "
           << panels.getDimSize(1) << " in panels";
  return success();
}

static bool canMultiply(Type lhs, Type panels, bool inGroups) {
  bool isOfWords = panels.isSignlessInteger(32);
  if (lhs.isF32())
    return inGroups ? isOfWords
                    : panels.isF32() || panels.isF16() ||
                          panels.isSignlessInteger(8);
  return lhs.isSignlessInteger(32) && isOfWords;
}

LogicalResult PanelProductOp::verify() {
  MemRefType lhs = typeOf(getLhs()), panels = typeOf(getPanels()),
             output = typeOf(getOutput());
  // C1
  if (lhs.getRank() != 2 || panels.getRank() != 3 || output.getRank() != 2 ||
      panels.isDynamicDim(2) || panels.getDimSize(2) == 0)
    return emitOpError("multiplies [rows, depth] by [count, depth, width] into "
                       "[rows, columns], with a number as width");
  if (failed(verifyGroups(*this)) || failed(verifySigns(*this)) ||
      failed(verifyOrder(*this)))
    return failure();
  if (!agree(lhs.getDimSize(0), output.getDimSize(0)))
    return emitOpError() << "lhs has " << lhs.getDimSize(0)
                         << " rows, the output " << output.getDimSize(0);
  // C2
  if (!output.isDynamicDim(1) && !panels.isDynamicDim(0) &&
      panels.getDimSize(0) !=
          llvm::divideCeilSigned(output.getDimSize(1), panelWidth()))
    return emitOpError() << output.getDimSize(1) << " columns do not fill "
                         << panels.getDimSize(0) << " panels of "
                         << panelWidth();
  // C3
  for (MemRefType type : {panels, output})
    if (!type.isLastDimUnitStride())
      return emitOpError() << type << " is not contiguous along its last axis";
  // C4
  SmallVector<Type> arguments = {sumType()};
  if (getExtraMaps().size() != getExtras().size())
    return emitOpError() << getExtras().size() << " extras with "
                         << getExtraMaps().size() << " maps";
  for (auto [extra, map] : llvm::zip(
           getExtras(), getExtraMaps().getAsValueRange<AffineMapAttr>())) {
    if (map.getNumDims() != 2 || map.getNumSymbols() != 0 ||
        map.getNumResults() != typeOf(extra).getRank() ||
        !map.isProjectedPermutation())
      return emitOpError() << "map " << AffineMapAttr::get(map)
                           << " does not address " << extra.getType();
    arguments.push_back(typeOf(extra).getElementType());
  }
  // C5
  if (failed(verifyRegion(*this, getEpilogue(), arguments,
                          output.getElementType())))
    return failure();
  // C6
  if (getAhead()) {
    MemRefType ahead = typeOf(getAhead());
    if (ahead.getRank() != 2 || !ahead.isLastDimUnitStride() ||
        ahead.isDynamicDim(1) ||
        !agree(ahead.getDimSize(0), panels.getDimSize(1)))
      return emitOpError() << "ahead has a contiguous row for each step of the "
                              "panels, not "
                           << ahead;
  }
  // C7
  if (!canMultiply(lhs.getElementType(), panels.getElementType(),
                   getGroup().has_value()))
    return emitOpError() << "multiplies f32, or words of bytes as i32, not "
                         << lhs.getElementType() << " and "
                         << panels.getElementType();
  if (getContinues() && (output.getElementType() != sumType() || getGroup()))
    return emitOpError() << "sums in " << sumType() << " cannot continue from "
                         << output.getElementType();
  return success();
}

LogicalResult Dot8Op::verify() {
  // C2
  if (getRowBytes() != RowBytes::signed_rows &&
      getRowBytes() != RowBytes::small_rows)
    return emitOpError() << "has rows that are neither signed nor small, but "
                         << stringifyRowBytes(getRowBytes());
  return success();
}

LogicalResult NarrowOp::verify() {
  // C1
  int64_t lanes = cast<VectorType>(getA().getType()).getNumElements();
  auto result = cast<VectorType>(getResult().getType());
  if (result.getNumElements() != 4 * lanes)
    return emitOpError() << "makes " << 4 * lanes << " bytes, not " << result;
  return success();
}

LogicalResult RowReduceOp::verify() {
  // C1
  SmallVector<Type> arguments;
  for (Value row : getRows()) {
    if (typeOf(row).getRank() != 1)
      return emitOpError() << row.getType() << " is not a row";
    arguments.push_back(typeOf(row).getElementType());
  }
  if (arguments.empty())
    return emitOpError("needs at least one row");
  // C2
  if (failed(verifyRegion(*this, getElement(), arguments, getType())))
    return failure();
  // C3
  if (getType().isInteger(32) && getReduction() != RowReduction::max &&
      getReduction() != RowReduction::sum)
    return emitOpError("of integers has a sum and a maximum only");
  return success();
}

LogicalResult WordsOp::verify() {
  MemRefType bytes = getBuffer().getType(), words = getType();
  // C1
  if (!bytes.getLayout().isIdentity())
    return emitOpError() << bytes << " is no flat buffer";
  // C2
  if (!words.getLayout().isIdentity() || !words.isDynamicDim(0))
    return emitOpError() << "words are memref<?xi32>, not " << words;
  return success();
}

Value WordsOp::getViewSource() { return getBuffer(); }

LogicalResult BufferOp::verify() {
  // C1
  if (getElementsAttr().getInt() < 0)
    return emitOpError() << "cannot have " << getElementsAttr().getInt()
                         << " elements";
  // C2
  if (cast<MemRefType>(getType()).getRank() != 1)
    return emitOpError() << "is a flat buffer, not " << getType();
  // C3
  if (std::optional<AffineMap> count = getCount();
      count && (count->getNumDims() != 0 || count->getNumResults() != 1))
    return emitOpError() << AffineMapAttr::get(*count)
                         << " is not one expression over symbols";
  return success();
}

LogicalResult SlotOp::verify() {
  // C1
  if (getOffsetAttr().getInt() < 0 || getBytesAttr().getInt() < 0)
    return emitOpError() << "offset " << getOffsetAttr().getInt()
                         << " and size " << getBytesAttr().getInt()
                         << " must not be negative";
  // C2
  if (cast<MemRefType>(getType()).getRank() != 1)
    return emitOpError() << "a slot is a flat buffer, not " << getType();
  return success();
}

LogicalResult ReleaseOp::verify() {
  // C1
  if (!startOf(getSlot()).getDefiningOp<SlotOp>())
    return emitOpError("ends the life of something that is no slot");
  return success();
}

LogicalResult StateOp::verify() {
  // C1
  auto type = cast<MemRefType>(getType());
  if (type.getRank() != 1 || !type.hasStaticShape())
    return emitOpError() << "is a flat buffer of a number of elements, not "
                         << type;
  return success();
}

LogicalResult GetStateOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // C1
  auto state = symbols.lookupNearestSymbolFrom<StateOp>(*this, getStateAttr());
  if (!state)
    return emitOpError() << "there is no kernel.state " << getStateAttr();
  // C2
  auto type = cast<MemRefType>(getType());
  if (type.getRank() != 1 ||
      type.getElementType() !=
          cast<MemRefType>(state.getType()).getElementType())
    return emitOpError() << "is a flat buffer of the elements of "
                         << state.getType() << ", not " << type;
  return success();
}

LogicalResult FinishWithoutOp::verify() {
  // C1
  if (!isa<BlockArgument>(getOutput()))
    return emitOpError("looks at something that the caller has not passed");
  return success();
}

LogicalResult RequireOp::verify() {
  // C1
  if (getStatus() == Status::ok)
    return emitOpError("a failed call cannot end with status ok");
  return success();
}

//===----------------------------------------------------------------------===//
// Loops over layers
//===----------------------------------------------------------------------===//

static OpOperand *startIn(Value value) {
  if (auto result = dyn_cast<OpResult>(value)) {
    auto loop = dyn_cast<scf::ForOp>(result.getOwner());
    return loop ? loop.getTiedLoopInit(result) : nullptr;
  }
  auto argument = cast<BlockArgument>(value);
  auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
  return loop ? loop.getTiedLoopInit(argument) : nullptr;
}

Value startOf(Value value) {
  while (OpOperand *start = startIn(value))
    value = start->get();
  return value;
}

LogicalResult PickOp::verify() {
  // C1
  for (Value value : getValues())
    if (value.getType() != getType())
      return emitOpError() << "picks " << getType() << " from "
                           << value.getType();
  // C2
  auto layer = dyn_cast<BlockArgument>(getLayer());
  auto loop = layer ? dyn_cast<scf::ForOp>(layer.getOwner()->getParentOp())
                    : scf::ForOp();
  int64_t count = getValues().size();
  if (!loop || layer != loop.getInductionVar() ||
      !isConstantIntValue(loop.getLowerBound(), 0) ||
      !isConstantIntValue(loop.getStep(), 1) ||
      !isConstantIntValue(loop.getUpperBound(), count))
    return emitOpError() << "needs a loop that counts from 0 to its " << count
                         << " values in steps of 1";
  // C3
  if (!llvm::all_of(getValues(), [&](Value value) {
        return loop.isDefinedOutsideOfLoop(value);
      }))
    return emitOpError("picks from values that its loop makes");
  return success();
}

void PickOp::print(OpAsmPrinter &printer) {
  printer << " " << getLayer() << " of " << getValues();
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getType();
}

ParseResult PickOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand layer;
  SmallVector<OpAsmParser::UnresolvedOperand> values;
  Type type;
  if (parser.parseOperand(layer) || parser.parseKeyword("of") ||
      parser.parseOperandList(values) ||
      parser.parseOptionalAttrDict(state.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperand(layer, parser.getBuilder().getIndexType(),
                            state.operands) ||
      parser.resolveOperands(values, type, state.operands))
    return failure();
  state.addTypes(type);
  return success();
}

} // namespace lmcc::kernel
