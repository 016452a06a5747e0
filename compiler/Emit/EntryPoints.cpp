//===- EntryPoints.cpp - What a caller of a model calls -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/LayerTensors.h"
#include "compiler/Emit/StatefulEntries.h"

#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/StringExtras.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

std::string emit::fillIn(StringRef text, const Program &program) {
  std::string result;
  while (!text.empty()) {
    size_t place = std::min(text.find("@m@"), text.find("@M@"));
    result += text.take_front(place);
    text = text.drop_front(std::min(place, text.size()));
    if (text.empty())
      break;
    result += text[1] == 'M' ? program.macro : program.name;
    text = text.drop_front(3);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Blob
//===----------------------------------------------------------------------===//

static constexpr StringRef blobHelpers = R"cpp(
uint32_t read_u32(const unsigned char *p) {
  uint32_t value = 0;
  __builtin_memcpy(&value, p, sizeof value);
  return value;
}

uint64_t read_u64(const unsigned char *p) {
  uint64_t value = 0;
  __builtin_memcpy(&value, p, sizeof value);
  return value;
}

bool are_equal(const unsigned char *a, const unsigned char *b, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (a[i] != b[i])
      return false;
  return true;
}

bool is_aligned(const void *p, size_t alignment) {
  return reinterpret_cast<uintptr_t>(p) % alignment == 0;
}

// CRC-32C of `count` bytes that follow those with the checksum `before`; half a
// byte at a time, so that the table is small.
uint32_t crc32c(uint32_t before, const unsigned char *p, size_t count) {
  static const uint32_t table[16] = {
      0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
      0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
      0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
  uint32_t value = ~before;
  for (size_t i = 0; i < count; ++i) {
    value ^= p[i];
    value = (value >> 4) ^ table[value & 15];
    value = (value >> 4) ^ table[value & 15];
  }
  return ~value;
}
)cpp";

static constexpr StringRef initBody = R"cpp(
  const unsigned char *header = static_cast<const unsigned char *>(blob);
  if (blob_bytes < @M@_BLOB_BYTES || !are_equal(header, blob_magic, 8) ||
      read_u32(header + 8) != blob_format ||
      read_u64(header + 16) != @M@_BLOB_BYTES ||
      !are_equal(header + 24, layout_hash, sizeof layout_hash))
    return @M@_WRONG_WEIGHTS;
  if (lmcc_rt::environment_probe() != 0)
    return @M@_ENVIRONMENT;
  model->weights = header;
  model->arena = static_cast<unsigned char *>(arena);
STATE  return @M@_OK;
}
)cpp";

static constexpr StringRef checkWeights = R"cpp(
extern "C" int32_t @m@_check_weights(
    const @m@_model *model,
    void (*progress)(void *context, size_t done, size_t total),
    void *context) {
  if (model == nullptr || model->weights == nullptr)
    return @M@_NULL_ARGUMENT;
  const unsigned char *blob = model->weights;

  // The header's own checksum counts as zero.
  const unsigned char zeros[4] = {0, 0, 0, 0};
  uint32_t checksum = crc32c(0, blob, 92);
  checksum = crc32c(checksum, zeros, sizeof zeros);
  checksum = crc32c(checksum, blob + 96, header_bytes - 96);
  const uint32_t sections = read_u32(blob + 88);
  if (checksum != read_u32(blob + 92) || sections > (header_bytes - 96) / 24)
    return @M@_DAMAGED_WEIGHTS;

  const size_t chunk = 65536;
  for (uint32_t section = 0; section < sections; ++section) {
    const unsigned char *entry = blob + 96 + size_t{24} * section;
    const uint64_t offset = read_u64(entry);
    const uint64_t length = read_u64(entry + 8);
    if (offset > @M@_BLOB_BYTES || length > @M@_BLOB_BYTES - offset)
      return @M@_DAMAGED_WEIGHTS;
    const size_t end = static_cast<size_t>(offset + length);
    checksum = 0;
    for (size_t at = static_cast<size_t>(offset); at < end;) {
      const size_t count = end - at < chunk ? end - at : chunk;
      checksum = crc32c(checksum, blob + at, count);
      at += count;
      if (progress != nullptr)
        progress(context, at, @M@_BLOB_BYTES);
    }
    if (checksum != read_u32(entry + 16))
      return @M@_DAMAGED_WEIGHTS;
  }
  return @M@_OK;
}
)cpp";

