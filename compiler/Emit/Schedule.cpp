//===- Schedule.cpp - The schedule of a model -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BodyPrinter.h"
#include "compiler/Emit/Forms.h"
#include "compiler/Emit/LayerTensors.h"
#include "compiler/Emit/Offsets.h"

#include "dialects/Kernel/LayerNames.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

static std::string elementType(Value buffer) {
  return memoryType(cast<MemRefType>(buffer.getType()).getElementType());
}

namespace {
class ScheduleBody : public BodyPrinter {
public:
  ScheduleBody(const Program &program, const Contract &contract,
               const Offsets &offsets, Lines &lines, Expressions &expressions,
               UniqueNames &names)
      : BodyPrinter(lines, expressions, names), program(program),
        contract(contract), offsets(offsets) {}

private:
  void printOther(Operation *operation) override {
    llvm::TypeSwitch<Operation *>(operation)
        .Case([&](kernel::SlotOp slot) { printSlot(slot); })
        .Case([&](kernel::ReleaseOp release) {
          auto slot = kernel::startOf(release.getSlot())
                          .getDefiningOp<kernel::SlotOp>();
          lines.statement(fmt::format("lmcc_rt::slot_ends({}, {});",
                                      expressions.of(release.getSlot()).text,
                                      slot.getBytes()));
        })
        .Case<weight::GetOp, kernel::GetStateOp>([&](auto get) {
          // Those that loops pick have no names, and are not printed.
          bool isNamed = !llvm::all_of(get->getUsers(), [](Operation *user) {
            return isa<kernel::PickOp>(user);
          });
          if (isNamed)
            expressions.define(get.getResult(),
                               {offsets.pointerTo(get.getResult(), layer)});
        })
        .Case([&](kernel::PickOp pick) { printPick(pick); })
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
    SmallVector<std::string> nodes = kernel::namesIn(location);
    std::string name = names.pick(identifierOf(
        nodes.empty() ? "" : kernel::withoutLayer(nodes.back()), "buffer"));
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
    SmallVector<std::string> escaped;
    for (const std::string &node : kernel::namesIn(location))
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

  //===--------------------------------------------------------------------===//
  // Layers
  //===--------------------------------------------------------------------===//

  /// A loop over layers; what they hand on is a pointer.
  void printFor(scf::ForOp loop) override {
    lines.blank();
    loop.walk([&](kernel::PickOp pick) {
      if (offsets.pointerTo(pick, layer).empty() &&
          !layerTensors(contract, pick))
        printPointers(pick);
    });
    for (auto [variable, result, start] : llvm::zip(
             loop.getRegionIterArgs(), loop.getResults(), loop.getInitArgs())) {
      std::string name = names.pick("carried");
      lines.statement(fmt::format("{} *{} = {};", elementType(start), name,
                                  expressions.of(start).text));
      expressions.define(variable, {name});
      expressions.define(result, {name});
    }
    if (layer.empty())
      layer = names.pick("layer");
    expressions.define(loop.getInductionVar(), {layer});
    lines.open(fmt::format("for (size_t {0} = 0; {0} < {1}; ++{0})", layer,
                           expressions.of(loop.getUpperBound()).text));
    print(*loop.getBody());
    for (auto [variable, value] :
         llvm::zip(loop.getRegionIterArgs(), loop.getYieldedValues()))
      lines.statement(fmt::format("{} = {};", expressions.of(variable).text,
                                  expressions.of(value).text));
    lines.close();
    lastComment.clear();
  }

  /// What the names of `values` have in common.
  std::string nameOf(ValueRange values) {
    SmallVector<std::string> texts;
    for (Value value : values)
      texts.push_back(expressions.of(value).text);
    SmallVector<StringRef> views(texts.begin(), texts.end());
    return names.pick(identifierOf(
        kernel::withoutLayer(kernel::nameOfLayers(views)), "buffers"));
  }

  /// The buffers of which a loop picks one, as an array in front of it.
  void printPointers(kernel::PickOp pick) {
    size_t firstOutput = contract.dims.size() + contract.inputs.size();
    SmallVector<std::string> texts;
    for (Value value : pick.getValues())
      texts.push_back(expressions.of(value).text);
    bool hasInput = llvm::any_of(pick.getValues(), [&](Value value) {
      auto argument = dyn_cast<BlockArgument>(value);
      return argument && argument.getArgNumber() < firstOutput;
    });
    std::string name = nameOf(pick.getValues());
    lines.statement(fmt::format("{}{} *const {}[] = {{{}}};",
                                hasInput ? "const " : "", elementType(pick),
                                name, fmt::join(texts, ", ")));
    pointers[pick] = name;
  }

  void printPick(kernel::PickOp pick) {
    std::string text = offsets.pointerTo(pick, layer);
    if (text.empty()) {
      auto tensors = layerTensors(contract, pick);
      text = tensors ? printTensor(pick, *tensors)
                     : pointers.lookup(pick) + "[" + layer + "]";
    }
    expressions.define(pick.getResult(), {text});
  }

  /// Finds the tensor of the layer in the caller's list. Returns its name.
  std::string printTensor(kernel::PickOp pick, LayerTensors tensors) {
    printNodes(pick.getLoc());
    std::string name = nameOf(pick.getValues());
    std::string place =
        tensors.step == 1 ? layer : fmt::format("{} * {}", layer, tensors.step);
    if (tensors.first != 0)
      place = fmt::format("{} + {}", tensors.first, place);
    std::string type = fmt::format("{}{} *", tensors.areOutputs ? "" : "const ",
                                   elementType(pick));
    lines.statement(
        fmt::format("{0}const {1} = static_cast<{0}>({2}[{3}]);", type, name,
                    tensors.areOutputs ? "outputs" : "inputs", place));
    return name;
  }

  const Program &program;
  const Contract &contract;
  const Offsets &offsets;
  /// Slots that a call has written to.
  llvm::DenseSet<Operation *> filled;
  std::string lastComment;
  std::string layer; ///< The counter of all loops; they stand side by side.
  llvm::DenseMap<Operation *, std::string> pointers; ///< By kernel.pick.
};
} // namespace

template <typename Op> static bool contains(func::FuncOp function) {
  return function.walk([](Op) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// The parameters of a schedule, in the order of its arguments; then the lists
/// in which loops find those of their layers.
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
    bool isTensor = isa<MemRefType>(argument.getType());
    if (argument.use_empty() || !isTensor || isNamed(contract, argument))
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
  if (needsList(contract, /*ofOutputs=*/false))
    add("const void *const *", "inputs", true);
  if (needsList(contract, /*ofOutputs=*/true))
    add("void *const *", "outputs", true);
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
  ScheduleBody(program, contract, offsets, lines, expressions, names)
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

/// Compilers take long to read the instructions of a machine, which few
/// schedules use: those with arithmetic on sizes or a choice of tokens.
static StringRef carriedHeader(const Program &program,
                               const Expressions &expressions) {
  bool needsAll = program.hasSampler || !expressions.usedNames().empty();
  return needsAll ? "lmcc_rt.h" : "lmcc_base.h";
}

std::string emit::printSchedules(const Program &program) {
  UniqueNames names;
  for (StringRef word : vocabulary())
    names.reserve(word);
  Offsets offsets(program, names);
  Lines lines;
  Expressions expressions;
  for (const Contract &contract : program.schedules)
    printSchedule(program, contract, offsets, names, lines, expressions);

  std::string text = licenseLine.str();
  text += fillIn("// The schedule of @m@ and its entry points, see @m@.h.\n\n"
                 "#include \"@m@.h\"\n"
                 "#include \"@m@_kernels.h\"\n",
                 program);
  text += fmt::format("#include \"{}\"\n\nnamespace {{\n",
                      carriedHeader(program, expressions).str());
  for (const std::string &name : expressions.usedNames())
    text += fmt::format("using lmcc_rt::{};\n", name);
  text += offsets.print();
  if (anyContains<weight::GetOp>(program))
    text += weightHelper;
  if (anyContains<kernel::SlotOp>(program))
    text += slotHelper;
  if (anyContains<kernel::GetStateOp>(program))
    text += stateHelper;
  return text + lines.take() + printEntryPoints(program);
}
