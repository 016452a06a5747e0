//===- Schedule.cpp - The schedule of a model -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BodyPrinter.h"
#include "compiler/Emit/Forms.h"
#include "compiler/Emit/Program.h"

#include "dialects/Kernel/Kernel.h"
#include "dialects/Weight/Weight.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

/// Names of constants that hold the offsets of the weights, by symbol.
using OffsetNames = llvm::StringMap<std::string>;

static std::string elementType(Value buffer) {
  return memoryType(cast<MemRefType>(buffer.getType()).getElementType());
}

/// The names in a location: those of the ONNX nodes an operation comes from.
static void collectNames(Location location, SmallVector<StringRef> &names) {
  llvm::TypeSwitch<LocationAttr>(location)
      .Case([&](NameLoc named) {
        if (!llvm::is_contained(names, named.getName().getValue()))
          names.push_back(named.getName().getValue());
      })
      .Case([&](FusedLoc fused) {
        for (Location part : fused.getLocations())
          collectNames(part, names);
      })
      .Case([&](CallSiteLoc call) { collectNames(call.getCallee(), names); })
      .Default([](LocationAttr) {});
}

namespace {
class ScheduleBody : public BodyPrinter {
public:
  ScheduleBody(const Program &program, const OffsetNames &offsets, Lines &lines,
               Expressions &expressions, UniqueNames &names)
      : BodyPrinter(lines, expressions, names), program(program),
        offsets(offsets) {}

private:
  void printOther(Operation *operation) override {
    llvm::TypeSwitch<Operation *>(operation)
        .Case([&](kernel::SlotOp slot) { printSlot(slot); })
        .Case([&](kernel::ReleaseOp release) {
          auto slot = release.getSlot().getDefiningOp<kernel::SlotOp>();
          lines.statement(fmt::format("lmcc_rt::slot_ends({}, {});",
                                      expressions.of(slot.getResult()).text,
                                      slot.getBytes()));
        })
        .Case([&](weight::GetOp get) {
          expressions.define(
              get.getResult(),
              {fmt::format("weight<{}>(weights, {})", elementType(get),
                           offsets.lookup(get.getWeight()))});
        })
        .Case([&](func::CallOp call) { printCall(call); })
        .Case([&](kernel::RequireOp require) { printRequire(require); })
        .DefaultUnreachable("checked to have a form in schedules");
  }

  /// Named after the last ONNX node whose result it holds.
  void printSlot(kernel::SlotOp slot) {
    printNodes(slot.getLoc());
    SmallVector<StringRef> nodes;
    collectNames(slot.getLoc(), nodes);
    std::string name =
        names.pick(identifierOf(nodes.empty() ? "" : nodes.back(), "buffer"));
    lines.statement(fmt::format("{0} *const {1} = slot<{0}>(arena, {2}, {3});",
                                elementType(slot.getResult()), name,
                                slot.getOffset(), slot.getBytes()));
    expressions.define(slot.getResult(), {name});
  }

  /// The ONNX nodes that the following statements come from.
  void printNodes(Location location) {
    SmallVector<StringRef> nodes;
    collectNames(location, nodes);
    SmallVector<std::string> escaped;
    for (StringRef node : nodes)
      escaped.push_back(commentText(node));
    std::string comment = fmt::format("{}", fmt::join(escaped, " + "));
    if (!comment.empty() && comment != lastComment) {
      lines.blank();
      lines.comment(comment);
      lastComment = comment;
    }
  }

  void printCall(func::CallOp call) {
    printNodes(call.getLoc());
    SmallVector<std::string> arguments;
    for (Value operand : call.getOperands())
      arguments.push_back(expressions.of(operand).text);
    std::string text =
        fmt::format("{}({})", program.kernelNames.lookup(call.getCallee()),
                    fmt::join(arguments, ", "));
    if (call.getNumResults() == 0 || call.getResult(0).use_empty())
      lines.statement(text + ";");
    else
      declare(call.getResult(0), "valid", text);
  }

  void printRequire(kernel::RequireOp require) {
    lines.open(fmt::format(
        "if (!{})", expressions.of(require.getCondition()).as(Binding::Unary)));
    lines.statement(
        fmt::format("return {}_{};", program.macro,
                    kernel::stringifyStatus(require.getStatus()).upper()));
    lines.close();
  }

