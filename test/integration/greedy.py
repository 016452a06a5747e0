#!/usr/bin/python3
#===- greedy.py - A generated decoder tells the reference's story ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Decode token by token through the generated contract, always the likeliest.

  greedy.py LMCC --target=T

The tokens must be those of `greedy_tokens.txt`, to the last one: that list is
the same for every correct float32 implementation.

Exit status: 0; 1 if a token differs; 77 without the corpus, or if this host
cannot run the target.
"""
import os
import sys
import tempfile

import corpus
import programs
import targets


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", required=True, choices=targets.TARGETS)
    options = corpus.parse(parser)
    target = targets.TARGETS[options.target]
    targets.require(target)
    corpus.limit_memory()

    model = corpus.models(options.corpus)["stories260k-decode"]
    golden = os.path.join(os.path.dirname(model.path), "greedy_tokens.txt")
    with open(golden, encoding="ascii") as file:
        expected = file.read().split()
    steps = len(expected) - 1
    with tempfile.TemporaryDirectory(prefix="lmcc-greedy-") as folder:
        output = programs.compile_model(
            options.lmcc, target, "story", folder, model.path,
            ["--dim=batch=1", "--dim=sequence=1", "--dim=past=0..%d" %
             (steps - 1)])
        program = os.path.join(folder, "greedy")
        output.link(target.gxx,
                    [os.path.join(corpus.HERE, "greedy.cpp")], program)
        tokens = output.run([program, str(steps)]).split()
    for place, (token, right) in enumerate(zip(tokens, expected)):
        if token != right:
            sys.exit("token %d is %s, expected %s" % (place, token, right))
    if len(tokens) != len(expected):
        sys.exit("%d tokens, expected %d" % (len(tokens), len(expected)))
    print("%d tokens after the start token are right on %s" %
          (steps, target.name))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except corpus.Failed as failure:
        sys.exit(str(failure))
