#!/usr/bin/python3
#===- as_in_model.py - Quantised models are multiplied as integers ---------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Count the products of quantised models that run on kernels of bytes.

  as_in_model.py LMCC

Each product with a weight and each product of two activations has a remark that
says so, and every kernel that reads bytes or words of them is made of dot products.

Exit status: 0; 1 if a model has other products; 77 without the corpus.
"""
import collections
import glob
import os
import re
import sys
import tempfile

import corpus

TARGET = "x86-64-v4-vnni"
# Products in one function of the model; decoders have several functions.
Case = collections.namedtuple("Case", "name words weights activations")
BOUNDS = ["--dim=batch_size=1..2", "--dim=sequence_length=1..32"]
CASES = (
    Case("bert-tiny-dyn-int8", BOUNDS, 13, 0),
    Case("bert-tiny-qdq-int8", BOUNDS, 13, 4),
    Case("stories260k-decode-qdq-u8s8",
         ["--entry=stateless", "--dim=batch=1", "--dim=sequence=1..4",
          "--dim=past=0..64"], 36, 10),
)
AS_IN_MODEL = re.compile(r"remark: quantised: as in the model, rows of "
                         r"(?:un)?signed bytes, weights of \d+ x \d+ in 8 bits")
COMPUTED = re.compile(r"remark: quantised: as in the model, rows of "
                      r"(?:un)?signed bytes, columns of (?:un)?signed bytes")
NOT = re.compile(r"remark: quantised: not, (.*)")
KERNEL = re.compile(r'^extern "C" void (\w+)\((.*?)\n}', re.MULTILINE | re.DOTALL)
WEIGHTS = re.compile(r"const int(8|32)_t \*__restrict w\b")


def check_remarks(case, text):
    weights = len(AS_IN_MODEL.findall(text))
    computed = len(COMPUTED.findall(text))
    if (weights, computed) != (case.weights, case.activations):
        raise corpus.Failed(
            "%d products with weights and %d of activations, instead of %d and "
            "%d:\n%s" % (weights, computed, case.weights, case.activations, text))
    if reasons := NOT.findall(text):
        raise corpus.Failed("products of floats: " + "; ".join(reasons))


def check_kernels(folder):
    [path] = glob.glob(os.path.join(folder, "*_kernels.cpp"))
    with open(path, encoding="utf-8") as file:
        kernels = [(name, text) for name, text in KERNEL.findall(file.read())
                   if WEIGHTS.search(text)]
    slow = [name for name, text in kernels if "dot4" not in text]
    if slow or not kernels:
        raise corpus.Failed("kernels without dot products of bytes: " +
                            (", ".join(slow) or "all"))
    return len(kernels)


def check(options, case):
    [model] = corpus.select(options.corpus, [case.name], corpus.QUANTISED)
    with tempfile.TemporaryDirectory(prefix="lmcc-as-in-model-") as folder:
        text = corpus.run([options.lmcc, model.path, "--target=" + TARGET,
                           "--explain", "-o", folder] + case.words)
        check_remarks(case, text)
        return "%d products in %d kernels" % (
            case.weights + case.activations, check_kernels(folder))


def main():
    options = corpus.parse(corpus.parser_for(__doc__))
    corpus.limit_memory()
    return corpus.report("models as they are quantised", 2,
                         lambda case: check(options, case), CASES)


if __name__ == "__main__":
    sys.exit(main())
