#!/usr/bin/python3
#===- scratch.py - The memory that long prompts take -----------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile models of large width or long prompts and read the arena's size.

  scratch.py LMCC [--target=x86-64-v4]

  growth   prompts from 512 to 2048 tokens: twice the tokens take at most twice
           the arena, so nothing of it is sequence x sequence; T5 has a bias for
           every pair of tokens
  limits   two layers of the width of MiniLM and BERT-base, at 128 tokens

Exit status: 0; 1 if an arena is too large; 77 without the corpus.
"""
import collections
import glob
import os
import re
import sys
import tempfile

import corpus
import targets

ARENA = re.compile(r"kernel\.arena_bytes = (\d+) ")
Case = collections.namedtuple("Case", "name words sequences limit")
HEADS = ["--set", "d=128", "--set", "L=2", "--set", "h=2"]
LONG = (512, 1024, 2048)
CASES = (
    Case("gpt2 growth", ["custom-gpt2", "--set", "P=2048"] + HEADS, LONG, None),
    Case("llama growth", ["custom-llama", "--set", "kv=1"] + HEADS, LONG, None),
    # A model of the corpus; the words give its sizes.
    Case("t5-tiny-encoder growth", ["batch_size=1", "encoder_sequence_length="],
         LONG, None),
    Case("MiniLM limit", ["custom-bert", "--set", "d=384", "--set", "h=12",
                          "--set", "L=2", "--set", "ff=1536"], (128,), 1200000),
    Case("BERT limit", ["custom-bert", "--set", "d=768", "--set", "h=12",
                        "--set", "L=2", "--set", "ff=3072"], (128,), 2500000),
)


def arena_of(options, model, words=()):
    text = corpus.run([options.lmcc, model, "--emit=placed",
                       "--target=" + options.target, *words])
    return int(ARENA.search(text)[1])


def arena(options, case, sequence):
    known = case.name.split()[0]
    models = corpus.models(options.corpus)
    if known in models:
        return arena_of(options, models[known].path, [
            "--dim=" + word + str(sequence) * word.endswith("=")
            for word in case.words])
    with tempfile.TemporaryDirectory(prefix="lmcc-scratch-") as folder:
        corpus.run(["/usr/bin/python3",
                    os.path.join(options.corpus, "models", "make_big.py")] +
                   case.words + ["--seq", str(sequence), "-o", folder])
        [model] = glob.glob(os.path.join(folder, "*", "*.onnx"))
        return arena_of(options, model)


def check(options, case):
    sizes = [arena(options, case, sequence)
             for sequence in case.sequences]
    text = ", ".join("%d at %d" % pair for pair in zip(sizes, case.sequences))
    if case.limit and sizes[0] > case.limit:
        raise corpus.Failed("%s, more than %d" % (text, case.limit))
    for shorter, longer in zip(sizes, sizes[1:]):
        if longer > 2 * shorter:
            raise corpus.Failed("%s: more than linear" % text)
    return text


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v4",
                        choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    corpus.limit_memory()
    return corpus.report("bytes of arenas", options.jobs,
                         lambda case: check(options, case), CASES)


if __name__ == "__main__":
    sys.exit(main())
