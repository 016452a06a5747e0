//===- StatefulContract.cpp - The header of a decoder with state ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Names.h"
#include "compiler/Emit/StatefulEntries.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

static constexpr StringRef usage = R"(
A decoder that keeps its state. @m@_init begins an empty sequence. @m@_prefill
takes the tokens of a prompt and @m@_decode one token more; both remember them
and write the logits LOGITS. The sequence holds at most @M@_CONTEXT tokens; a
call for which there is no room, or with a token that the model does not know,
returns a status and changes nothing. Logits may be null, which saves time.
@m@_rewind forgets all but the first tokens, @m@_reset all of them. What a
sequence gives does not depend on how its tokens were divided into calls, to the
last bit.
)";

static constexpr StringRef calls = R"c(
int32_t @m@_prefill(@m@_model *model, const int32_t *tokens, size_t count,
                    float *logits);
int32_t @m@_decode(@m@_model *model, int32_t token, float *logits);
int32_t @m@_reset(@m@_model *model);
int32_t @m@_rewind(@m@_model *model, size_t position);

/* Tokens in the sequence, and how many there can be. */
size_t @m@_position(const @m@_model *model);
size_t @m@_capacity(const @m@_model *model);

)c";

static constexpr StringRef sequenceUsage = R"(
Another sequence, empty, with the weights and the arena of `other`, which must
not run at the same time. `state` are @M@_STATE_BYTES bytes of its own, aligned
like an arena.
)";

static constexpr StringRef sequence = R"c(
int32_t @m@_init_sequence(@m@_model *model, const @m@_model *other,
                          void *state, size_t state_bytes);
)c";

static constexpr StringRef samplerUsage = R"(
Chooses a token for @M@_VOCABULARY logits, which are overwritten. Beforehand set
`random` to any seed: the same seed gives the same tokens on every target. The
higher the temperature, the more often less likely tokens are chosen; at 0 it is
always the likeliest. Only the `top_k` likeliest ones are considered (0: all),
and of those as many as together have the part `top_p` of the probability (1:
all).
)";

static constexpr StringRef sampler = R"c(
typedef struct @m@_sampler {
  uint64_t random;
  float temperature;
  float top_p;
  uint32_t top_k;
} @m@_sampler;

int32_t @m@_sample(@m@_sampler *sampler, float *logits, int32_t *token);
)c";

std::string emit::printStatefulContract(const Program &program) {
  std::vector<Parameter> parameters = parametersOf(program);
  auto [before, after] = usage.split("LOGITS");
  StringRef logits = program.decode()->allLogits
                         ? "of all their tokens, @M@_VOCABULARY floats each"
                         : "of the last one, @M@_VOCABULARY floats";
  std::string introduction = (before + logits + after).str();
  if (!parameters.empty())
    introduction +=
        "\nThe inputs below must be set first. They must stay where "
        "they are as long as they are used; an instance keeps "
        "pointers to them.\n";
  std::string text = "\n" + blockComment(fillIn(introduction, program)) +
                     StringRef(fillIn(calls, program)).drop_front().str() +
                     blockComment(fillIn(sequenceUsage, program)) +
                     StringRef(fillIn(sequence, program)).drop_front().str();
  for (const Parameter &parameter : parameters) {
    Lines lines;
    lines.statement(setterSignature(program, parameter) + ";");
    text += "\n" +
            blockComment(
                fmt::format("{}: {} {}", commentText(parameter.tensor->name),
                            elementName(parameter.tensor->element),
                            program.decode()->shapeText(*parameter.tensor))) +
            lines.take();
  }
  if (program.hasSampler)
    text += "\n" + blockComment(fillIn(samplerUsage, program)) +
            StringRef(fillIn(sampler, program)).drop_front().str();
  return text;
}
