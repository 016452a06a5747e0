#!/usr/bin/python3
#===- models.py - The models of the corpus give their golden outputs -------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile models, run them on all their test sets, compare with the goldens.

  models.py LMCC --target=T [--quantised] [--models=A,B] [--jobs=1]

Each model is compiled once for the shapes of all its sets, and judged by the
tolerances that the index of the corpus gives. All float32 models are tried on
x86-64-v3, and one of each family elsewhere; with LMCC_TEST_ALL all everywhere.
With --quantised it is the models that somebody has quantised, all of them.
A set without golden outputs is a failure here.

Exit status: 0; 1 if a model fails; 77 without the corpus, or if this host
cannot run the target.
"""
import glob
import os
import re
import sys
import time

import corpus
import targets

VERIFIED = re.compile(r"^verified (\d+) of (\d+) outputs?$", re.MULTILINE)
LARGEST = re.compile(r"max_abs (\S+)")


def verify(lmcc, target, model):
    """Runs lmcc on one model; the line that tells the result."""
    goldens = {folder: len(glob.glob(os.path.join(folder, "output_*.pb")))
               for folder in model.sets}
    empty = [folder for folder, count in goldens.items() if count == 0]
    if empty or not goldens:
        raise corpus.Failed("no golden outputs in %s" % (empty or model.path))
    start = time.monotonic()
    text = corpus.run([lmcc, model.path, "--target=" + target] +
                      corpus.AS_IN_MODEL + model.check +
                      ["--verify=" + folder for folder in model.sets])
    seconds = time.monotonic() - start
    verified = VERIFIED.search(text)
    expected = sum(goldens.values())
    if not verified or not (int(verified[1]) == int(verified[2]) == expected):
        raise corpus.Failed("%d golden outputs, but lmcc says:\n%s" %
                            (expected, text))
    largest = max(float(found) for found in LARGEST.findall(text))
    return "%s, %d sets, max_abs %.2g, %.1f s" % (
        verified[0], len(goldens), largest, seconds)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", required=True, choices=targets.TARGETS)
    parser.add_argument("--quantised", action="store_true",
                        help="models that are quantised already")
    parser.add_argument("--models", default="", metavar="A,B",
                        help="these alone")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require(targets.TARGETS[options.target])

    names = [name for name in options.models.split(",") if name]
    kinds = corpus.QUANTISED if options.quantised else corpus.FLOAT32
    if not (names or corpus.ALL or options.quantised or
            options.target == "x86-64-v3"):
        names = corpus.FAMILIES
    corpus.limit_memory()
    return corpus.report(
        "models on " + options.target, options.jobs,
        lambda model: verify(options.lmcc, options.target, model),
        corpus.select(options.corpus, names, kinds))


if __name__ == "__main__":
    sys.exit(main())
