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

/// Names of constants that hold the offsets of weights and state, by symbol.
struct Offsets {
  llvm::StringMap<std::string> weights, state;
};

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
  ScheduleBody(const Program &program, const Offsets &offsets, Lines &lines,
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
                           offsets.weights.lookup(get.getWeight()))});
        })
        .Case([&](kernel::GetStateOp get) {
          expressions.define(
              get.getResult(),
              {fmt::format("kept<{}>(state, {})", elementType(get.getResult()),
                           offsets.state.lookup(get.getState()))});
        })
        .Case([&](func::CallOp call) { printCall(call); })
        .Case([&](kernel::RequireOp require) { printRequire(require); })
        .Case([&](kernel::FinishWithoutOp finish) { printFinish(finish); })
        .DefaultUnreachable("checked to have a form in schedules");
  }

  /// Named after the last ONNX node whose result it holds.
  void printSlot(kernel::SlotOp slot) {
    printNodes(slot.getLoc());
    std::string type = elementType(slot.getResult());
    namePointer(slot.getResult(), slot.getLoc(),
                fmt::format("slot<{}>(arena, {}, {})", type, slot.getOffset(),
                            slot.getBytes()));
  }

  void namePointer(Value buffer, Location location, const std::string &from) {
    SmallVector<StringRef> nodes;
    collectNames(location, nodes);
    std::string name =
        names.pick(identifierOf(nodes.empty() ? "" : nodes.back(), "buffer"));
    lines.statement(
        fmt::format("{} *const {} = {};", elementType(buffer), name, from));
    expressions.define(buffer, {name});
  }

  /// A call may leave its result where an operand was; what follows sees it
  /// under the name of its own node.
  void renameOverwritten(func::CallOp call) {
    auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        call, call.getCalleeAttr());
    for (OpOperand &operand : call->getOpOperands()) {
      auto slot = operand.get().getDefiningOp<kernel::SlotOp>();
      if (!slot || !kernel::isWritten(kernel, operand.getOperandNumber()) ||
          filled.insert(slot).second || slot->getBlock() != call->getBlock())
        continue;
      namePointer(slot.getResult(), call.getLoc(),
                  expressions.of(slot.getResult()).text);
    }
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
    renameOverwritten(call);
  }

  void printRequire(kernel::RequireOp require) {
    lines.open(fmt::format(
        "if (!{})", expressions.of(require.getCondition()).as(Binding::Unary)));
    lines.statement(
        fmt::format("return {}_{};", program.macro,
                    kernel::stringifyStatus(require.getStatus()).upper()));
    lines.close();
  }

  void printFinish(kernel::FinishWithoutOp finish) {
    std::string output = expressions.of(finish.getOutput()).text;
    lines.blank();
    lines.comment("All that follows computes " + output + ".");
    lines.open(fmt::format("if ({} == nullptr)", output));
    lines.statement(fmt::format("return {}_OK;", program.macro));
    lines.close();
  }

  const Program &program;
  const Offsets &offsets;
  /// Slots that a call has written to.
  llvm::DenseSet<Operation *> filled;
  std::string lastComment;
};
} // namespace

/// One constant per weight, in the order of the blob.
static std::string printOffsets(const Program &program, UniqueNames &names,
                                Offsets &offsets) {
  std::string text;
  if (!program.layout.sections.empty())
    text = "\n// Where the weights lie in the blob, in bytes.\n";
  for (const BlobSection &section : program.layout.sections) {
    weight::DataOp weight = section.weight;
    std::string name =
        names.pick("w_" + identifierOf(weight.getSymName(), "weight"));
    offsets.weights[weight.getSymName()] = name;
    auto type = cast<RankedTensorType>(weight.getType());
    text += fmt::format("constexpr size_t {} = {}; // {} [{}]\n", name,
                        section.offset, elementName(type.getElementType()),
                        fmt::join(type.getShape(), ", "));
  }
  return text;
}

/// One constant per state.
static std::string printStateOffsets(const Program &program, UniqueNames &names,
                                     Offsets &offsets) {
  std::string text;
  if (!program.state.empty())
    text = "\n// Where the state lies in its memory, in bytes.\n";
  for (const StateSection &section : program.state) {
    kernel::StateOp state = section.state;
    std::string name =
        names.pick("s_" + identifierOf(state.getSymName(), "state"));
    offsets.state[state.getSymName()] = name;
    auto type = cast<MemRefType>(state.getType());
    text += fmt::format("constexpr size_t {} = {}; // {} {}\n", name,
                        section.offset, elementName(type.getElementType()),
                        commentText(state.getSummary()));
  }
  return text;
}

template <typename Op> static bool contains(func::FuncOp function) {
  return function.walk([](Op) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// The parameters of a schedule, in the order of its arguments.
static std::string parameters(const Contract &contract, UniqueNames &names,
                              Expressions &expressions) {
  func::FuncOp schedule = contract.schedule;
  SmallVector<std::string> texts;
  auto add = [&](const std::string &type, const std::string &name,
                 bool isUsed) {
    texts.push_back(isUsed ? type + name : StringRef(type).rtrim().str());
  };
  add("const unsigned char *", "weights", contains<weight::GetOp>(schedule));
  add("unsigned char *", "arena", contains<kernel::SlotOp>(schedule));
  if (contract.capacity)
    add("unsigned char *", "state", contains<kernel::GetStateOp>(schedule));
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

/// A function with the name of the schedule; `names` are those around it.
static void printSchedule(const Program &program, const Contract &contract,
                          const Offsets &offsets, UniqueNames names,
                          Lines &lines, Expressions &expressions) {
  func::FuncOp schedule = contract.schedule;
  lines.blank();
  lines.open(fmt::format("int32_t {}({})", schedule.getSymName().str(),
                         parameters(contract, names, expressions)));
  ScheduleBody(program, offsets, lines, expressions, names)
      .print(schedule.getBody().front());
  lines.statement(fmt::format("return {}_OK;", program.macro));
  lines.close();
}

static constexpr StringRef weightHelper = R"(
template <typename T>
const T *weight(const unsigned char *weights, size_t offset) {
  return reinterpret_cast<const T *>(weights + offset);
}
)";

static constexpr StringRef stateHelper = R"(
template <typename T>
T *kept(unsigned char *state, size_t offset) {
  return reinterpret_cast<T *>(state + offset);
}
)";

static constexpr StringRef slotHelper = R"(
template <typename T>
T *slot(unsigned char *arena, size_t offset, size_t bytes) {
  lmcc_rt::slot_begins(arena + offset, bytes);
  return reinterpret_cast<T *>(arena + offset);
}
)";

template <typename Op> static bool anyContains(const Program &program) {
  return llvm::any_of(program.schedules, [](const Contract &contract) {
    return contains<Op>(contract.schedule);
  });
}

std::string emit::printSchedules(const Program &program) {
  UniqueNames names;
  for (StringRef word : vocabulary())
    names.reserve(word);
  Offsets offsets;
  std::string offsetText = printOffsets(program, names, offsets) +
                           printStateOffsets(program, names, offsets);

  Lines lines;
  Expressions expressions;
  for (const Contract &contract : program.schedules)
    printSchedule(program, contract, offsets, names, lines, expressions);

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
  if (anyContains<weight::GetOp>(program))
    text += weightHelper;
  if (anyContains<kernel::SlotOp>(program))
    text += slotHelper;
  if (anyContains<kernel::GetStateOp>(program))
    text += stateHelper;
  return text + lines.take() + printEntryPoints(program);
}
