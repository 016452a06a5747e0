//===- ContractHeader.cpp - The header that a caller of a model includes --===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The header is C as well as C++, so its comments are those of C.
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Names.h"
#include "compiler/Emit/StatefulEntries.h"

#include "dialects/Kernel/Kernel.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

/// What `<m>_status_text` says.
static StringRef statusText(kernel::Status status) {
  switch (status) {
  case kernel::Status::ok: return "success";
  case kernel::Status::null_argument: return "a pointer is null";
  case kernel::Status::size_out_of_bounds:
    return "a size is outside the bounds of the model";
  case kernel::Status::index_out_of_range: return "an index is out of range";
  case kernel::Status::wrong_weights:
    return "the weights do not belong to this code";
  case kernel::Status::arena_too_small: return "the arena is too small";
  case kernel::Status::misaligned:
    return "the weights or the arena are not aligned";
  case kernel::Status::environment:
    return "floats are not IEEE 754: check flags, rounding and denormals";
  case kernel::Status::damaged_weights: return "the weights are damaged";
  case kernel::Status::cache_full: return "the state has no room for more";
  }
  llvm_unreachable("all statuses are listed");
}

static SmallVector<kernel::Status> allStatuses() {
  SmallVector<kernel::Status> result;
  for (uint32_t number = 0;; ++number) {
    std::optional<kernel::Status> status = kernel::symbolizeStatus(number);
    if (!status)
      return result;
    result.push_back(*status);
  }
}

std::string emit::printStatusCases(const Program &program) {
  Lines lines;
  for (kernel::Status status : allStatuses()) {
    lines.statement(fmt::format("  case {}_{}:", program.macro,
                                stringifyStatus(status).upper()));
    lines.verbatim(
        fmt::format("    return \"{}\";\n", statusText(status).str()));
  }
  return lines.take();
}

/// `ids: int64 [batch, sequence]`, as a comment behind a constant.
static std::string describe(const Contract &contract,
                            const TensorContract &tensor) {
  return fmt::format("/* {}: {} {} */", commentText(tensor.name),
                     elementName(tensor.element), contract.shapeText(tensor));
}

namespace {
/// Lines of `#define <M>_<name> <value>`.
class Definitions {
public:
  explicit Definitions(const Program &program) : program(program) {}

  void add(const std::string &name, const std::string &value,
           const std::string &comment = "") {
    text += fmt::format("#define {}_{} {}{}{}\n", program.macro, name, value,
                        comment.empty() ? "" : " ", comment);
  }
  void add(const std::string &name, uint64_t value,
           const std::string &comment = "") {
    add(name, fmt::format("{}u", value), comment);
  }
  void addTensor(const std::string &name, const Contract &contract,
                 const TensorContract &tensor) {
    add(name + "_RANK", tensor.sizes.size(), describe(contract, tensor));
    add(name + "_ELEMENT_BYTES", memoryBytes(tensor.element));
  }
  void separate() { text += "\n"; }
  std::string take() { return std::move(text); }

private:
  const Program &program;
  std::string text;
};
} // namespace

static void defineRun(const Contract &contract, Definitions &define) {
  if (contract.macs)
    define.add("MACS", fmt::format("UINT64_C({})", *contract.macs),
               "/* of one run at the upper bounds */");
  define.add("INPUT_COUNT", contract.inputs.size());
  define.add("OUTPUT_COUNT", contract.outputs.size());
  define.add("DIM_COUNT", contract.dims.size());
  for (const FreeDim &dim : contract.dims) {
    std::string name = "DIM_" + StringRef(dim.identifier).upper();
    define.add(name + "_LOW", fmt::format("INT64_C({})", dim.bounds.low),
               fmt::format("/* {} */", commentText(dim.name)));
    define.add(name + "_HIGH", fmt::format("INT64_C({})", dim.bounds.high));
  }
  define.separate();
  for (auto [index, input] : llvm::enumerate(contract.inputs))
    define.addTensor(fmt::format("INPUT_{}", index), contract, input);
  for (auto [index, output] : llvm::enumerate(contract.outputs)) {
    std::string name = fmt::format("OUTPUT_{}", index);
    define.addTensor(name, contract, output);
    define.add(name + "_MAX_BYTES", output.maxBytes);
  }
}

