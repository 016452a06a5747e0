#===- byte_forms.py - Products of bytes as quantisers write them -----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Small ONNX models of quantised products: of two computed sides, of windows, and
of weights that are not one matrix on the right.

Each comes with its results, which numpy computes: exactly for integers, and in
float64 between two roundings to bytes. Bytes are often the least and the largest
of their type, which is where products of bytes overflow.
"""
import collections
import itertools

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

U8, S8 = numpy.uint8, numpy.int8
TYPES = {"uint8": TensorProto.UINT8, "int8": TensorProto.INT8,
         "int32": TensorProto.INT32, "float32": TensorProto.FLOAT}
# `write(model)` adds nodes, inputs and outputs; so many products become those
# of bytes.
Form = collections.namedtuple("Form", "name write products")


class Model:
    """A model while it is written, and its only test set."""

    def __init__(self, name):
        self.random = numpy.random.default_rng(len(name))
        self.nodes, self.constants = [], []
        self.inputs, self.outputs = [], []

    def node(self, kind, *operands, **attributes):
        name = "t%d" % len(self.nodes)
        self.nodes.append(helper.make_node(kind, list(operands), [name],
                                           **attributes))
        return name

    def constant(self, value):
        name = "c%d" % len(self.constants)
        self.constants.append(numpy_helper.from_array(numpy.asarray(value),
                                                      name))
        return name

    def input(self, value):
        name = "i%d" % len(self.inputs)
        self.inputs.append((name, value))
        return name

    def output(self, name, value):
        self.outputs.append((name, value))

    def bytes(self, element, *shape):
        """Half of them extremes, which follow each other."""
        limits = numpy.iinfo(element)
        values = self.random.integers(limits.min, limits.max, shape, element,
                                      endpoint=True)
        kind = self.random.integers(0, 4, shape)
        values[kind == 0] = limits.min
        values[kind == 1] = limits.max
        values[..., :2, :] = limits.min  # Rows and columns of nothing else.
        values[..., -2:] = limits.min
        return values

    def floats(self, *shape):
        return self.random.standard_normal(shape, dtype=numpy.float32)

    def save(self, folder):
        def declared(name, value):
            return helper.make_tensor_value_info(
                name, TYPES[str(value.dtype)], value.shape)

        graph = helper.make_graph(
            self.nodes, "bytes", [declared(*entry) for entry in self.inputs],
            [declared(*entry) for entry in self.outputs], self.constants)
        model = helper.make_model(graph, ir_version=8, opset_imports=[
            helper.make_opsetid("", 17)])
        onnx.checker.check_model(model)
        onnx.save(model, folder + "/model.onnx")
        for kind, entries in (("input", self.inputs), ("output", self.outputs)):
            for number, (_, value) in enumerate(entries):
                onnx.save_tensor(numpy_helper.from_array(value),
                                 "%s/set/%s_%d.pb" % (folder, kind, number))


def wide(value):
    return value.astype(numpy.int64)


#===------------------------------------------------------------------------===#
# Operators on integers
#===------------------------------------------------------------------------===#

# Left and right shapes: rows, depths and columns around words and panels.
SHAPES = {
    "matrix": ((7, 12), (12, 40)),
    "batches": ((2, 3, 5, 16), (2, 3, 16, 9)),
    "odd": ((2, 3, 5, 13), (2, 3, 13, 33)),
    "repeated": ((3, 1, 4, 6), (2, 6, 17)),
    "row": ((2, 1, 130), (2, 130, 64)),
}


def zero_points(model, element, shape, kind, axis):
    """Zero points as an operator takes them: none, one for all, or one for each
    row (axis -2) or column (-1); and as numpy subtracts them."""
    if kind == "none":
        return None, 0
    if kind == "one":
        value = model.bytes(element, 4, 4)[0, 0]
        return value, wide(value)
    value = model.bytes(element, 4, shape[axis])[2]
    return value, wide(value)[:, None] if axis == -2 else wide(value)


def integer_form(shapes, elements, kinds):
    def write(model):
        names, zeros, centred = [], [], []
        for shape, element, kind, axis in zip(SHAPES[shapes], elements, kinds,
                                              (-2, -1)):
            value = model.bytes(element, *shape)
            zero, subtracted = zero_points(model, element, shape, kind, axis)
            names.append(model.input(value))
            zeros.append("" if zero is None else model.constant(zero))
            centred.append(wide(value) - subtracted)
        model.output(model.node("MatMulInteger", *names, *zeros),
                     (centred[0] @ centred[1]).astype(numpy.int32))

    text = "%s-%s-%s" % (shapes, "".join(
        "u" if element is U8 else "s" for element in elements), "-".join(kinds))
    return Form("integer-" + text, write, 1)


def weights_form(rows, depth, columns):
    """Whole vectors of a column's depth, which some machines multiply by."""
    def write(model):
        a, b = model.bytes(S8, rows, depth), model.bytes(S8, depth, columns)
        model.output(model.node("MatMulInteger", model.input(a),
                                model.constant(b)),
                     (wide(a) @ wide(b)).astype(numpy.int32))

    return Form("weights-%d-%d-%d" % (rows, depth, columns), write, 1)


