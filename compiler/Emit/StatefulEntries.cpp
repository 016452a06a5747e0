//===- StatefulEntries.cpp - The callable side of kept state --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/StatefulEntries.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

std::vector<Parameter> emit::parametersOf(const Program &program) {
  const Contract *decode = program.decode();
  std::vector<Parameter> parameters;
  if (!decode)
    return parameters;
  func::FuncOp schedule = decode->schedule;
  unsigned argument = decode->dims.size() + 1;
  for (const TensorContract &tensor :
       ArrayRef<TensorContract>(decode->inputs).drop_front()) {
    auto buffer = cast<MemRefType>(schedule.getArgument(argument++).getType());
    Parameter parameter{&tensor,
                        memoryType(buffer.getElementType()),
                        "input_" + tensor.identifier,
                        {}};
    for (auto [number, dim] : llvm::enumerate(decode->dims))
      if (llvm::any_of(tensor.sizes, [&, number = number](AffineExpr size) {
            return size.isFunctionOfSymbol(number);
          }))
        parameter.dims.push_back(&dim);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string emit::setterSignature(const Program &program,
                                  const Parameter &parameter) {
  std::string text =
      fmt::format("int32_t {0}_set_{1}({0}_model *model, const {2} *{1}",
                  program.name, parameter.tensor->identifier, parameter.type);
  for (const FreeDim *dim : parameter.dims)
    text += fmt::format(", int64_t {}", dim->identifier);
  return text + ")";
}

static std::string printSetter(const Program &program,
                               const Parameter &parameter) {
  Lines lines;
  lines.blank();
  lines.open("extern \"C\" " + setterSignature(program, parameter));
  lines.statement(fmt::format("if (model == nullptr || {} == nullptr)",
                              parameter.tensor->identifier));
  lines.statement(fmt::format("  return {}_NULL_ARGUMENT;", program.macro));
  for (const FreeDim *dim : parameter.dims) {
    lines.statement(fmt::format("if ({0} < {1} || {0} > {2})", dim->identifier,
                                dim->bounds.low, dim->bounds.high));
    lines.statement(
        fmt::format("  return {}_SIZE_OUT_OF_BOUNDS;", program.macro));
  }
  lines.statement(fmt::format("model->{} = {};", parameter.field,
                              parameter.tensor->identifier));
  for (const FreeDim *dim : parameter.dims)
    lines.statement(fmt::format("model->{} = {};", parameter.sizeField(*dim),
                                dim->identifier));
  lines.statement(fmt::format("return {}_OK;", program.macro));
  lines.close();
  return lines.take();
}

/// That all parameters are there, and agree in the sizes they share.
static std::string printParameterCheck(const Program &program,
                                       ArrayRef<Parameter> parameters) {
  Lines lines;
  lines.blank();
  lines.comment("Whether all inputs that stay the same are set, and fit.");
  lines.open(
      fmt::format("int32_t check_inputs(const {}_model *model)", program.name));
  llvm::StringMap<std::string> known;
  SmallVector<std::string> missing;
  for (const Parameter &parameter : parameters)
    missing.push_back(fmt::format("model->{} == nullptr", parameter.field));
  lines.statement(fmt::format("if ({})", fmt::join(missing, " || ")));
  lines.statement(fmt::format("  return {}_NULL_ARGUMENT;", program.macro));
  for (const Parameter &parameter : parameters)
    for (const FreeDim *dim : parameter.dims) {
      std::string field = "model->" + parameter.sizeField(*dim);
      auto [first, isFirst] = known.try_emplace(dim->identifier, field);
      if (isFirst)
        continue;
      lines.statement(fmt::format("if ({} != {})", field, first->second));
      lines.statement(
          fmt::format("  return {}_SIZE_OUT_OF_BOUNDS;", program.macro));
    }
  lines.statement(fmt::format("return {}_OK;", program.macro));
  lines.close();
  return lines.take();
}

//===----------------------------------------------------------------------===//
// Prefill and decode
//===----------------------------------------------------------------------===//

/// `decode(model->weights, model->arena, ..., tokens, logits)`
static std::string callOf(const Program &program, const Contract &contract,
                          ArrayRef<Parameter> parameters) {
  func::FuncOp schedule = contract.schedule;
  SmallVector<std::string> arguments = {"model->weights", "model->arena",
                                        "model->state"};
  for (const FreeDim &dim : contract.dims) {
    switch (dim.role) {
    case DimRole::Past: arguments.push_back("past"); break;
    case DimRole::Count: arguments.push_back("count"); break;
    case DimRole::Free:
      for (const Parameter &parameter : parameters)
        if (llvm::any_of(parameter.dims, [&](const FreeDim *other) {
              return other->identifier == dim.identifier;
            })) {
          arguments.push_back(fmt::format("static_cast<size_t>(model->{})",
                                          parameter.sizeField(dim)));
          break;
        }
      break;
    }
  }
  arguments.push_back("tokens");
  for (const Parameter &parameter : parameters)
    arguments.push_back("model->" + parameter.field);
  arguments.push_back("logits");
  return fmt::format("{}({})", schedule.getSymName().str(),
                     fmt::join(arguments, ", "));
}

/// A function of that head which calls one schedule, with the arena open.
static std::string printCompute(const Program &program, StringRef remark,
                                StringRef head, StringRef shortcut,
                                StringRef call) {
  Lines lines;
  lines.blank();
  lines.comment(remark.str());
  lines.open(head.str());
  if (!shortcut.empty()) {
    lines.statement("if (count == 1)");
    lines.statement("  " + shortcut.str());
  }
  lines.statement(
      fillIn("lmcc_rt::arena_begins(model->arena, @M@_WORK_BYTES);", program));
  lines.statement(fmt::format("const int32_t outcome = {};", call.str()));
  lines.statement(
      fillIn("lmcc_rt::arena_ends(model->arena, @M@_WORK_BYTES);", program));
  lines.statement("return outcome;");
  lines.close();
  return lines.take();
}

/// `compute_one(model, past, tokens, logits)` calls the schedule of one token.
/// `compute(model, past, tokens, count, logits)`, where there is a schedule of
/// several, calls either. A caller with one token does not reach the other,
/// which needs more stack.
static std::string printComputes(const Program &program,
                                 ArrayRef<Parameter> parameters) {
  std::string text = printCompute(
      program, "One token behind `past` others.",
      fillIn("int32_t compute_one(@m@_model *model, size_t past, const int32_t "
             "*tokens, float *logits)",
             program),
      "", callOf(program, *program.decode(), parameters));
  if (const Contract *prefill = program.schedule(kernel::prefillName))
    text += printCompute(
        program,
        fillIn("Up to @M@_CHUNK tokens behind `past` others.", program),
        fillIn("int32_t compute(@m@_model *model, size_t past, const int32_t "
               "*tokens, size_t count, float *logits)",
               program),
        "return compute_one(model, past, tokens, logits);",
        callOf(program, *prefill, parameters));
  return text;
}

static constexpr StringRef prefillStart = R"cpp(
extern "C" int32_t @m@_prefill(@m@_model *model, const int32_t *tokens,
                               size_t count, float *logits) {
  if (model == nullptr || model->state == nullptr || tokens == nullptr)
    return @M@_NULL_ARGUMENT;
  if (count == 0)
    return @M@_SIZE_OUT_OF_BOUNDS;
  if (count > @M@_CONTEXT - model->position)
    return @M@_CACHE_FULL;
)cpp";

static constexpr StringRef prefillChunks = R"cpp(
  // The position moves when all tokens are done: what a failed call has stored
  // lies behind it.
  for (size_t at = 0; at < count;) {
    const size_t rest = count - at;
    const size_t taken = rest < @M@_CHUNK ? rest : @M@_CHUNK;
TARGET    const int32_t status =
        compute(model, model->position + at, tokens + at, taken, target);
    if (status != @M@_OK)
      return status;
    at += taken;
  }
  model->position += count;
  return @M@_OK;
}
)cpp";

