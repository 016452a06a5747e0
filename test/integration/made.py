#!/usr/bin/python3
#===- made.py - Models of many shapes, made for the occasion ---------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Make small models of the big ones' form and compare with the evaluator.

  made.py LMCC [--target=x86-64-v3]

The models have two layers and random weights. They vary in what the corpus
holds still: sequences around the blocks of tiles and keys, lengths of the
past, batches, and both spellings of norms.

Exit status: 0; 1 if an output differs; 77 without the corpus, or if this host
cannot run the target.
"""
import collections
import glob
import os
import re
import sys
import tempfile

import corpus
import targets

VERIFIED = re.compile(r"^verified (\d+) of (\d+) outputs?$", re.MULTILINE)
SMALL = ["--set", "d=64", "--set", "L=2"]
CASES = (
    ["custom-bert", "--seq", "1"],
    ["custom-bert", "--seq", "13"],
    ["custom-bert", "--seq", "70", "--opset", "14"],
    ["custom-bert", "--seq", "20", "--batch", "3"],
    ["custom-bert", "--seq", "130", "--dynamic"],
    ["custom-gpt2", "--seq", "33"],
    ["custom-gpt2", "--mode", "decode", "--past", "5"],
    ["custom-gpt2", "--mode", "decode", "--past", "64", "--dynamic"],
    ["custom-llama", "--seq", "20", "--batch", "2"],
    ["custom-llama", "--seq", "65", "--opset", "14"],
    ["custom-llama", "--mode", "decode", "--past", "63"],
    ["custom-llama", "--mode", "decode", "--past", "128", "--dynamic"],
)
# A generated model by the words that make it.
Made = collections.namedtuple("Made", "name words")


def check(options, case):
    with tempfile.TemporaryDirectory(prefix="lmcc-made-") as folder:
        corpus.run(["/usr/bin/python3",
                    os.path.join(options.corpus, "models", "make_big.py")] +
                   case.words + SMALL + ["-o", folder])
        [model] = glob.glob(os.path.join(folder, "*", "*.onnx"))
        text = corpus.run([options.lmcc, model, "--target=" + options.target,
                           "--verify=" + os.path.dirname(model),
                           "-o", os.path.join(folder, "out")])
    verified = VERIFIED.search(text)
    if not verified or verified[1] != verified[2] or verified[1] == "0":
        raise corpus.Failed(text.rstrip())
    return verified[0]


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require(targets.TARGETS[options.target])
    corpus.limit_memory()
    return corpus.report("made models on " + options.target, options.jobs,
                         lambda case: check(options, case),
                         [Made(" ".join(words), words) for words in CASES])


if __name__ == "__main__":
    sys.exit(main())
