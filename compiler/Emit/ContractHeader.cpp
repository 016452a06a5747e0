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
#include "compiler/Emit/Program.h"

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

static std::string printConstants(const Program &program) {
  const Contract &contract = program.contract;
  std::string text;
  auto define = [&](const std::string &name, const std::string &value,
                    const std::string &comment = "") {
    text += fmt::format("#define {}_{} {}{}{}\n", program.macro, name, value,
                        comment.empty() ? "" : " ", comment);
  };
  auto number = [](uint64_t value) { return fmt::format("{}u", value); };
  define("ARENA_BYTES", number(contract.arenaBytes));
  define("ARENA_ALIGNMENT", number(program.alignment));
  define("BLOB_BYTES", number(program.layout.totalBytes));
  define("BLOB_ALIGNMENT", number(program.alignment));
  if (contract.macs)
    define("MACS", fmt::format("UINT64_C({})", *contract.macs),
           "/* of one run at the upper bounds */");
  define("INPUT_COUNT", number(contract.inputs.size()));
  define("OUTPUT_COUNT", number(contract.outputs.size()));
  define("DIM_COUNT", number(contract.dims.size()));
  for (const FreeDim &dim : contract.dims) {
    std::string name = "DIM_" + StringRef(dim.identifier).upper();
    define(name + "_LOW", fmt::format("INT64_C({})", dim.bounds.low),
           fmt::format("/* {} */", commentText(dim.name)));
    define(name + "_HIGH", fmt::format("INT64_C({})", dim.bounds.high));
  }
  text += "\n";
  auto defineTensor = [&](const std::string &name,
                          const TensorContract &tensor) {
    define(name + "_RANK", number(tensor.sizes.size()),
           describe(contract, tensor));
    define(name + "_ELEMENT_BYTES", number(memoryBytes(tensor.element)));
  };
  for (auto [index, input] : llvm::enumerate(contract.inputs))
    defineTensor(fmt::format("INPUT_{}", index), input);
  for (auto [index, output] : llvm::enumerate(contract.outputs)) {
    std::string name = fmt::format("OUTPUT_{}", index);
    defineTensor(name, output);
    define(name + "_MAX_BYTES", number(output.maxBytes));
  }
  return text;
}

static std::string printTypes(const Program &program) {
  std::string text = fillIn("\ntypedef enum @m@_status {\n", program);
  for (kernel::Status status : allStatuses())
    text += fmt::format("  {}_{} = {},\n", program.macro,
                        stringifyStatus(status).upper(),
                        static_cast<unsigned>(status));
  // A comma at the end is not C90.
  text = StringRef(text).drop_back(2).str() +
         fillIn("\n} @m@_status;\n\n/* The free sizes of a run. */\n"
                "typedef struct @m@_dims {\n",
                program);
  for (const FreeDim &dim : program.contract.dims)
    text += fmt::format("  int64_t {};\n", dim.identifier);
  if (program.contract.dims.empty())
    text += "  int64_t unused_;\n";
  return text + fillIn(R"c(} @m@_dims;

/* An instance. Fill it by @m@_init; instances may share the weights. */
typedef struct @m@_model {
  const unsigned char *weights;
  unsigned char *arena;
} @m@_model;
)c",
                       program);
}

static constexpr StringRef introduction = R"c(
/*
 * How to call it: provide @M@_ARENA_BYTES bytes of memory and the weights, both
 * aligned as below, and pass them to @m@_init once. Then call @m@_run as often
 * as you like, with pointers to the inputs and outputs in the order below, all
 * dense and row-major, and the free sizes if there are any. Room for output N
 * is @M@_OUTPUT_N_MAX_BYTES at most; @m@_output_dims tells its actual sizes. A
 * tensor without elements may be null. Inputs may be the same memory, outputs
 * overlap nothing. Between runs the arena may hold other things. Nothing is
 * allocated, nothing is global; one instance runs one call at a time.
 */

)c";

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

int32_t @m@_run(@m@_model *model, const @m@_dims *dims,
                const void *const *inputs, void *const *outputs);

/* Writes the sizes of output number `output`, one per axis. */
int32_t @m@_output_dims(const @m@_dims *dims, uint32_t output,
                        int64_t *sizes);

const char *@m@_status_text(int32_t status);
)c";

std::string emit::printContract(const Program &program, bool linksWeights) {
  std::string text = "/* SPDX-License-Identifier: Apache-2.0 WITH "
                     "LLVM-exception OR 0BSD */\n";
  text +=
      fmt::format("/* The model {}, compiled by lmcc {} for {}. */\n",
                  program.name, program.version, program.target->name.str());
  text += fillIn(introduction, program);
  text += fillIn("#ifndef @M@_H\n#define @M@_H\n\n"
                 "#include <stddef.h>\n#include <stdint.h>\n\n",
                 program);
  text += printConstants(program);
  text += "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  text += printTypes(program) + fillIn(functions, program);
  if (linksWeights)
    text += fillIn("\n/* The weights, linked into the program. */\n"
                   "extern const unsigned char @m@_weights[];\n",
                   program);
  return text +
         fillIn("\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* @M@_H */\n",
                program);
}
