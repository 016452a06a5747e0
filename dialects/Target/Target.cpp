//===- Target.cpp - Machines and their records ----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Target/Target.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include "dialects/Target/TargetDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Target/TargetAttributes.cpp.inc"

using namespace mlir;

namespace lmcc::target {

void TargetDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Target/TargetAttributes.cpp.inc"
      >();
}

LogicalResult MachineAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  StringAttr name, unsigned vectorBits,
                                  unsigned tileRows, unsigned panelColumns,
                                  unsigned depthBlock, unsigned alignment,
                                  unsigned prefetchBytes, unsigned depthStep,
                                  bool unsignedRows, bool splitRows,
                                  bool sumsLanes) {
  // C1
  if (!llvm::isPowerOf2_32(vectorBits) || vectorBits < 32 || vectorBits > 2048)
    return emitError() << "vectors of " << vectorBits << " bits do not exist";
  // C2
  if (panelColumns == 0 || panelColumns % (vectorBits / 32) != 0)
    return emitError() << "panels of " << panelColumns
                       << " columns are no multiple of " << vectorBits / 32
                       << " lanes";
  // C3
  if (!llvm::isPowerOf2_32(alignment))
    return emitError() << "alignment " << alignment << " is no power of two";
  // C4
  if (tileRows == 0 || depthBlock == 0)
    return emitError() << "a tile needs at least one row and one step of depth";
  // C5
  if (prefetchBytes % 4 != 0)
    return emitError() << "a prefetch of " << prefetchBytes
                       << " bytes brings no whole elements";
  // C6
  if (depthStep == 0)
    return emitError() << "a turn of the loop over the depth takes no step";
  // C7
  if (unsignedRows && splitRows)
    return emitError() << "rows of bytes are unsigned or split, not both";
  // C8
  if (sumsLanes && (vectorBits == 32 || unsignedRows || splitRows))
    return emitError()
           << "sums of lanes are those of vectors, with signed rows";
  return success();
}

using Words = ArrayRef<StringRef>;

ArrayRef<Record> records() {
#include "dialects/Target/Targets.inc"
  return table;
}

const Record *findRecord(StringRef name) {
  ArrayRef<Record> all = records();
  const Record *record = llvm::find_if(
      all, [&](const Record &candidate) { return candidate.name == name; });
  return record == all.end() ? nullptr : record;
}

MachineAttr machineOf(const Record &record, MLIRContext *context) {
  return MachineAttr::get(
      context, StringAttr::get(context, record.name), record.vectorBits,
      record.tileRows, record.panelColumns, record.depthBlock,
      record.alignmentBytes, record.prefetchBytes, record.depthStep,
      record.unsignedRows, record.splitRows, record.sumsLanes);
}

MachineAttr machineFor(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  if (module)
    if (auto machine = module->getAttrOfType<MachineAttr>(machineAttrName))
      return machine;
  return machineOf(*findRecord("generic-c++"), op->getContext());
}

} // namespace lmcc::target