static void defineState(const Program &program, Definitions &define) {
  const Contract &decode = *program.decode();
  define.add("WORK_BYTES", program.workBytes(),
             "/* of the arena, used during calls */");
  define.add("STATE_BYTES", program.stateBytes(),
             "/* of the arena, kept between calls */");
  define.add("CONTEXT", *decode.capacity, "/* tokens, at most */");
  if (const Contract *prefill = program.schedule(kernel::prefillName))
    define.add("CHUNK", prefill->dimFor(DimRole::Count)->bounds.high,
               "/* tokens computed at a time */");
  define.add(
      "VOCABULARY",
      cast<AffineConstantExpr>(decode.outputs.front().sizes.back()).getValue(),
      "/* logits of a token */");
  if (decode.macs)
    define.add("DECODE_MACS", fmt::format("UINT64_C({})", *decode.macs),
               "/* of one token, with a full state */");
}

/// What the functions of the contract need but for the schedules, which every
/// model has alike.
static constexpr uint64_t otherStackBytes = 512;

static void defineStack(const Program &program, Definitions &define) {
  auto add = [&](StringRef entry, uint64_t bytes) {
    define.add(entry.upper() + "_STACK_BYTES", bytes,
               fmt::format("/* enough for a call of {}_{} */", program.name,
                           entry.str()));
  };
  auto bytesOf = [&](StringRef entry) {
    const Contract *contract = program.schedule(entry);
    return contract ? contract->stackBytes.value_or(0) : 0;
  };
  if (uint64_t run = bytesOf(kernel::runName))
    add(kernel::runName, run);
  if (uint64_t decode = bytesOf(kernel::decodeName)) {
    // Several tokens may be computed one by one.
    add(kernel::prefillName, std::max(bytesOf(kernel::prefillName), decode));
    add(kernel::decodeName, decode);
  }
  define.add("OTHER_STACK_BYTES", otherStackBytes,
             "/* enough for any other function */");
}

static std::string printConstants(const Program &program) {
  Definitions define(program);
  define.add("ARENA_BYTES", program.arenaBytes());
  define.add("ARENA_ALIGNMENT", program.alignment);
  if (program.decode())
    defineState(program, define);
  define.add("BLOB_BYTES", program.layout.totalBytes);
  define.add("BLOB_ALIGNMENT", program.alignment);
  defineStack(program, define);
  if (const Contract *run = program.schedule(kernel::runName))
    defineRun(*run, define);
  return define.take();
}

static std::string printDims(const Program &program, const Contract &run) {
  std::string text = fillIn("\n/* The free sizes of a run. */\n"
                            "typedef struct @m@_dims {\n",
                            program);
  for (const FreeDim &dim : run.dims)
    text += fmt::format("  int64_t {};\n", dim.identifier);
  if (run.dims.empty())
    text += "  int64_t unused_;\n";
  return text + fillIn("} @m@_dims;\n", program);
}

static std::string printModel(const Program &program) {
  std::string text = fillIn(R"c(
/* An instance. Fill it by @m@_init; instances may share the weights. */
typedef struct @m@_model {
  const unsigned char *weights;
  unsigned char *arena;
)c",
                            program);
  if (program.decode())
    text += "  unsigned char *state;\n  size_t position;\n";
  for (const Parameter &parameter : parametersOf(program)) {
    text += fmt::format("  const {} *{};\n", parameter.type, parameter.field);
    for (const FreeDim *dim : parameter.dims)
      text += fmt::format("  int64_t {};\n", parameter.sizeField(*dim));
  }
  return text + fillIn("} @m@_model;\n", program);
}

