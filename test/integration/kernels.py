#!/usr/bin/python3
#===- kernels.py - Deeper models share the kernels of shallow ones ---------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile a decoder of 2 and one of 12 layers and count the kernels.

  kernels.py LMCC

Exit status: 0; 1 if the counts differ; 77 without the corpus.
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
FUNCTION = re.compile(r'^extern "C" .*_k_', re.MULTILINE)
# Form, words for the generator, words for lmcc.
Form = collections.namedtuple("Form", "name words dims")
FORMS = (
    Form("prefill", ["--mode", "prefill"], []),
    Form("decode", ["--mode", "decode", "--dynamic"],
         ["--dim=batch=1", "--dim=sequence=1..16", "--dim=past=0..128"]),
)


def count_kernels(options, form, layers, folder):
    """The kernels in the text of one output, which its manifest repeats."""
    name = "layers%d" % layers
    made = os.path.join(folder, "%d" % layers)
    corpus.run(["/usr/bin/python3",
                os.path.join(options.corpus, "models", "make_big.py"),
                "custom-llama", "--set", "L=%d" % layers, "-o", made] +
               form.words)
    # The generator names folder and file after the form.
    [model] = glob.glob(os.path.join(made, "*", "*.onnx"))
    output = programs.compile_model(options.lmcc, targets.TARGETS["x86-64-v3"],
                                    name, made, model, form.dims)
    with open(output.file(name + "_kernels.cpp"), encoding="utf-8") as file:
        count = len(FUNCTION.findall(file.read()))
    if count != output.manifest["kernels"]:
        raise corpus.Failed("%d kernels, but the manifest says %d" %
                            (count, output.manifest["kernels"]))
    return count


def check(options, form):
    with tempfile.TemporaryDirectory(prefix="lmcc-kernels-") as folder:
        counts = [count_kernels(options, form, layers, folder)
                  for layers in LAYERS]
    text = ", ".join("%d kernels for %d layers" % pair
                     for pair in zip(counts, LAYERS))
    if len(set(counts)) != 1 or not counts[0]:
        raise corpus.Failed(text)
    return text


def main():
    options = corpus.parse(corpus.parser_for(__doc__))
    corpus.limit_memory()
    return corpus.report("shared kernels", 1,
                         lambda form: check(options, form), FORMS)


if __name__ == "__main__":
    sys.exit(main())
