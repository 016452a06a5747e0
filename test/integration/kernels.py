#!/usr/bin/python3
#===- kernels.py - Deeper models have the code of shallow ones -------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile a decoder of 2 and one of 12 layers and compare the code.

  kernels.py LMCC

The kernels are as many. The objects of two compilers have at most 1.1 times as
much text, constants included, with 12 layers as with 2.

Exit status: 0; 1 if that does not hold; 77 without the corpus.
"""
import collections
import glob
import os
import re
import sys
import tempfile

import corpus
import programs
import targets

LAYERS = (2, 12)
# How much more text the deeper model may have.
MOST = 1.1
TARGET = targets.TARGETS["x86-64-v3"]
FUNCTION = re.compile(r'^extern "C" .*_k_', re.MULTILINE)
# Form, words for the generator, words for lmcc.
Form = collections.namedtuple("Form", "name words dims")
FORMS = (
    Form("prefill", ["--mode", "prefill"], []),
    Form("decode", ["--mode", "decode", "--dynamic"],
         ["--dim=batch=1", "--dim=sequence=1..16", "--dim=past=0..128"]),
)


def compile_layers(options, form, layers, folder):
    name = "layers%d" % layers
    made = os.path.join(folder, "%d" % layers)
    corpus.run(["/usr/bin/python3",
                os.path.join(options.corpus, "models", "make_big.py"),
                "custom-llama", "--set", "L=%d" % layers, "-o", made] +
               form.words)
    # The generator names folder and file after the form.
    [model] = glob.glob(os.path.join(made, "*", "*.onnx"))
    return programs.compile_model(options.lmcc, TARGET, name, made, model,
                                  form.dims)


def count_kernels(output):
    """The kernels in the text of one output, which its manifest repeats."""
    with open(output.file(output.name + "_kernels.cpp"), encoding="utf-8") as file:
        count = len(FUNCTION.findall(file.read()))
    if count != output.manifest["kernels"]:
        raise corpus.Failed("%d kernels, but the manifest says %d" %
                            (count, output.manifest["kernels"]))
    return count


def count_bytes(output, compiler, folder):
    """The text of all objects but that of the weights."""
    total = 0
    for source in output.sources():
        to = os.path.join(folder, "object.o")
        output.compile(compiler, source, to)
        # Below a heading: text, data, bss ...
        total += int(corpus.run(["size", to]).splitlines()[1].split()[0])
    return total


def check(options, form):
    with tempfile.TemporaryDirectory(prefix="lmcc-kernels-") as folder:
        outputs = [compile_layers(options, form, layers, folder)
                   for layers in LAYERS]
        kernels = [count_kernels(output) for output in outputs]
        sizes = {compiler: [count_bytes(output, compiler, folder)
                            for output in outputs]
                 for compiler in (TARGET.gxx, targets.CLANG)}
    text = ", ".join("%d kernels for %d layers" % pair
                     for pair in zip(kernels, LAYERS))
    for compiler, (few, many) in sizes.items():
        text += "; %s: %d and %d bytes" % (compiler, few, many)
    if (len(set(kernels)) != 1 or not kernels[0] or
            any(many > MOST * few for few, many in sizes.values())):
        raise corpus.Failed(text)
    return text


def main():
    options = corpus.parse(corpus.parser_for(__doc__))
    corpus.limit_memory()
    return corpus.report("code of deep models", 1,
                         lambda form: check(options, form), FORMS)


if __name__ == "__main__":
    sys.exit(main())
