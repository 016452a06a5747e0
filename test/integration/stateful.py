#!/usr/bin/python3
#===- stateful.py - Decoders that keep their state -------------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Call the stateful functions of decoders in every order, and compare bits.

  stateful.py LMCC --target=T

`stateful.cpp` takes the tokens of a greedy story one by one, in chunks, after
rewinding, in turns with others, and up to the last place of the state: the
logits of every token must be the same, bit by bit, and those of the stateless
function. The story of stories260k must be that of `greedy_tokens.txt`. Functions
that give the logits of the last token alone give the same. All decoders are tried
on x86-64-v3, one of each kind elsewhere; with LMCC_TEST_ALL all everywhere.

Exit status: 0; 1 if something differs; 77 without the corpus, or if this host
cannot run the target.
"""
import collections
import math
import os
import re
import sys
import tempfile

import corpus
import programs
import targets

HERE = corpus.HERE
Decoder = collections.namedtuple(
    "Decoder", "name options context first steps inputs", defaults=[0])

QUANTIZED = ["--quantize=w8a8", "--attention=i8", "--loss=off"]

# The first one of each kind is tried everywhere.
KINDS = (
    # The state ends at a block's end, within a block of keys, and is shorter
    # than one.
    [Decoder("stories260k-decode", ["--chunk=5"], 128, 1, 100),
     Decoder("stories260k-decode", [], 257, 1, 256),
     Decoder("stories260k-decode", ["--chunk=64"], 30, 1, 30)],
    # A table of positions and one of what is hidden; a mask made of places.
    [Decoder("gpt2-tiny-past", [], 64, 3, 64),
     Decoder("home-decoder", [], 96, 3, 90)],
    # States of a fixed length, of which only a part is asked for at times.
    [Decoder("stories260k-decode-static-op24", [], 70, 1, 70),
     Decoder("stories260k-decode-static", [], 256, 1, 256)],
    # Rows in 8 bits, kept in 8 bits or made anew for each call.
    [Decoder("stories260k-decode", QUANTIZED + ["--cache=i8", "--chunk=5"],
             128, 1, 100),
     Decoder("stories260k-decode", QUANTIZED + ["--chunk=7"], 70, 1, 70),
     Decoder("gpt2-tiny-past", QUANTIZED + ["--cache=i8"], 64, 3, 64)],
    # Keys and values of an encoder, which stay the same.
    [Decoder("whisper-tiny-decoder-past", [], 48, 3, 48, inputs=4)],
)


# `/* name: float32 [1, 4, 30, 16] */` and the function that sets it.
SETTER = re.compile(r"float32 \[([0-9, ]*)\] \*/\s*int32_t (story_set_\w+)\(")
# The comment behind the constants of an input of the stateless function.
INPUT = re.compile(r"_INPUT_\d+_RANK \d+u /\* ([^:]*):")
SIZE = re.compile(r"^  int64_t (\w+);$", re.MULTILINE)


def kind_of(name):
    if name == "input_ids":
        return "tokens"
    if "mask" in name:
        return "mask"
    if "position" in name:
        return "positions"
    return "parameter" if "encoder" in name else "state"


def write_inputs(output):
    """What the program must know of the inputs; how many stay the same."""
    with open(output.file("story.h"), encoding="utf-8") as file:
        header = file.read()
    setters = SETTER.findall(header)
    counts = [math.prod(int(size) for size in shape.split(","))
              for shape, _ in setters]
    sizes = SIZE.findall(header[header.index("typedef struct story_dims"):
                                header.index("} story_dims;")])
    lines = ["#include <vector>",
             "constexpr Input inputs[] = {"]
    lines += ["    Input::%s," % kind_of(name)
              for name in INPUT.findall(header)]
    lines += ["};",
              "inline const float *parameter(size_t number) {",
              "  static std::vector<std::vector<float>> data;",
              "  if (data.empty())",
              "    for (size_t count : std::vector<size_t>{%s}) {" %
              ", ".join(str(count) for count in counts),
              "      data.emplace_back(count);",
              "      for (size_t i = 0; i < count; ++i)",
              "        data.back()[i] = static_cast<float>(i * 7 % 13) / 8 -"
              " 0.75f;",
              "    }",
              "  return data[number].data();",
              "}",
              "inline int32_t setInputs(story_model &model) {",
              "  int32_t status = STORY_OK;"]
    lines += ["  status |= %s(&model, parameter(%d));" % (setter, number)
              for number, (_, setter) in enumerate(setters)]
    lines += ["  static_cast<void>(model);", "  return status;", "}",
              "inline void setSizes(story_dims &dims, int64_t past) {",
              "  static_cast<void>(past);"]
    lines += ["  dims.%s = %s;" % (size, "past" if "past" in size else "1")
              for size in sizes if size != "unused_"]
    lines += ["  static_cast<void>(dims);", "}"]
    with open(output.file("inputs.h"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return len(setters)


def build(options, target, folder, decoder, which):
    """The output for `which` logits and its program in a new `folder`."""
    os.mkdir(folder)
    model = corpus.models(options.corpus)[decoder.name].path
    output = programs.compile_model(
        options.lmcc, target, "story", folder, model,
        ["--sampler", "--logits=" + which, "--context=%d" % decoder.context] +
        decoder.options)
    if write_inputs(output) != decoder.inputs:
        sys.exit("%s has other inputs" % decoder.name)
    source = "stateful.cpp" if which == "all" else "last_logits.cpp"
    program = os.path.join(folder, "program")
    output.link(target.gxx, [os.path.join(HERE, source)], program)
    return output, program


def tell(options, target, folder, decoder):
    """The tokens; their logits do not depend on how they were computed."""
    logits = folder + "-logits"
    output, program = build(options, target, folder + "-all", decoder, "all")
    tokens = output.run(
        [program, str(decoder.first), str(decoder.steps), logits]).split()
    output, program = build(options, target, folder + "-last", decoder, "last")
    output.run([program, logits] + tokens[:-1])
    return tokens


def decoders_for(target):
    if corpus.ALL or target.name == "x86-64-v3":
        return [decoder for kind in KINDS for decoder in kind]
    return [kind[0] for kind in KINDS]


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", required=True, choices=targets.TARGETS)
    options = corpus.parse(parser)
    target = targets.TARGETS[options.target]
    targets.require(target)
    corpus.limit_memory()

    golden = os.path.join(options.corpus, "models", "stories260k-decode",
                          "greedy_tokens.txt")
    with open(golden, encoding="ascii") as file:
        story = file.read().split()
    with tempfile.TemporaryDirectory(prefix="lmcc-stateful-") as folder:
        for number, decoder in enumerate(decoders_for(target)):
            tokens = tell(options, target, os.path.join(folder, str(number)),
                          decoder)
            tells_story = (decoder.name.startswith("stories260k") and
                          decoder.options[:1] != QUANTIZED[:1])
            if tells_story and tokens != story[:len(tokens)]:
                sys.exit("%s tells another story" % decoder.name)
            print("%s %s: %d tokens in every order" %
                  (decoder.name, " ".join(decoder.options), decoder.steps))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except corpus.Failed as failure:
        sys.exit(str(failure))