def paired_weights_form(rows, depth):
    """A weight whose panels differ in how many steps have room for another one:
    none, all but one, and some; the columns do not fill the last panel."""
    def write(model):
        a = model.bytes(S8, rows, depth)
        b = model.random.integers(-126, 127, (depth, 77), S8)
        b[:, :32] = numpy.where(b[:, :32] > 0, 127, -127)
        b[:, 32:64] //= 8
        model.output(model.node("MatMulInteger", model.input(a),
                                model.constant(b)),
                     (wide(a) @ wide(b)).astype(numpy.int32))

    return Form("paired-weights-%d-%d" % (rows, depth), write, 1)


def zero_of_run_time(model):
    """Zero points that are inputs."""
    a, b = model.bytes(U8, 2, 5, 10), model.bytes(S8, 2, 10, 6)
    za, zb = numpy.uint8(255), numpy.int8(-128)
    names = [model.input(value) for value in (a, b, za, zb)]
    model.output(model.node("MatMulInteger", *names),
                 ((wide(a) - wide(za)) @ (wide(b) - wide(zb)))
                 .astype(numpy.int32))


def linear_form(elements):
    def write(model):
        a, b = model.bytes(elements[0], 2, 6, 14), model.bytes(elements[1], 2,
                                                               14, 10)
        za, zb = elements[0](3), elements[1](77)
        scales = [numpy.float32(s) for s in (0.02, 0.013, 0.9)]
        zero = elements[0](5)
        operands = [model.input(a), model.constant(scales[0]),
                    model.constant(za), model.input(b),
                    model.constant(scales[1]), model.constant(zb),
                    model.constant(scales[2]), model.constant(zero)]
        total = (wide(a) - wide(za)) @ (wide(b) - wide(zb))
        rounded = numpy.rint(total * (float(scales[0]) * float(scales[1]) /
                                      float(scales[2]))) + wide(zero)
        limits = numpy.iinfo(elements[0])
        model.output(model.node("QLinearMatMul", *operands),
                     numpy.clip(rounded, limits.min, limits.max)
                     .astype(elements[0]))

    return Form("linear-" + "".join("u" if element is U8 else "s"
                                    for element in elements), write, 1)


#===------------------------------------------------------------------------===#
# Convolutions
#===------------------------------------------------------------------------===#

Windows = collections.namedtuple("Windows", "input kernel strides dilations pads")
WINDOWS = {
    "1d": Windows((2, 3, 19), (5, 3, 4), (1,), (1,), (1, 2)),
    "1d-strided": Windows((1, 2, 20), (9, 2, 3), (2,), (2,), (4, 0)),
    "2d": Windows((2, 3, 9, 8), (7, 3, 3, 3), (1, 1), (1, 1), (1, 1, 1, 1)),
    "2d-strided": Windows((1, 5, 11, 7), (33, 5, 2, 3), (2, 1), (1, 2),
                          (0, 3, 1, 2)),
    "2d-inside": Windows((1, 4, 8, 8), (6, 4, 2, 2), (2, 2), (1, 1), (0,) * 4),
    "1d-groups": Windows((2, 6, 19), (8, 3, 4), (1,), (1,), (1, 2)),
    "2d-depthwise": Windows((1, 5, 9, 8), (5, 1, 3, 3), (1, 1), (1, 1),
                            (1, 1, 1, 1)),
}


def groups_of(windows):
    return windows.input[1] // windows.kernel[1]


def convolve(image, kernel, windows):
    """Of what is centred already: outside is 0."""
    groups = groups_of(windows)
    return numpy.concatenate([
        convolve_group(*part, windows) for part in zip(
            numpy.split(image, groups, axis=1), numpy.split(kernel, groups))],
        axis=1)