static std::string blobConstants(const Program &program) {
  SmallVector<std::string> bytes;
  for (uint8_t byte : program.layout.hash)
    bytes.push_back(fmt::format("0x{:02x}", byte));
  Lines lines;
  lines.verbatim("\n// What the header of the blob must say, see "
                 "@m@_init.\n");
  lines.statement("constexpr unsigned char blob_magic[] = {'L', 'M', 'C', 'C', "
                  "'B', 'L', 'O', 'B'};");
  lines.statement(
      fmt::format("constexpr uint32_t blob_format = {};", blobFormatVersion));
  lines.statement(fmt::format("constexpr size_t header_bytes = {};",
                              program.layout.headerBytes));
  lines.statement(fmt::format("constexpr unsigned char layout_hash[] = {{{}}};",
                              fmt::join(bytes, ", ")));
  return fillIn(lines.take(), program);
}

/// The state lies behind the memory that calls work in.
static std::string printInitState(const Program &program) {
  if (!program.decode())
    return "";
  std::string text = "  model->state = model->arena + @M@_WORK_BYTES;\n"
                     "  model->position = 0;\n";
  for (const Parameter &parameter : parametersOf(program)) {
    text += fmt::format("  model->{} = nullptr;\n", parameter.field);
    for (const FreeDim *dim : parameter.dims)
      text += fmt::format("  model->{} = 0;\n", parameter.sizeField(*dim));
  }
  return text;
}

/// A model without activations takes any arena, also none.
static std::string printInit(const Program &program) {
  bool hasArena = program.arenaBytes() > 0;
  std::string text = R"cpp(
extern "C" int32_t @m@_init(@m@_model *model, const void *blob,
                            size_t blob_bytes, void *arena,
                            size_t arena_bytes) {
)cpp";
  text +=
      hasArena
          ? R"cpp(  if (model == nullptr || blob == nullptr || arena == nullptr)
    return @M@_NULL_ARGUMENT;
  if (!is_aligned(blob, @M@_BLOB_ALIGNMENT) ||
      !is_aligned(arena, @M@_ARENA_ALIGNMENT))
    return @M@_MISALIGNED;
  if (arena_bytes < @M@_ARENA_BYTES)
    return @M@_ARENA_TOO_SMALL;
)cpp"
          : R"cpp(  static_cast<void>(arena_bytes);
  if (model == nullptr || blob == nullptr)
    return @M@_NULL_ARGUMENT;
  if (!is_aligned(blob, @M@_BLOB_ALIGNMENT))
    return @M@_MISALIGNED;
)cpp";
  auto [before, after] = initBody.split("STATE");
  text += (before + printInitState(program) + after).str();
  return fillIn(text, program);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static constexpr StringRef floorDivision = R"cpp(
// Rounds downwards; `b` is positive.
int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
)cpp";

/// `int32_t check_dims(const tiny_dims *dims)`: bounds and demands.
static std::string printCheckDims(const Program &program,
                                  const Contract &contract) {
  if (contract.dims.empty())
    return "";
  Lines lines;
  lines.blank();
  lines.open(
      fmt::format("int32_t check_dims(const {}_dims *dims)", program.name));
  auto require = [&](const std::string &violation, StringRef status) {
    lines.statement(fmt::format("if ({})", violation));
    lines.statement(
        fmt::format("  return {}_{};", program.macro, status.str()));
  };
  require("dims == nullptr", "NULL_ARGUMENT");
  for (const FreeDim &dim : contract.dims)
    require(fmt::format("dims->{0} < {1}_DIM_{2}_LOW || "
                        "dims->{0} > {1}_DIM_{2}_HIGH",
                        dim.identifier, program.macro,
                        StringRef(dim.identifier).upper()),
            "SIZE_OUT_OF_BOUNDS");
  for (const Demand &demand : contract.demands) {
    std::string size =
        contract.sizeText(demand.size, "dims->").as(Binding::Sum);
    std::string violation = fmt::format("{} < {}", size, demand.low);
    if (demand.high)
      violation += fmt::format(" || {} > {}", size, *demand.high);
    require(violation, "SIZE_OUT_OF_BOUNDS");
  }
  lines.statement(fmt::format("return {}_OK;", program.macro));
  lines.close();
  return lines.take();
}

