#!/usr/bin/python3
#===- rotary.py - Rotary embeddings in the forms of exporters --------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile small models of all forms of rotary position embedding.

  rotary.py LMCC [--target=x86-64-v3]

Each becomes one operation and one kernel, whose results are those of its
arithmetic in numpy, bit by bit.

Exit status: 0; 1 if a check fails; 77 if this host cannot run the target.
"""
import collections
import os
import re
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import corpus
import targets

OPERATION = re.compile(r"= graph\.(\w+)")
# Columns of a head, and how many of them are rotated.
Form = collections.namedtuple("Form", "name write size rotated interleaved")
HEADS, SEQUENCE = 3, 5


def constant(name, *values):
    return numpy_helper.from_array(numpy.array(values, numpy.int64), name)


def operator(form):
    """RotaryEmbedding; an angle for each pair."""
    attributes = {"interleaved": int(form.interleaved)}
    if form.rotated < form.size:
        attributes["rotary_embedding_dim"] = form.rotated
    return [helper.make_node("RotaryEmbedding", ["x", "c", "s"], ["y"],
                             **attributes)], []


def exchanged(form):
    """x * cosine + (-second, first) * sine, an angle for each element; what is
    not rotated is put behind."""
    half, step = form.rotated // 2, 2 if form.interleaved else 1
    second = 1 if form.interleaved else half
    nodes = [
        helper.make_node("Split", ["x", "parts"], ["f", "rest"], axis=3)
        if form.rotated < form.size else
        helper.make_node("Identity", ["x"], ["f"]),
        helper.make_node("Slice", ["f", "0", "end1", "3", "step"], ["a"]),
        helper.make_node("Slice", ["f", "start2", "end2", "3", "step"], ["b"]),
        helper.make_node("Neg", ["b"], ["n"])]
    if form.interleaved:
        nodes += [
            helper.make_node("Unsqueeze", ["n", "4"], ["n1"]),
            helper.make_node("Unsqueeze", ["a", "4"], ["a1"]),
            helper.make_node("Concat", ["n1", "a1"], ["pairs"], axis=4),
            helper.make_node("Reshape", ["pairs", "shape"], ["t"])]
    else:
        nodes += [helper.make_node("Concat", ["n", "a"], ["t"], axis=3)]
    whole = form.rotated == form.size
    nodes += [helper.make_node("Mul", ["f", "c"], ["fc"]),
              helper.make_node("Mul", ["t", "s"], ["ts"]),
              helper.make_node("Add", ["fc", "ts"], ["y" if whole else "r"])]
    if not whole:
        nodes += [helper.make_node("Concat", ["r", "rest"], ["y"], axis=3)]
    count = form.rotated
    return nodes, [
        constant("parts", count, form.size - count), constant("0", 0),
        constant("end1", count if form.interleaved else half),
        constant("start2", second), constant("end2", count), constant("3", 3),
        constant("4", 4), constant("step", step), constant("shape", 0, 0, 0, -1)]


FORMS = tuple(
    Form("%s_%d_of_%d%s" % (write.__name__, rotated, size,
                            "_interleaved" * interleaved),
         write, size, rotated, interleaved)
    for write in (operator, exchanged) for interleaved in (False, True)
    # Whole vectors; a rest of the row; a rest of the vectors.
    for size, rotated in ((64, 64), (64, 40), (22, 22)))


def rotate(form, x, cosine, sine):
    y = x.copy()
    half = form.rotated // 2
    first, second = (slice(0, form.rotated, 2), slice(1, form.rotated, 2)) \
        if form.interleaved else (slice(0, half), slice(half, form.rotated))
    a, b = x[..., first], x[..., second]

    def angles(values, part):
        values = values[:, None]
        return values if values.shape[-1] == half else values[..., part]
    y[..., first] = a * angles(cosine, first) - b * angles(sine, first)
    y[..., second] = b * angles(cosine, second) + a * angles(sine, second)
    return y


def save(form, folder):
    """The model, its sequence a free size, and a test set."""
    columns = form.rotated // 2 if form.write is operator else form.rotated
    random = numpy.random.default_rng(3)
    x, c, s = (random.standard_normal(shape, dtype=numpy.float32) for shape in (
        (1, HEADS, SEQUENCE, form.size), (1, SEQUENCE, columns),
        (1, SEQUENCE, columns)))
    y = rotate(form, x, c, s)
    if form.write is not operator:
        c, s = c[:, None], s[:, None]
    tensors = {"x": x, "c": c, "s": s, "y": y}
    values = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [
            "n" if size == SEQUENCE else size for size in value.shape])
        for name, value in tensors.items()}
    nodes, constants = form.write(form)
    graph = helper.make_graph(nodes, "rotary", [values[i] for i in "xcs"],
                              [values["y"]], constants)
    model = helper.make_model(graph, ir_version=10,
                              opset_imports=[helper.make_opsetid("", 23)])
    onnx.save(model, os.path.join(folder, "model.onnx"))
    for file, name in (("input_0", "x"), ("input_1", "c"), ("input_2", "s"),
                       ("output_0", "y")):
        with open(os.path.join(folder, file + ".pb"), "wb") as out:
            tensor = numpy_helper.from_array(tensors[name], name)
            out.write(tensor.SerializeToString())


def check(options, form):
    with tempfile.TemporaryDirectory(prefix="lmcc-rotary-") as folder:
        save(form, folder)
        command = [options.lmcc, os.path.join(folder, "model.onnx"),
                   "--target=" + options.target, "--dim=n=1..9"]
        fused = OPERATION.findall(corpus.run(command + ["--emit=fused"]))
        work = [name for name in fused if name not in ("group", "reshape")]
        if work != ["rotary_embedding"]:
            raise corpus.Failed("not one operation, but " + ", ".join(work))
        text = corpus.run(command + ["--verify=" + folder, "--rtol=0",
                                     "--atol=0", "-o",
                                     os.path.join(folder, "out")])
    if "verified 1 of 1 output" not in text:
        raise corpus.Failed(text.rstrip())
    return "one kernel, the bits of its arithmetic"


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    targets.require(targets.TARGETS[options.target])
    corpus.limit_memory()
    return corpus.report("rotary embeddings on " + options.target,
                         options.jobs, lambda form: check(options, form), FORMS)


if __name__ == "__main__":
    sys.exit(main())
