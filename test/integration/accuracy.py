#!/usr/bin/python3
#===- accuracy.py - What quantised models still know -----------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Score generated code of quantised models, and compare with the float model.

  accuracy.py LMCC [--target=T]

The decoder of home commands answers the 2000 sentences of the example; of
those that are exactly right it may lose 0.3 points in 8 bits, 1.5 in 4.
stories260k-decode is fed the reference's story of 256 tokens: how often is the
next one the likeliest, and what is its mean negative log likelihood? In float
these are 256 and 0.47.

Without --target it is the machine with products of bytes, or the one below if
this host is none.

Exit status: 0; 1 if a score is past its limit; 77 without the corpus, or if
this host cannot run the target.
"""
import collections
import os
import re
import sys
import tempfile

import numpy

import corpus
import programs
import targets

EXAMPLE = os.path.join(corpus.ROOT, "examples", "home-commands")
SCORE = re.compile(r"^(\d+) of (\d+) sentences right", re.MULTILINE)

# How a model is stored, and what that may cost: points of exact answers lost,
# same tokens at least, negative log likelihood at most.
Storage = collections.namedtuple("Storage", "name options lost same likelihood")
FLOAT = Storage("float", [], 0, 256, 0.48)
STORAGES = (
    FLOAT,
    Storage("w8a8", ["--quantize=w8a8"], 0.3, 248, 0.49),
    Storage("w4a8, groups of 32", ["--quantize=w4a8", "--group=32"], 1.5, 218,
            0.60),
)


def home_commands(options, storage, folder):
    """Per cent of the sentences that the decoder answers exactly."""
    output = programs.compile_model(
        options.lmcc, options.target, "home_decoder", folder,
        os.path.join(EXAMPLE, "model", "home-decoder.onnx"),
        ["--entry=stateful", "--context=96", "--chunk=16"] + storage.options)
    corpus.run([sys.executable, os.path.join(EXAMPLE, "GenerateVocabulary.py"),
                os.path.join(EXAMPLE, "model", "vocab.json"),
                output.file("vocabulary.h")])
    sources = [os.path.join(EXAMPLE, name + ".cpp") for name in
               ("main", "CommandDecoder", "Tokenizer", "TestSentences")]
    program = os.path.join(folder, "home-commands")
    output.link(options.target.gxx, sources, program, ["-I" + EXAMPLE])
    text = output.run([program, "--test",
                       os.path.join(EXAMPLE, "model", "test.tsv")])
    score = SCORE.search(text)
    if not score:
        raise corpus.Failed("no score in\n" + text)
    return 100 * int(score[1]) / int(score[2])


def log_likelihoods(logits, tokens):
    """Of each token by the row of its step, natural logarithms."""
    logits = logits.astype(numpy.float64)
    largest = logits.max(axis=1, keepdims=True)
    sums = numpy.exp(logits - largest).sum(axis=1)
    chosen = logits[numpy.arange(len(tokens)), tokens]
    return chosen - largest[:, 0] - numpy.log(sums)


def story(options, storage, folder):
    """How many tokens are the likeliest, and their mean negative log
    likelihood."""
    model = corpus.models(options.corpus)["stories260k-decode"]
    golden = os.path.join(os.path.dirname(model.path), "greedy_tokens.txt")
    tokens = numpy.loadtxt(golden, dtype=numpy.int64)
    steps = len(tokens) - 1
    output = programs.compile_model(
        options.lmcc, options.target, "story", folder, model.path,
        ["--dim=batch=1", "--dim=sequence=1", "--dim=past=0..%d" % (steps - 1)]
        + storage.options)
    program = os.path.join(folder, "greedy")
    output.link(options.target.gxx, [os.path.join(corpus.HERE, "greedy.cpp")],
                program)
    logits = os.path.join(folder, "logits")
    output.run([program, str(steps), logits, golden])
    logits = numpy.fromfile(logits, numpy.float32).reshape(steps, -1)
    same = int((logits.argmax(axis=1) == tokens[1:]).sum())
    return same, -log_likelihoods(logits, tokens[1:]).mean()


def check(options, storage):
    """One line; Failed with it past a limit."""
    with tempfile.TemporaryDirectory(prefix="lmcc-accuracy-") as folder:
        right = home_commands(options, storage, folder)
        same, likelihood = story(options, storage, folder)
    if storage is FLOAT:
        options.right = right
    lost = options.right - right
    text = ("home-decoder %.2f %% right, %.2f points lost (limit %.1f); "
            "stories260k %d tokens the same (limit %d), negative log "
            "likelihood %.4f (limit %.2f)" % (
                right, lost, storage.lost, same, storage.same, likelihood,
                storage.likelihood))
    # Points are differences of whole sentences, in steps of 0.05.
    if (round(lost, 6) > storage.lost or same < storage.same or
            likelihood > storage.likelihood):
        raise corpus.Failed(text)
    return text


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", choices=targets.TARGETS)
    options = corpus.parse(parser)
    with_bytes = targets.TARGETS["x86-64-v4-vnni"]
    if options.target:
        options.target = targets.TARGETS[options.target]
    else:
        options.target = (with_bytes if targets.is_available(with_bytes)
                          else targets.TARGETS["x86-64-v3"])
    targets.require(options.target)
    corpus.limit_memory()
    # One after the other: the first one is what others are compared with.
    return corpus.report("accuracy on " + options.target.name, 1,
                         lambda storage: check(options, storage), STORAGES)


if __name__ == "__main__":
    sys.exit(main())