static constexpr StringRef prefillOnes = R"cpp(
  // The position moves when all tokens are done: what a failed call has stored
  // lies behind it.
  for (size_t at = 0; at < count; ++at) {
TARGET    const int32_t status =
        compute_one(model, model->position + at, tokens + at, target);
    if (status != @M@_OK)
      return status;
  }
  model->position += count;
  return @M@_OK;
}
)cpp";

static constexpr StringRef decodeStart = R"cpp(
extern "C" int32_t @m@_decode(@m@_model *model, int32_t token, float *logits) {
  if (model == nullptr || model->state == nullptr)
    return @M@_NULL_ARGUMENT;
  if (model->position >= @M@_CONTEXT)
    return @M@_CACHE_FULL;
)cpp";

static constexpr StringRef decodeEnd = R"cpp(
  const int32_t status =
      compute_one(model, model->position, &token, logits);
  if (status == @M@_OK)
    ++model->position;
  return status;
}
)cpp";

static constexpr StringRef inputsCheck = R"cpp(
  const int32_t inputs = check_inputs(model);
  if (inputs != @M@_OK)
    return inputs;
)cpp";

static constexpr StringRef positions = R"cpp(
extern "C" int32_t @m@_reset(@m@_model *model) {
  return @m@_rewind(model, 0);
}

