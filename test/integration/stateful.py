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
logits of every token must be the same, bit by bit. The story of stories260k
must be that of `greedy_tokens.txt`. With the logits of the last token alone
they are the same, too.

Exit status: 0; 1 if something differs; 77 without the corpus, or if this host
cannot run the target.
"""
import collections
import os
import sys
import tempfile

import corpus
import programs
import targets

HERE = corpus.HERE
Decoder = collections.namedtuple("Decoder", "name options context first steps")

DECODERS = (
    # The state ends within a block of keys, at a block's end, and is shorter
    # than one.
    Decoder("stories260k-decode", [], 257, 1, 256),
    Decoder("stories260k-decode", ["--chunk=5"], 128, 1, 100),
    Decoder("stories260k-decode", ["--chunk=64"], 30, 1, 30),
    # A table of positions and one of what is hidden; a mask made of places.
    Decoder("gpt2-tiny-past", [], 64, 3, 64),
    Decoder("home-decoder", [], 96, 3, 90),
)


def tell(options, target, folder, decoder, number):
    """The tokens, from a program with its own name in `folder`."""
    model = corpus.models(options.corpus)[decoder.name].path
    place = os.path.join(folder, str(number))
    os.mkdir(place)
    output = programs.compile_model(
        options.lmcc, target, "story", place, model,
        ["--logits=all", "--entry=stateful",
         "--context=%d" % decoder.context] + decoder.options)
    program = os.path.join(place, "stateful")
    output.link(target.gxx, [os.path.join(HERE, "stateful.cpp")], program)
    return output.run(
        [program, str(decoder.first), str(decoder.steps)]).split()


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
        for number, decoder in enumerate(DECODERS):
            tokens = tell(options, target, folder, decoder, number)
            if (decoder.name.startswith("stories260k") and
                    tokens != story[:len(tokens)]):
                sys.exit("%s tells another story" % decoder.name)
            print("%s %s: %d tokens in every order" %
                  (decoder.name, " ".join(decoder.options), decoder.steps))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except corpus.Failed as failure:
        sys.exit(str(failure))