static std::string callCheckDims(const Program &program,
                                 const Contract &contract) {
  if (contract.dims.empty())
    return "  static_cast<void>(dims);\n";
  return fillIn("  const int32_t status = check_dims(dims);\n"
                "  if (status != @M@_OK)\n"
                "    return status;\n",
                program);
}

static std::string printOutputDims(const Program &program,
                                   const Contract &contract) {
  Lines lines;
  lines.verbatim(fillIn("\nextern \"C\" int32_t @m@_output_dims(const "
                        "@m@_dims *dims, uint32_t output,\n"
                        "                                   int64_t *sizes) "
                        "{\n",
                        program));
  lines.verbatim(callCheckDims(program, contract));
  std::string text = lines.take();
  bool hasSizes =
      llvm::any_of(contract.outputs, [](const TensorContract &output) {
        return !output.sizes.empty();
      });
  if (!hasSizes)
    return text + fillIn("  static_cast<void>(sizes);\n"
                         "  return output < @M@_OUTPUT_COUNT ? @M@_OK : "
                         "@M@_INDEX_OUT_OF_RANGE;\n}\n",
                         program);
  text += "  switch (output) {\n";
  ArrayRef<TensorContract> outputs = contract.outputs;
  for (auto [index, output] : llvm::enumerate(outputs)) {
    text += fmt::format("  case {}:\n", index);
    // Outputs in a row that have the same sizes share their statements.
    if (index + 1 < outputs.size() && outputs[index + 1].sizes == output.sizes)
      continue;
    // A scalar has no sizes that would need room.
    if (!output.sizes.empty())
      text += fillIn("    if (sizes == nullptr)\n"
                     "      return @M@_NULL_ARGUMENT;\n",
                     program);
    for (auto [axis, size] : llvm::enumerate(output.sizes))
      text += fmt::format("    sizes[{}] = {};\n", axis,
                          contract.sizeText(size, "dims->").text);
    text += fillIn("    return @M@_OK;\n", program);
  }
  return text + fillIn("  default:\n    return @M@_INDEX_OUT_OF_RANGE;\n"
                       "  }\n}\n",
                       program);
}

//===----------------------------------------------------------------------===//
// Run
//===----------------------------------------------------------------------===//

/// When a null pointer is an error: always, unless a size may be zero. Empty if
/// there never is an element.
static std::string nullCheck(const Contract &contract,
                             const TensorContract &tensor,
                             const std::string &pointer) {
  if (tensor.maxBytes == 0)
    return "";
  std::string check = pointer + " == nullptr";
  for (AffineExpr size : tensor.sizes)
    if (contract.boundsOf(size)->low <= 0)
      check += fmt::format(" && {} != 0",
                           contract.sizeText(size, "dims->").as(Binding::Sum));
  return check;
}

/// Null checks of the tensors in a list. Those in a row that are alike, as the
/// caches of layers are, share a loop.
static void checkPointers(const Program &program, const Contract &contract,
                          ArrayRef<TensorContract> tensors, StringRef list,
                          SmallVector<std::string> &checks, Lines &loops) {
  auto checkOf = [&](size_t number, const std::string &index) {
    return nullCheck(contract, tensors[number],
                     fmt::format("{}[{}]", list.str(), index));
  };
  constexpr size_t fewestInLoop = 4;
  for (size_t first = 0, end = 0; first < tensors.size(); first = end) {
    while (end < tensors.size() && checkOf(end, "i") == checkOf(first, "i"))
      ++end;
    if (checkOf(first, "i").empty())
      continue;
    if (end - first >= fewestInLoop) {
      loops.statement(
          fmt::format("  for (size_t i = {}; i < {}; ++i)", first, end));
      loops.statement(fmt::format("    if ({})", checkOf(first, "i")));
      loops.statement(
          fmt::format("      return {}_NULL_ARGUMENT;", program.macro));
      continue;
    }
    for (size_t number = first; number < end; ++number) {
      std::string check = checkOf(number, fmt::format("{}", number));
      checks.push_back(StringRef(check).contains("&&") ? "(" + check + ")"
                                                       : check);
    }
  }
}