extern "C" int32_t @m@_rewind(@m@_model *model, size_t position) {
  if (model == nullptr)
    return @M@_NULL_ARGUMENT;
  if (position > model->position)
    return @M@_SIZE_OUT_OF_BOUNDS;
  model->position = position;
  return @M@_OK;
}

extern "C" size_t @m@_position(const @m@_model *model) {
  return model == nullptr ? 0 : model->position;
}

extern "C" size_t @m@_capacity(const @m@_model *) {
  return @M@_CONTEXT;
}

extern "C" int32_t @m@_init_sequence(@m@_model *model, const @m@_model *other,
                                     void *state, size_t state_bytes) {
  if (model == nullptr || other == nullptr || other->weights == nullptr ||
      state == nullptr)
    return @M@_NULL_ARGUMENT;
  if (!is_aligned(state, @M@_ARENA_ALIGNMENT))
    return @M@_MISALIGNED;
  if (state_bytes < @M@_STATE_BYTES)
    return @M@_ARENA_TOO_SMALL;
  *model = *other;
  model->state = static_cast<unsigned char *>(state);
  model->position = 0;
  return @M@_OK;
}
)cpp";

static std::string printPrefill(const Program &program, bool hasInputs) {
  bool hasChunks = program.schedule(kernel::prefillName) != nullptr;
  bool isOfAll = program.decode()->allLogits;
  std::string text = fillIn(prefillStart, program);
  if (hasInputs)
    text += StringRef(fillIn(inputsCheck, program)).drop_front().str();
  std::string loop = fillIn(hasChunks ? prefillChunks : prefillOnes, program);
  std::string isLast = hasChunks ? "taken == rest" : "at + 1 == count";
  std::string target =
      isOfAll ? fillIn("logits == nullptr ? nullptr : logits + at * "
                       "@M@_VOCABULARY",
                       program)
              : isLast + " ? logits : nullptr";
  Lines lines;
  lines.statement("    float *const target = " + target + ";");
  loop.replace(loop.find("TARGET"), StringRef("TARGET").size(), lines.take());
  return text + loop;
}

static std::string printDecode(const Program &program, bool hasInputs) {
  std::string text = fillIn(decodeStart, program);
  if (hasInputs)
    text += StringRef(fillIn(inputsCheck, program)).drop_front().str();
  return text + fillIn(decodeEnd, program);
}

static constexpr StringRef sample = R"cpp(
extern "C" int32_t @m@_sample(@m@_sampler *sampler, float *logits,
                              int32_t *token) {
  if (sampler == nullptr || logits == nullptr || token == nullptr)
    return @M@_NULL_ARGUMENT;
  *token = static_cast<int32_t>(lmcc_rt::choose_token(
      logits, @M@_VOCABULARY, sampler->temperature, sampler->top_k,
      sampler->top_p, sampler->random));
  return @M@_OK;
}
)cpp";

std::string emit::printStatefulEntryPoints(const Program &program) {
  std::vector<Parameter> parameters = parametersOf(program);
  std::string text = "\nnamespace {\n";
  if (!parameters.empty())
    text += printParameterCheck(program, parameters);
  text += printComputes(program, parameters) + "\n} // namespace\n";
  text += printPrefill(program, !parameters.empty());
  text += printDecode(program, !parameters.empty());
  text += fillIn(positions, program);
  for (const Parameter &parameter : parameters)
    text += printSetter(program, parameter);
  if (program.hasSampler)
    text += fillIn(sample, program);
  return text;
}