static std::string printTypes(const Program &program) {
  std::string text = fillIn("\ntypedef enum @m@_status {\n", program);
  for (kernel::Status status : allStatuses())
    text += fmt::format("  {}_{} = {},\n", program.macro,
                        stringifyStatus(status).upper(),
                        static_cast<unsigned>(status));
  // A comma at the end is not C90.
  text =
      StringRef(text).drop_back(2).str() + fillIn("\n} @m@_status;\n", program);
  if (const Contract *run = program.schedule(kernel::runName))
    text += printDims(program, *run);
  return text + printModel(program);
}

static constexpr StringRef introduction = R"(
How to call it: provide @M@_ARENA_BYTES bytes of memory and the weights, both
aligned as below, and pass them to @m@_init once. Nothing is allocated, nothing
is global; one instance runs one call at a time.
)";

static constexpr StringRef runIntroduction = R"(
Call @m@_run as often as you like, with pointers to the inputs and outputs in
the order below, all dense and row-major, and the free sizes if there are any.
Room for output N is @M@_OUTPUT_N_MAX_BYTES at most; @m@_output_dims tells its
actual sizes. A tensor without elements may be null. Inputs may be the same
memory, outputs overlap nothing. Between runs WORK may hold other things.
)";

static constexpr StringRef functions = R"c(
/*
 * All functions return a @m@_status, 0 for success. This one takes the same
 * short time whatever the size of the weights.
 */
int32_t @m@_init(@m@_model *model, const void *blob, size_t blob_bytes,
                 void *arena, size_t arena_bytes);

/*
 * Compares the weights with their checksums, which takes as long as reading
 * them. `progress` may be null; it is called every 64 KiB.
 */
int32_t @m@_check_weights(
    const @m@_model *model,
    void (*progress)(void *context, size_t done, size_t total), void *context);

const char *@m@_status_text(int32_t status);
)c";

static constexpr StringRef runFunctions = R"c(
int32_t @m@_run(@m@_model *model, const @m@_dims *dims,
                const void *const *inputs, void *const *outputs);

/* Writes the sizes of output number `output`, one per axis. */
int32_t @m@_output_dims(const @m@_dims *dims, uint32_t output,
                        int64_t *sizes);
)c";

static std::string printIntroduction(const Program &program) {
  std::string text = introduction.str();
  if (program.schedule(kernel::runName)) {
    auto [before, after] = runIntroduction.split("WORK");
    StringRef work = program.decode()
                         ? "the first @M@_WORK_BYTES bytes of the arena"
                         : "the arena";
    text += (before + work + after).str();
  }
  if (program.decode())
    text += "\nOr call @m@_prefill and @m@_decode, see below.\n";
  return "\n" + blockComment(fillIn(text, program)) + "\n";
}

std::string emit::printContract(const Program &program, bool linksWeights) {
  std::string text = "/* SPDX-License-Identifier: Apache-2.0 WITH "
                     "LLVM-exception OR 0BSD */\n";
  text +=
      fmt::format("/* The model {}, compiled by lmcc {} for {}. */\n",
                  program.name, program.version, program.target->name.str());
  text += printIntroduction(program);
  text += fillIn("#ifndef @M@_H\n#define @M@_H\n\n"
                 "#include <stddef.h>\n#include <stdint.h>\n\n",
                 program);
  text += printConstants(program);
  text += "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  text += printTypes(program) + fillIn(functions, program);
  if (program.schedule(kernel::runName))
    text += fillIn(runFunctions, program);
  if (program.decode())
    text += printStatefulContract(program);
  if (linksWeights)
    text += fillIn("\n/* The weights, linked into the program. */\n"
                   "extern const unsigned char @m@_weights[];\n",
                   program);
  return text +
         fillIn("\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* @M@_H */\n",
                program);
}