def convolve_group(image, kernel, windows):
    spatial = len(windows.strides)
    around = [(0, 0), (0, 0)] + list(zip(windows.pads[:spatial],
                                         windows.pads[spatial:]))
    image = numpy.pad(image, around)
    reach = [d * (k - 1) + 1 for d, k in zip(windows.dilations,
                                             kernel.shape[2:])]
    shape = [(n - r) // s + 1 for n, r, s in zip(image.shape[2:], reach,
                                                 windows.strides)]
    result = numpy.zeros((image.shape[0], kernel.shape[0], *shape),
                         image.dtype)
    for place in numpy.ndindex(*shape):
        part = image[(slice(None), slice(None)) + tuple(
            slice(p * s, p * s + r, d) for p, s, r, d in zip(
                place, windows.strides, reach, windows.dilations))]
        axes = list(range(1, spatial + 2))
        result[(slice(None), slice(None)) + place] = numpy.tensordot(
            part, kernel, (axes, axes))
    return result


def attributes(windows):
    return {"kernel_shape": windows.kernel[2:], "strides": windows.strides,
            "dilations": windows.dilations, "pads": windows.pads,
            "group": groups_of(windows)}


def convolution_form(shapes, element, weight):
    windows = WINDOWS[shapes]

    def write(model):
        image = model.bytes(element, *windows.input)
        kernel = model.bytes(weight, *windows.kernel)
        zero = element(numpy.iinfo(element).max - 3)
        zero_of_kernel = weight(numpy.iinfo(weight).max // 2)
        model.output(
            model.node("ConvInteger", model.input(image),
                       model.constant(kernel), model.constant(zero),
                       model.constant(zero_of_kernel), **attributes(windows)),
            convolve(wide(image) - wide(zero),
                     wide(kernel) - wide(zero_of_kernel),
                     windows).astype(numpy.int32))

    return Form("convolution-%s-%s%s" % (
        shapes, "u" if element is U8 else "s",
        "u" if weight is U8 else "s"), write, 1)


def linear_convolution_form(shapes, element):
    """QLinearConv, with scales of channels and a bias."""
    windows = WINDOWS[shapes]

    def write(model):
        image = model.bytes(element, *windows.input)
        kernel = model.bytes(S8, *windows.kernel)
        channels = windows.kernel[0]
        zero, zero_of_result = element(77), element(9)
        scales = numpy.linspace(0.01, 0.05, channels, dtype=numpy.float32)
        bias = model.random.integers(-3000, 3000, channels, numpy.int32)
        scale, scale_of_result = numpy.float32(0.02), numpy.float32(4)
        operands = [model.input(image), *map(model.constant, (
            scale, zero, kernel, scales, numpy.zeros(channels, S8),
            scale_of_result, zero_of_result, bias))]
        column = (-1,) + (1,) * len(windows.strides)
        total = convolve(wide(image) - wide(zero), wide(kernel),
                         windows) + bias.reshape(column)
        factor = (float(scale) * scales.astype(float) /
                  float(scale_of_result)).reshape(column)
        limits = numpy.iinfo(element)
        model.output(
            model.node("QLinearConv", *operands, **attributes(windows)),
            numpy.clip(numpy.rint(total * factor) + wide(zero_of_result),
                       limits.min, limits.max).astype(element))

    return Form("linear-convolution-%s-%s" % (
        shapes, "u" if element is U8 else "s"), write, 1)


def dequantized_convolution_form(shapes, element):
    windows = WINDOWS[shapes]

    def write(model):
        image = model.floats(*windows.input)
        name, image = round_trip(model, model.input(image), image, element,
                                 0.02, numpy.iinfo(element).min + 130)
        kernel = model.bytes(S8, *windows.kernel)
        scale = numpy.float32(0.01)
        weight = model.node("DequantizeLinear", model.constant(kernel),
                            model.constant(scale))
        model.output(
            model.node("Conv", name, weight, **attributes(windows)),
            convolve(image, wide(kernel) * float(scale), windows)
            .astype(numpy.float32))

    return Form("dequantized-convolution-%s-%s" % (
        shapes, "u" if element is U8 else "s"), write, 1)


#===------------------------------------------------------------------------===#
# Floats between bytes
#===------------------------------------------------------------------------===#

def round_trip(model, name, value, element, scale, zero):
    """QuantizeLinear and DequantizeLinear, in the model and in numpy."""
    parameters = [model.constant(numpy.float32(scale)),
                  model.constant(element(zero))]
    quantized = model.node("QuantizeLinear", name, *parameters)
    limits = numpy.iinfo(element)
    bytes_of = numpy.clip(numpy.rint(value / numpy.float32(scale)) + zero,
                          limits.min, limits.max)
    return (model.node("DequantizeLinear", quantized, *parameters),
            (bytes_of - zero) * float(numpy.float32(scale)))


def attention_form(element, rows, keys, size, transposes_bytes):
    """Scores, softmax and values of an attention that is quantised around its
    products; keys are transposed before or after they are bytes."""
    low = numpy.iinfo(element).min

    def write(model):
        shapes = ((2, 3, rows, size), (2, 3, keys, size), (2, 3, keys, size))
        values = [model.floats(*shape) for shape in shapes]
        names = [model.input(value) for value in values]
        transposed = dict(perm=[0, 1, 3, 2])
        if not transposes_bytes:
            names[1] = model.node("Transpose", names[1], **transposed)
            values[1] = values[1].swapaxes(2, 3)
        sides = [round_trip(model, name, value, element, 0.03, low + 120 + i)
                 for i, (name, value) in enumerate(zip(names, values))]
        names, values = [list(part) for part in zip(*sides)]
        if transposes_bytes:
            names[1] = model.node("Transpose", names[1], **transposed)
            values[1] = values[1].swapaxes(2, 3)
        scores = values[0] @ values[1] * 0.2
        weights = numpy.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        name = model.node("Mul", model.node("MatMul", *names[:2]),
                          model.constant(numpy.float32(0.2)))
        name, weights = round_trip(model, model.node("Softmax", name, axis=-1),
                                   weights, element, 1 / 255, low)
        model.output(model.node("MatMul", name, names[2]),
                     (weights @ values[2]).astype(numpy.float32))

    return Form("attention-%s-%d-%d-%d%s" %
                ("u" if element is U8 else "s", rows, keys, size,
                 "-bytes" if transposes_bytes else ""), write, 2)


# A weight and what is computed; the axis of the scales, and whether the weight is
# on the left.
WEIGHTS = {
    "left": ((9, 13), (2, 13, 5), 0, True),
    "left-matrix": ((6, 32), (32, 17), 0, True),
    "stack": ((3, 13, 9), (3, 5, 13), None, False),
    "stack-left": ((3, 5, 12), (3, 12, 20), None, True),
}


def weight_form(name, element):
    """Weights that are not one matrix on the right."""
    shape, other, axis, is_left = WEIGHTS[name]

    def write(model):
        numbers = model.bytes(S8, *shape)
        count = 1 if axis is None else shape[axis]
        scales = numpy.linspace(0.01, 0.03, count, dtype=numpy.float32)
        if axis is None:
            scales, attributes = scales[0], {}
        else:
            attributes = {"axis": axis}
        weight = model.node("DequantizeLinear", model.constant(numbers),
                            model.constant(scales), **attributes)
        column = scales if axis is None else scales.reshape(
            [count if place == axis else 1 for place in range(len(shape))])
        value = model.floats(*other)
        computed, value = round_trip(model, model.input(value), value, element,
                                     0.02, numpy.iinfo(element).min + 130)
        sides = [(weight, wide(numbers) * column.astype(float)),
                 (computed, value)]
        (left, a), (right, b) = sides if is_left else sides[::-1]
        model.output(model.node("MatMul", left, right),
                     (a @ b).astype(numpy.float32))

    return Form("weight-%s-%s" % (name, "u" if element is U8 else "s"), write, 1)


FORMS = [
    *(integer_form(shapes, elements, ("one", "one"))
      for shapes, elements in zip(SHAPES, itertools.cycle(
          ((U8, S8), (S8, S8), (U8, U8), (S8, U8))))),
    *(integer_form("odd", (S8, S8), kinds)
      for kinds in (("none", "none"), ("none", "one"), ("one", "none"))),
    integer_form("matrix", (U8, U8), ("each", "each")),
    integer_form("matrix", (S8, S8), ("one", "each")),
    integer_form("matrix", (S8, U8), ("each", "one")),
    weights_form(7, 48, 22),
    weights_form(1, 32, 40),
    paired_weights_form(9, 52),
    paired_weights_form(1, 52),
    paired_weights_form(2, 392),
    Form("integer-inputs", zero_of_run_time, 1),
    *(linear_form(elements) for elements in ((U8, U8), (S8, S8), (U8, S8))),
    *(convolution_form(shapes, *elements) for shapes, elements in zip(
        WINDOWS, ((U8, S8), (S8, S8), (U8, U8), (S8, U8), (U8, S8), (S8, U8),
                  (U8, S8)))),
    linear_convolution_form("2d", U8),
    linear_convolution_form("1d-strided", S8),
    linear_convolution_form("1d-groups", S8),
    linear_convolution_form("2d-depthwise", U8),
    dequantized_convolution_form("2d-strided", U8),
    dequantized_convolution_form("2d-strided", S8),
    dequantized_convolution_form("2d-depthwise", U8),
    *(weight_form(name, element)
      for name, element in zip(WEIGHTS, itertools.cycle((U8, S8)))),
    attention_form(U8, 9, 23, 12, False),
    attention_form(S8, 5, 16, 8, True),
    attention_form(U8, 1, 70, 32, True),
]
