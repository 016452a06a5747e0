#!/usr/bin/python3
#===- layers.py - Loops over layers compute what single layers do ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile models whose layers are a loop, and once more with layers that differ.

  layers.py LMCC [--target=x86-64-v3]

A copy of each model has the middle of its third layer as one more output. No
three layers in a row are equal then, so their calls stand one by one. The other
outputs must have the same bytes as those of the loop, on every test set.

Exit status: 0; 1 if an output differs or a model is not rolled as it should be;
77 without the corpus, or if this host cannot run the target.
"""
import collections
import glob
import os
import re
import sys
import tempfile

import onnx
from onnx import helper

import corpus
import programs
import targets

LOOP = re.compile(r"remark: layers: (\d+) equal layers of \d+ steps are one loop "
                  r"of 'run'")
TAPPED_LAYER = re.compile(r"\b(layers|layer|h)\.2\b")
# Words for the generator; a model of the corpus where there are none.
Case = collections.namedtuple("Case", "name words")
MADE = (
    ["custom-bert", "--seq", "13"],
    ["custom-gpt2", "--seq", "33"],
    ["custom-gpt2", "--mode", "decode", "--past", "5", "--dynamic"],
    ["custom-llama", "--seq", "20", "--batch", "2"],
    ["custom-llama", "--mode", "decode", "--past", "63", "--dynamic"],
)
CASES = [Case(" ".join(words), words) for words in MADE] + [
    Case("stories260k-decode", []), Case("home-decoder", [])]


def find_model(options, case, folder):
    if not case.words:
        return corpus.models(options.corpus)[case.name]
    corpus.run(["/usr/bin/python3",
                os.path.join(options.corpus, "models", "make_big.py")] +
               case.words + ["--set", "d=64", "--set", "L=5", "-o", folder])
    [path] = glob.glob(os.path.join(folder, "*", "*.onnx"))
    sets = glob.glob(os.path.join(os.path.dirname(path), "test_data_set_*"))
    return corpus.Model(case.name, path, sorted(sets), [])


def tap(model, folder):
    """A copy of the model with one more output."""
    proto = onnx.load(model.path)
    uses = collections.Counter(name for node in proto.graph.node
                               for name in node.input)
    # What goes around a norm is used by it and behind it.
    taps = [node.output[0] for node in proto.graph.node
            if node.op_type == "Add" and TAPPED_LAYER.search(node.name) and
            uses[node.output[0]] > 1]
    if not taps:
        raise corpus.Failed("no node of the third layer can be an output")
    proto.graph.output.append(helper.make_tensor_value_info(
        taps[0], onnx.TensorProto.FLOAT, None))
    path = os.path.join(folder, "tapped.onnx")
    onnx.save(proto, path)
    return path


def inputs_of(model, folder):
    """The test sets without outputs, which do not fit the copy."""
    for number, data in enumerate(model.sets):
        to = os.path.join(folder, "inputs_%d" % number)
        os.mkdir(to)
        for path in glob.glob(os.path.join(data, "input_*.pb")):
            os.symlink(path, os.path.join(to, os.path.basename(path)))
        yield to


def results(options, name, folder, path, sets):
    """How many layers are a loop, and the bytes of all outputs."""
    capture = programs.Capture(
        options.lmcc, targets.TARGETS[options.target], name, folder,
        corpus.Model(name, path, sets, ["--explain"]))
    loop = LOOP.search(capture.text)
    return int(loop[1]) if loop else 0, capture.results()


def check(options, case):
    with tempfile.TemporaryDirectory(prefix="lmcc-layers-") as folder:
        model = find_model(options, case, folder)
        sets = list(inputs_of(model, folder))
        layers, rolled = results(options, "rolled", folder, model.path, sets)
        single, tapped = results(options, "tapped", folder, tap(model, folder),
                                 sets)
    # The first or the last layer may read an input or write an output.
    if layers < 4 or single:
        raise corpus.Failed("%d layers in the loop, %d with one more output" %
                            (layers, single))
    different = [name for name in rolled if rolled[name] != tapped.get(name)]
    if different or not rolled:
        raise corpus.Failed("other bytes in %s" % ", ".join(different))
    return "%d layers in a loop, %d equal outputs" % (layers, len(rolled))


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require(targets.TARGETS[options.target])
    corpus.limit_memory()
    return corpus.report("loops over layers on " + options.target,
                         options.jobs, lambda case: check(options, case), CASES)


if __name__ == "__main__":
    sys.exit(main())