  const Program &program;
  const OffsetNames &offsets;
  std::string lastComment;
};
} // namespace

/// One constant per weight, in the order of the blob.
static std::string printOffsets(const Program &program, UniqueNames &names,
                                OffsetNames &offsets) {
  std::string text;
  if (!program.layout.sections.empty())
    text = "\n// Where the weights lie in the blob, in bytes.\n";
  for (const BlobSection &section : program.layout.sections) {
    weight::DataOp weight = section.weight;
    std::string name =
        names.pick("w_" + identifierOf(weight.getSymName(), "weight"));
    offsets[weight.getSymName()] = name;
    auto type = cast<RankedTensorType>(weight.getType());
    text += fmt::format("constexpr size_t {} = {}; // {} [{}]\n", name,
                        section.offset, elementName(type.getElementType()),
                        fmt::join(type.getShape(), ", "));
  }
  return text;
}

/// The parameters of `run`, in the order of the schedule's arguments.
static std::string parameters(const Program &program, UniqueNames &names,
                              Expressions &expressions, bool usesWeights,
                              bool usesArena) {
  const Contract &contract = program.contract;
  func::FuncOp schedule = contract.schedule;
  SmallVector<std::string> texts;
  auto add = [&](const std::string &type, const std::string &name,
                 bool isUsed) {
    texts.push_back(isUsed ? type + name : StringRef(type).rtrim().str());
  };
  add("const unsigned char *", "weights", usesWeights);
  add("unsigned char *", "arena", usesArena);
  unsigned next = 0;
  auto addArgument = [&](const std::string &type, const std::string &wanted) {
    BlockArgument argument = schedule.getArgument(next++);
    std::string name = names.pick(wanted);
    expressions.define(argument, {name});
    add(type, name, !argument.use_empty());
  };
  for (const FreeDim &dim : contract.dims)
    addArgument("size_t ", dim.identifier);
  for (const TensorContract &input : contract.inputs)
    addArgument("const " + elementType(schedule.getArgument(next)) + " *",
                input.identifier);
  for (const TensorContract &output : contract.outputs)
    addArgument(elementType(schedule.getArgument(next)) + " *",
                output.identifier);
  return fmt::format("{}", fmt::join(texts, ", "));
}

static constexpr StringRef weightHelper = R"(
template <typename T>
const T *weight(const unsigned char *weights, size_t offset) {
  return reinterpret_cast<const T *>(weights + offset);
}
)";

static constexpr StringRef slotHelper = R"(
template <typename T>
T *slot(unsigned char *arena, size_t offset, size_t bytes) {
  lmcc_rt::slot_begins(arena + offset, bytes);
  return reinterpret_cast<T *>(arena + offset);
}
)";

template <typename Op> static bool contains(func::FuncOp function) {
  return function.walk([](Op) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

std::string emit::printSchedule(const Program &program) {
  func::FuncOp schedule = program.contract.schedule;
  UniqueNames names;
  for (StringRef word : vocabulary())
    names.reserve(word);
  OffsetNames offsets;
  std::string offsetText = printOffsets(program, names, offsets);

  bool usesWeights = contains<weight::GetOp>(schedule);
  bool usesArena = contains<kernel::SlotOp>(schedule);
  Lines lines;
  Expressions expressions;
  lines.blank();
  lines.open(
      fmt::format("int32_t run({})", parameters(program, names, expressions,
                                                usesWeights, usesArena)));
  ScheduleBody(program, offsets, lines, expressions, names)
      .print(schedule.getBody().front());
  lines.statement(fmt::format("return {}_OK;", program.macro));
  lines.close();

  std::string text = licenseLine.str();
  text += fillIn("// The schedule of @m@ and its entry points, see @m@.h.\n\n"
                 "#include \"@m@.h\"\n"
                 "#include \"@m@_kernels.h\"\n"
                 "#include \"lmcc_rt.h\"\n\n"
                 "namespace {\n",
                 program);
  for (const std::string &name : expressions.usedNames())
    text += fmt::format("using lmcc_rt::{};\n", name);
  text += offsetText;
  if (usesWeights)
    text += weightHelper;
  if (usesArena)
    text += slotHelper;
  return text + lines.take() + printEntryPoints(program);
}
