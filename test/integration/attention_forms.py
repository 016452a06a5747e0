#===- attention_forms.py - Attention as exporters write it -----------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""One small ONNX model for each way to say which keys a row may see.

A form writes the operations between the two products of one attention over
queries [batch, heads, rows, size] and keys of their own number. With `given`
it reads what it would compute of places from an input instead, with the same
values: then nothing is known about it when the model is compiled.
"""
import collections

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

LOWEST = numpy.float32(numpy.finfo(numpy.float32).min)
INFINITE = numpy.float32(-numpy.inf)
TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64,
         "bool": TensorProto.BOOL}

# `write(graph)` gives the name of the adjusted scores; `given` says that the
# form has a second variant.
Form = collections.namedtuple("Form", "name write sizes given")
# `shared` query heads use one head of keys.
Sizes = collections.namedtuple("Sizes", "batch heads shared rows keys size")


class Graph:
    """A model while it is written, and the inputs of its only test set."""

    def __init__(self, sizes, given, seed=7):
        self.sizes, self.given = sizes, given
        self.random = numpy.random.default_rng(seed)
        self.nodes, self.constants, self.inputs = [], [], []
        self.past = sizes.keys - sizes.rows

    def node(self, kind, *operands, outputs=1, **attributes):
        names = ["t%d_%d" % (len(self.nodes), i) for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(operands), names,
                                           **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value):
        name = "c%d" % len(self.constants)
        self.constants.append(numpy_helper.from_array(numpy.asarray(value),
                                                      name))
        return name

    def input(self, value, name=None):
        value = numpy.asarray(value)
        name = name or "i%d" % len(self.inputs)
        self.inputs.append((name, value))
        return name

    def floats(self, *shape):
        return self.random.standard_normal(shape, dtype=numpy.float32)

    def known(self, value, write):
        """Computed from places by `write`, or given by the caller."""
        return self.input(value) if self.given else write()

    def counting(self, count, shape):
        """0, 1, 2 ... as a Range, in another shape."""
        numbers = self.node("Range", self.constant(numpy.int64(0)),
                            self.constant(numpy.int64(count)),
                            self.constant(numpy.int64(1)))
        return self.node("Reshape", numbers,
                         self.constant(numpy.array(shape, numpy.int64)))

    def rows(self):
        """The places of the rows among the keys, as a column."""
        return self.node("Add",
                         self.counting(self.sizes.rows, (self.sizes.rows, 1)),
                         self.constant(numpy.int64(self.past)))

    def keys(self):
        return self.counting(self.sizes.keys, (1, self.sizes.keys))

    def distance(self):
        """Key - row for all pairs, in numpy."""
        keys = numpy.arange(self.sizes.keys)[None, :]
        rows = numpy.arange(self.sizes.rows)[:, None]
        return keys - rows - self.past

    def model(self, result, opset):
        def information(name, value):
            return helper.make_tensor_value_info(
                name, TYPES[value.dtype.name], value.shape)
        graph = helper.make_graph(
            self.nodes, "attention",
            [information(name, value) for name, value in self.inputs],
            [helper.make_empty_tensor_value_info(result)], self.constants)
        return helper.make_model(
            graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])


#===------------------------------------------------------------------------===#
# What stands between the products
#===------------------------------------------------------------------------===#

def hide(seen, hidden):
    return numpy.where(seen, numpy.float32(0), hidden)


def stored_triangle(graph, scores):
    """GPT-2: a stored triangle of booleans chooses between scores and a
    number."""
    seen = graph.distance() <= 0
    mask = graph.known(seen, lambda: graph.constant(seen))
    return graph.node("Where", mask, scores, graph.constant(LOWEST))


def triangle_and_padding(graph, scores):
    """Rows in front of a prompt see nothing but padding."""
    seen = graph.distance() <= 0
    mask = graph.known(
        hide(seen, LOWEST),
        lambda: graph.node("Where", graph.node("LessOrEqual", graph.keys(),
                                               graph.rows()),
                           graph.constant(numpy.float32(0)),
                           graph.constant(LOWEST)))
    tokens = numpy.ones((graph.sizes.batch, graph.sizes.keys), numpy.int64)
    tokens[0, :70] = 0
    floats = graph.node("Cast", graph.node(
        "Unsqueeze", graph.input(tokens), graph.constant(numpy.array([1, 2]))),
        to=TensorProto.FLOAT)
    padding = graph.node("Mul", graph.node(
        "Sub", graph.constant(numpy.float32(1)), floats),
        graph.constant(LOWEST))
    return graph.node("Add", scores, graph.node("Add", mask, padding))


def window(graph, scores):
    """Each row sees the 30 keys that end with its own."""
    def write():
        keys, rows = graph.keys(), graph.rows()
        near = graph.node("Greater", keys, graph.node(
            "Sub", rows, graph.constant(numpy.int64(30))))
        return graph.node("And", graph.node("LessOrEqual", keys, rows), near)
    distance = graph.distance()
    seen = graph.known((distance <= 0) & (distance > -30), write)
    return graph.node("Where", seen, scores, graph.constant(INFINITE))


def finite_window(graph, scores):
    """A stored band of an ordinary number, which hides all but extreme
    scores."""
    distance = graph.distance()
    seen = (distance <= 0) & (distance > -30)
    mask = graph.known(seen, lambda: graph.constant(seen))
    return graph.node("Where", mask, scores,
                      graph.constant(numpy.float32(-1e4)))


def nothing_visible(graph, scores):
    """Rows that see no key at all: minus infinity in the whole row."""
    def write():
        return graph.node("Less", graph.keys(), graph.node(
            "Sub", graph.rows(), graph.constant(numpy.int64(80))))
    seen = graph.known(graph.distance() < -80, write)
    return graph.node("Where", seen, scores, graph.constant(INFINITE))


def linear_bias(graph, scores):
    """ALiBi: the distance by a slope of the head, behind a causal mask."""
    slopes = graph.constant(numpy.float32(
        [[[2.0 ** -(1 + head)]] for head in range(graph.sizes.heads)]))
    bias = graph.node("Mul", slopes, graph.node(
        "Cast", graph.node("Sub", graph.keys(), graph.rows()),
        to=TensorProto.FLOAT))
    return stored_triangle(graph, graph.node("Add", scores, bias))


def relative_bias(graph, scores):
    """T5: a table by the distance, which is cut off at both ends."""
    table = graph.floats(17, graph.sizes.heads)

    def write():
        distance = graph.node("Sub", graph.keys(), graph.rows())
        bucket = graph.node("Add", graph.node(
            "Clip", distance, graph.constant(numpy.int64(-8)),
            graph.constant(numpy.int64(8))), graph.constant(numpy.int64(8)))
        return graph.node("Transpose", graph.node(
            "Gather", graph.constant(table), bucket), perm=[2, 0, 1])
    bias = table[numpy.clip(graph.distance(), -8, 8) + 8].transpose(2, 0, 1)
    return graph.node("Add", scores, graph.known(bias, write))


def soft_cap(graph, scores):
    cap = graph.constant(numpy.float32(5))
    capped = graph.node("Mul", graph.node("Tanh", graph.node(
        "Div", scores, cap)), cap)
    return stored_triangle(graph, capped)


def places_of_the_caller(graph, scores):
    """A cache of fixed size of which the caller says how far it is filled."""
    places = numpy.arange(graph.sizes.rows) + graph.past
    places = places[None] - 40 * numpy.arange(graph.sizes.batch)[:, None]
    seen = numpy.arange(graph.sizes.keys) <= places[:, None, :, None]

    def write():
        given = graph.node("Unsqueeze", graph.input(places),
                           graph.constant(numpy.array([1, 3])))
        return graph.node("Where", graph.node("LessOrEqual", graph.keys(),
                                              given),
                          graph.constant(numpy.float32(0)),
                          graph.constant(LOWEST))
    return graph.node("Add", scores, graph.known(hide(seen, LOWEST), write))


def flags(graph, scores):
    shape = (graph.sizes.batch, 1, graph.sizes.rows, graph.sizes.keys)
    seen = graph.random.random(shape) < 0.5
    return graph.node("Where", graph.input(seen), scores,
                      graph.constant(INFINITE))


def numbers(graph, scores):
    return graph.node("Add", scores, graph.input(
        graph.floats(graph.sizes.rows, graph.sizes.keys)))


def plain(_, scores):
    return scores


LONG = Sizes(2, 2, 1, 150, 150, 16)
SHARED = Sizes(1, 6, 3, 45, 140, 8)
ONE_ROW = Sizes(2, 8, 4, 1, 130, 16)
FORMS = (
    Form("stored_triangle", stored_triangle, LONG, True),
    Form("stored_triangle_past", stored_triangle, SHARED, True),
    Form("triangle_and_padding", triangle_and_padding, LONG, True),
    Form("window", window, LONG, True),
    Form("window_past", window, SHARED, True),
    Form("finite_window", finite_window, LONG, True),
    Form("nothing_visible", nothing_visible, LONG, True),
    Form("linear_bias", linear_bias, LONG, True),
    Form("relative_bias", relative_bias, LONG, True),
    Form("relative_bias_past", relative_bias, Sizes(1, 6, 1, 45, 140, 8), True),
    Form("soft_cap", soft_cap, LONG, True),
    Form("places_of_the_caller", places_of_the_caller,
         Sizes(2, 2, 1, 33, 150, 16), True),
    Form("one_place_of_the_caller", places_of_the_caller, ONE_ROW, True),
    Form("flags", flags, LONG, False),
    Form("numbers", numbers, SHARED, False),
    Form("shared_heads_one_row", plain, ONE_ROW, False),
    Form("shared_heads", plain, SHARED, False),
)


#===------------------------------------------------------------------------===#
# Whole models
#===------------------------------------------------------------------------===#

def repeated(graph, name):
    """Key heads, once for each query head: Expand and Reshape."""
    sizes = graph.sizes
    if sizes.shared == 1:
        return name
    heads = sizes.heads // sizes.shared
    apart = graph.node("Unsqueeze", name, graph.constant(numpy.array([2])))
    shape = [sizes.batch, heads, sizes.shared, sizes.keys, sizes.size]
    whole = graph.node("Expand", apart, graph.constant(numpy.int64(shape)))
    shape[1:3] = [sizes.heads]
    return graph.node("Reshape", whole, graph.constant(numpy.int64(shape)))


def write(form, given):
    """The model of a form and its inputs in order."""
    sizes = form.sizes
    graph = Graph(sizes, given)
    heads = sizes.heads // sizes.shared
    query = graph.input(graph.floats(sizes.batch, sizes.heads, sizes.rows,
                                     sizes.size), "query")
    keys, values = [
        repeated(graph, graph.input(graph.floats(sizes.batch, heads, sizes.keys,
                                                 sizes.size), name))
        for name in ("key", "value")]
    turned = graph.node("Transpose", keys, perm=[0, 1, 3, 2])
    scores = graph.node("Div", graph.node("MatMul", query, turned),
                        graph.constant(numpy.float32(sizes.size ** 0.5)))
    weights = graph.node("Softmax", form.write(graph, scores), axis=-1)
    result = graph.node("MatMul", weights, values)
    return graph.model(result, 17), [value for _, value in graph.inputs]


def save(form, given, folder):
    """Writes model.onnx and set/input_N.pb."""
    model, inputs = write(form, given)
    onnx.save(model, folder + "/model.onnx")
    for number, value in enumerate(inputs):
        onnx.save_tensor(numpy_helper.from_array(value),
                         "%s/set/input_%d.pb" % (folder, number))
