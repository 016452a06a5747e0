#!/usr/bin/python3
#===- blocks.py - Weights that a model stores in blocks --------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Multiply by weights of 4 and 8 bits in blocks, in the forms that models have.

  blocks.py LMCC [--targets=A,B]

Small models of one MatMulNBits or DequantizeLinear each, of few bits and many
shapes. Their weights stay in their bits, their results are those of the
arithmetic of ONNX in numpy, with rows of bytes where the model allows them, and
all targets compute the same bytes.

Exit status: 0; 1 if a check fails; 77 if this host cannot run the first target.
"""
import collections
import os
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import corpus
import programs
import targets

# Zero points are none, packed (of the type of the weights), or float.
Case = collections.namedtuple(
    "Case", "form bits depth columns block zeros rows bias accuracy words")


def nbits(bits, depth, columns, block, zeros="none", rows=(3,), bias=False,
          accuracy=0, words=()):
    return Case("nbits", bits, depth, columns, block, zeros, rows, bias,
                accuracy, words)


def dequantize(bits, depth, columns, block, zeros="none", rows=(3,), words=()):
    return Case("dequantize", bits, depth, columns, block, zeros, rows, False,
                0, words)


BYTE_ROWS = ("--activations=i8",)
CASES = (
    nbits(8, 64, 40, 32),
    nbits(8, 72, 33, 32, rows=(1,), bias=True),
    nbits(8, 64, 7, 16, "packed", rows=(2, 5)),
    nbits(8, 80, 33, 32, "float", rows=(17,)),
    nbits(8, 64, 40, 32, accuracy=4, rows=(1,)),
    nbits(8, 72, 33, 32, "packed", rows=(17,), bias=True, accuracy=4),
    nbits(8, 48, 21, 16, "float", accuracy=4),
    nbits(8, 40, 9, 64, rows=(5,)),
    nbits(8, 1040, 3, 1024, "packed", accuracy=4),
    nbits(4, 72, 33, 32, rows=(1,), bias=True),
    nbits(4, 64, 40, 16, "packed", rows=(1,)),
    nbits(4, 72, 33, 32, "packed", rows=(17,), accuracy=4),
    nbits(4, 64, 21, 16, "float", rows=(2, 5)),
    nbits(4, 200, 50, 128, "packed", rows=(9,), bias=True),
    dequantize(8, 64, 33, 32, rows=(9,)),
    dequantize(8, 60, 20, 10, "packed"),
    dequantize(8, 96, 20, 24, "packed", words=BYTE_ROWS),
    dequantize(8, 64, 35, 8, rows=(17,), words=BYTE_ROWS),
    dequantize(4, 60, 20, 12, "packed"),
    dequantize(4, 96, 33, 24, rows=(1,), words=BYTE_ROWS),
    # One scale for each column.
    dequantize(8, 50, 33, 0, rows=(9,)),
    dequantize(8, 50, 33, 0, "packed", rows=(9,)),
    dequantize(8, 52, 33, 0, rows=(9,), words=BYTE_ROWS),
)
# Types of tensors; packages of ONNX that are old do not know INT4.
SIGNED = {4: 22, 8: TensorProto.INT8}


def name_of(case):
    words = [case.form, case.bits, "%dx%d" % (case.depth, case.columns), "b",
             case.block, case.zeros, "r"] + list(case.rows)
    words += ["bias"] * case.bias + ["bytes"] * has_byte_rows(case)
    return "_".join(str(word) for word in words)


def has_byte_rows(case):
    return case.accuracy == 4 or case.words == BYTE_ROWS


def packed(numbers, bits):
    """Two numbers of 4 bits in a byte, the first one in its low half."""
    if bits == 8:
        return numbers.astype(numpy.uint8)
    if numbers.shape[-1] % 2:
        numbers = numpy.concatenate(
            [numbers, numpy.zeros_like(numbers[..., :1])], -1)
    return (numbers[..., ::2] | numbers[..., 1::2] << 4).astype(numpy.uint8)


class Weights:
    """Numbers `[depth, columns]`, and what each block of a column has."""

    def __init__(self, case, random):
        self.block = case.block or case.depth
        self.blocks = -(-case.depth // self.block)
        high, half = 1 << case.bits, 1 << case.bits - 1
        self.shift = half if case.form == "dequantize" else 0
        shape = (self.blocks, case.columns)
        self.numbers = random.integers(0, high, (self.blocks * self.block,
                                                 case.columns))
        self.numbers[0], self.numbers[1] = 0, high - 1
        self.scales = (random.uniform(0.5, 2, shape) *
                       random.choice([-1, 1], shape) / high).astype("f")
        self.zeros = {"none": numpy.full(shape, half),
                      "packed": random.integers(0, high, shape),
                      "float": random.uniform(0, high, shape).astype("f")
                      }[case.zeros]
        if case.block == 0:
            # Zero points that leave bytes, as those of a column do.
            self.zeros = numpy.where(self.zeros > half, half, self.zeros)
            self.numbers = numpy.minimum(self.numbers, self.zeros + half - 1)

    def floats(self, depth):
        def each(values):
            return numpy.repeat(values.astype(float), self.block, 0)
        return ((self.numbers - each(self.zeros)) * each(self.scales))[:depth]


def nodes_of_nbits(case, weights):
    def by_column(values):
        return numpy.ascontiguousarray(values.T)
    matrix = by_column(weights.numbers).reshape(case.columns, weights.blocks,
                                                case.block)
    tensors = {"w": packed(matrix, case.bits), "s": by_column(weights.scales)}
    if case.zeros == "packed":
        tensors["z"] = packed(by_column(weights.zeros), case.bits)
    elif case.zeros == "float":
        tensors["z"] = by_column(weights.zeros)
    inputs = ["x", "w", "s", "z" if "z" in tensors else "", ""]
    inputs += ["b"] if case.bias else []
    level = {"accuracy_level": case.accuracy} if case.accuracy else {}
    return [helper.make_node("MatMulNBits", inputs, ["y"],
                             domain="com.microsoft", K=case.depth,
                             N=case.columns, bits=case.bits,
                             block_size=case.block, **level)], [
        numpy_helper.from_array(value, name) for name, value in tensors.items()]


def nodes_of_dequantize(case, weights):
    def integers(name, values):
        numbers = values - weights.shift
        data = numbers.astype(numpy.int8).tobytes() if case.bits == 8 else \
            packed(numbers.reshape(-1) & 15, 4).tobytes()
        return TensorProto(name=name, data_type=SIGNED[case.bits],
                           dims=values.shape, raw_data=data)
    scales, zeros = weights.scales, weights.zeros
    if case.block == 0:
        scales, zeros = scales[0], zeros[0]
    tensors = [integers("w", weights.numbers[:case.depth]),
               numpy_helper.from_array(scales, "s")]
    tensors += [integers("z", zeros)] if case.zeros == "packed" else []
    along = {"axis": 0, "block_size": case.block} if case.block else {"axis": 1}
    return [helper.make_node("DequantizeLinear",
                             [tensor.name for tensor in tensors], ["v"],
                             **along),
            helper.make_node("MatMul", ["x", "v"], ["y"])], tensors


def rows_in_bytes(x):
    """What rows of N13 stand for."""
    scale = numpy.abs(x).max(-1, keepdims=True) / numpy.float32(127)
    inverse = numpy.float32(1) / scale
    return numpy.rint(x.astype(float) * inverse) * scale.astype(float)


def save(case, folder):
    """A model, and its test set."""
    random = numpy.random.default_rng(5)
    weights = Weights(case, random)
    x = random.standard_normal(case.rows + (case.depth,), dtype="f") + \
        numpy.float32(0.25)
    bias = random.standard_normal(case.columns, dtype="f") * case.bias
    rows = rows_in_bytes(x) if has_byte_rows(case) else x.astype(float)
    y = (rows @ weights.floats(case.depth) + bias).astype("f")
    write = {"nbits": nodes_of_nbits, "dequantize": nodes_of_dequantize}
    nodes, tensors = write[case.form](case, weights)
    if case.bias:
        tensors.append(numpy_helper.from_array(bias, "b"))
    values = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                                  value.shape)
              for name, value in (("x", x), ("y", y))}
    model = helper.make_model(
        helper.make_graph(nodes, "blocks", [values["x"]], [values["y"]],
                          tensors), ir_version=10,
        opset_imports=[helper.make_opsetid("", 21),
                       helper.make_opsetid("com.microsoft", 1)])
    path, data = (os.path.join(folder, part) for part in ("m.onnx", "set_0"))
    onnx.save(model, path)
    os.mkdir(data)
    for name, value in (("input_0.pb", x), ("output_0.pb", y)):
        with open(os.path.join(data, name), "wb") as file:
            file.write(numpy_helper.from_array(value).SerializeToString())
    return corpus.Model(name_of(case), path, [data],
                        ["--explain"] + list(case.words)), y


def check_text(case, text):
    wanted = "as in the model, weights of %d x %d in %d bits, a scale" % (
        case.depth, case.columns, case.bits)
    rows = "; rows in 8 bits" if has_byte_rows(case) else "; rows as they are"
    if wanted not in text or rows not in text:
        raise corpus.Failed("no remark of %s ...%s:\n%s" % (wanted, rows, text))


def check_numbers(case, target, data, expected):
    found = numpy.frombuffer(data, "f").reshape(expected.shape)
    limit = 1e-5 * numpy.abs(expected).max() * case.depth ** 0.5
    # NaN compares false.
    if not numpy.abs(found - expected).max() <= limit:
        raise corpus.Failed("%s: differs by %g, more than %g" % (
            target.name, numpy.abs(found - expected).max(), limit))


def run(options, capture, target, case, model, folder):
    """The outputs on another target than that of the capture."""
    os.mkdir(folder)
    output = programs.compile_model(options.lmcc, target, "m", folder,
                                    model.path, list(case.words))
    program = os.path.join(folder, "program")
    output.link(target.gxx, [capture.harness], program, ["-O1"])
    return capture.run(output, program)[1]


def check(options, case):
    reference = None
    with tempfile.TemporaryDirectory(prefix="lmcc-blocks-") as folder:
        model, expected = save(case, folder)
        capture = programs.Capture(options.lmcc, options.targets[0], "m",
                                   folder, model)
        check_text(case, capture.text)
        for target in options.targets:
            found = capture.results() if target == options.targets[0] else \
                run(options, capture, target, case, model,
                    os.path.join(folder, target.name))
            [data] = [found[name] for name in found if "_dims" not in name]
            check_numbers(case, target, data, expected)
            reference = reference or data
            if data != reference:
                raise corpus.Failed("%s: other bytes than %s" % (
                    target.name, options.targets[0].name))
    return "%d targets" % len(options.targets)


# `name` is what a report calls it.
Named = collections.namedtuple("Named", "name case")


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--targets", default=",".join(targets.TARGETS),
                        metavar="A,B")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    wanted = [targets.TARGETS[name] for name in options.targets.split(",")]
    options.targets = [target for target in wanted
                       if targets.is_available(target)]
    if not options.targets:
        corpus.skip("this host runs none of the targets")
    corpus.limit_memory()
    return corpus.report("weights in blocks", options.jobs,
                         lambda named: check(options, named.case),
                         [Named(name_of(case), case) for case in CASES])


if __name__ == "__main__":
    sys.exit(main())