static std::string printRun(const Program &program, const Contract &contract) {
  Lines lines;
  lines.blank();
  lines.verbatim(fillIn("extern \"C\" int32_t @m@_run(@m@_model *model, const "
                        "@m@_dims *dims,\n"
                        "                           const void *const *inputs, "
                        "void *const *outputs) {\n",
                        program));
  lines.verbatim(callCheckDims(program, contract));
  std::string text = lines.take();

  SmallVector<std::string> checks = {"model == nullptr",
                                     "model->weights == nullptr"};
  SmallVector<std::string> arguments = {"model->weights", "model->arena"};
  for (const FreeDim &dim : contract.dims)
    arguments.push_back(
        fmt::format("static_cast<size_t>(dims->{})", dim.identifier));
  auto tensorArguments = func::FuncOp(contract.schedule)
                             .getArguments()
                             .drop_front(contract.dims.size());
  Lines loops;
  auto addTensors = [&](ArrayRef<TensorContract> tensors, StringRef list,
                        StringRef qualifier) {
    if (tensors.empty())
      text += fmt::format("  static_cast<void>({});\n", list.str());
    else
      checks.push_back(fmt::format("{} == nullptr", list.str()));
    checkPointers(program, contract, tensors, list, checks, loops);
    for (size_t index = 0; index < tensors.size(); ++index) {
      BlockArgument argument = tensorArguments.front();
      Type element = cast<MemRefType>(argument.getType()).getElementType();
      if (argument.use_empty() || isNamed(contract, argument))
        arguments.push_back(fmt::format("static_cast<{}{} *>({}[{}])",
                                        qualifier.str(), memoryType(element),
                                        list.str(), index));
      tensorArguments = tensorArguments.drop_front();
    }
  };
  addTensors(contract.inputs, "inputs", "const ");
  addTensors(contract.outputs, "outputs", "");
  for (bool ofOutputs : {false, true})
    if (needsList(contract, ofOutputs))
      arguments.push_back(ofOutputs ? "outputs" : "inputs");

  Lines body;
  body.statement(fmt::format("  if ({})", fmt::join(checks, " || ")));
  body.statement(fmt::format("    return {}_NULL_ARGUMENT;", program.macro));
  body.verbatim(loops.take());
  StringRef bytes = program.decode() ? "WORK_BYTES" : "ARENA_BYTES";
  body.statement(fmt::format("  lmcc_rt::arena_begins(model->arena, {}_{});",
                             program.macro, bytes.str()));
  body.statement(fmt::format("  const int32_t outcome = run({});",
                             fmt::join(arguments, ", ")));
  body.statement(fmt::format("  lmcc_rt::arena_ends(model->arena, {}_{});",
                             program.macro, bytes.str()));
  body.statement("  return outcome;");
  return text + body.take() + "}\n";
}

std::string emit::printEntryPoints(const Program &program) {
  std::string text = blobConstants(program) + blobHelpers.str();
  const Contract *run = program.schedule(kernel::runName);
  if (run && run->needsFloorDivision())
    text += floorDivision;
  if (run)
    text += printCheckDims(program, *run);
  text += "\n} // namespace\n";
  text += printInit(program) + fillIn(checkWeights, program);
  if (run)
    text += printRun(program, *run) + printOutputDims(program, *run);
  if (program.decode())
    text += printStatefulEntryPoints(program);
  return text +
         fillIn(R"cpp(
extern "C" const char *@m@_status_text(int32_t status) {
  switch (status) {
)cpp",
                program) +
         printStatusCases(program) + R"cpp(  default:
    return "unknown status";
  }
}
)cpp";
}
