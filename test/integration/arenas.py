#!/usr/bin/python3
#===- arenas.py - The arenas of models of real size ------------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Check how much memory models of real size need.

  arenas.py LMCC

The corpus makes them, with random weights. For every target the arena must not
be larger than what is stated here, and at most 1.05 times the largest live set,
worked out from the printed schedule.

Exit status: 0; 1 if an arena is too large; 77 without the corpus.
"""
import collections
import os
import sys
import tempfile

import arena
import corpus
import targets

SLACK = 1.05
# A model of make_big.py, of sequences of 128, and the most bytes of its arena.
Made = collections.namedtuple("Made", "name limit")
MODELS = (Made("minilm", 1_200_000), Made("bert-base", 2_500_000))


def check(options, model):
    """One model for all targets; one line."""
    maker = os.path.join(options.corpus, "models", "make_big.py")
    with tempfile.TemporaryDirectory(prefix="lmcc-arenas-") as folder:
        corpus.run(["/usr/bin/python3", maker, model.name, "--seq=128", "-o",
                    folder])
        path = os.path.join(folder, model.name, model.name + ".onnx")
        said = []
        for target in targets.TARGETS:
            text = corpus.run([options.lmcc, path, "--target=" + target,
                               "--emit=placed"])
            plan = arena.read_plan(text)
            if plan.arena > model.limit:
                raise corpus.Failed("%s: an arena of %d bytes, not %d" %
                                    (target, plan.arena, model.limit))
            if plan.arena > SLACK * plan.live:
                raise corpus.Failed(
                    "%s: an arena of %d bytes for a largest live set of %d" %
                    (target, plan.arena, plan.live))
            said.append("%s %d" % (target, plan.arena))
    return ", ".join(said)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    return corpus.report("arenas", options.jobs,
                         lambda model: check(options, model), MODELS)


if __name__ == "__main__":
    sys.exit(main())
