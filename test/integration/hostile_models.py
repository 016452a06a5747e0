#===- hostile_models.py - Small models to be damaged -----------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Three models that between them use what a reader has to take care of: indices,
masks and products; external data; open sizes, functions and subgraphs. With
them come models of the corpus, where there is one.
"""
import collections
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# The model, the files beside it by name, the options that fix its sizes, and
# one array per input.
Model = collections.namedtuple("Model", "name proto files options inputs")

LAYER = "layer.0/"


class Weights:
    """Initializers with random values, added as they are asked for."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.tensors = []

    def floats(self, name, *shape):
        values = self.random.standard_normal(shape) * 0.3
        return self.add(name, values.astype(np.float32))

    def integers(self, name, *values):
        return self.add(name, np.array(values, np.int64))

    def add(self, name, array):
        self.tensors.append(numpy_helper.from_array(array, name))
        return name


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def model_of(nodes, inputs, outputs, weights, functions=(), domains=()):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, weights.tensors)
    imports = [helper.make_opsetid("", 17)]
    imports += [helper.make_opsetid(domain, 1) for domain in domains]
    return helper.make_model(graph, opset_imports=imports, ir_version=8,
                             functions=list(functions),
                             producer_name="hostile")


def linear(weights, source, target, rows, columns):
    """Nodes for target = source * W + b."""
    weight = weights.floats(target + ".weight", rows, columns)
    bias = weights.floats(target + ".bias", columns)
    return [helper.make_node("MatMul", [source, weight], [target + ".product"],
                             name=LAYER + target + "/MatMul"),
            helper.make_node("Add", [target + ".product", bias], [target],
                             name=LAYER + target + "/Add")]


def encoder():
    """An attention layer without heads over looked-up rows, with a mask."""
    weights = Weights(1)
    table = weights.floats("embedding", 20, 8)
    nodes = [helper.make_node("Gather", [table, "ids"], ["rows"], axis=0),
             helper.make_node("LayerNormalization",
                              ["rows", weights.floats("scale", 8),
                               weights.floats("shift", 8)], ["x"], axis=-1)]
    for name in ("query", "key", "value"):
        nodes += linear(weights, "x", name, 8, 8)
    one = weights.add("one", np.array(1, np.float32))
    low = weights.add("low", np.array(-1e4, np.float32))
    axes = weights.integers("axes", 1)
    nodes += [
        helper.make_node("Transpose", ["key"], ["key_t"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["query", "key_t"], ["scores"]),
        helper.make_node("Cast", ["mask"], ["kept"], to=TensorProto.FLOAT),
        helper.make_node("Sub", [one, "kept"], ["dropped"]),
        helper.make_node("Mul", ["dropped", low], ["bias"]),
        helper.make_node("Unsqueeze", ["bias", axes], ["row_bias"]),
        helper.make_node("Add", ["scores", "row_bias"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["weights"], axis=-1),
        helper.make_node("MatMul", ["weights", "value"], ["mixed"]),
    ]
    nodes += linear(weights, "mixed", "wide", 8, 16)
    nodes += [helper.make_node("Relu", ["wide"], ["active"])]
    nodes += linear(weights, "active", "y", 16, 8)
    proto = model_of(nodes,
                     [tensor("ids", TensorProto.INT64, [2, 5]),
                      tensor("mask", TensorProto.INT64, [2, 5])],
                     [tensor("y", TensorProto.FLOAT, [2, 5, 8])], weights)
    ids = np.arange(10, dtype=np.int64).reshape(2, 5)
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.int64)
    return Model("encoder", proto, {}, [], [ids, mask])


def make_external(proto, file_name):
    """Moves the data of large initializers to a file, which it returns."""
    data = b""
    for weight in proto.graph.initializer:
        if len(weight.raw_data) < 64:
            continue
        place = {"location": file_name, "offset": str(len(data)),
                 "length": str(len(weight.raw_data))}
        data += weight.raw_data
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            weight.external_data.add(key=key, value=value)
    return data


def external():
    """Patches of an image through two layers; the weights in another file."""
    weights = Weights(2)
    shape = weights.integers("shape", 1, 8, 4)
    nodes = [helper.make_node("Conv", ["image",
                                       weights.floats("kernel", 8, 3, 4, 4)],
                              ["patches"], kernel_shape=[4, 4],
                              strides=[4, 4]),
             helper.make_node("Reshape", ["patches", shape], ["columns"]),
             helper.make_node("Transpose", ["columns"], ["x"],
                              perm=[0, 2, 1])]
    nodes += linear(weights, "x", "wide", 8, 12)
    nodes += [helper.make_node("Sigmoid", ["wide"], ["active"])]
    nodes += linear(weights, "active", "narrow", 12, 4)
    nodes += [helper.make_node("ReduceMean", ["narrow"], ["y"], axes=[1],
                               keepdims=0)]
    proto = model_of(nodes, [tensor("image", TensorProto.FLOAT, [1, 3, 8, 8])],
                     [tensor("y", TensorProto.FLOAT, [1, 4])], weights)
    files = {"weights.data": make_external(proto, "weights.data")}
    image = np.linspace(-1, 1, 192, dtype=np.float32).reshape(1, 3, 8, 8)
    return Model("external", proto, files, [], [image])


def gated_function():
    """x * sigmoid(x), as a function of the model."""
    return helper.make_function(
        "hostile", "Silu", ["x"], ["y"],
        [helper.make_node("Sigmoid", ["x"], ["gate"]),
         helper.make_node("Mul", ["x", "gate"], ["y"])],
        [helper.make_opsetid("", 17)])


def chosen_branch():
    """An If whose condition is known, which reads a value from around it."""
    def branch(operator):
        return helper.make_graph(
            [helper.make_node(operator, ["rows"], ["branch"])], operator, [],
            [tensor("branch", TensorProto.FLOAT, None)])
    return helper.make_node("If", ["flag"], ["chosen"],
                            then_branch=branch("Neg"),
                            else_branch=branch("Abs"))


def decoder():
    """A growing cache, shape arithmetic, a function and a branch."""
    weights = Weights(3)
    table = weights.floats("embedding", 16, 6)
    zero = weights.add("zero", np.array(0, np.int64))
    axes = weights.integers("axes", 0)
    width = weights.integers("width", 6)
    weights.add("flag", np.array(True))
    nodes = [
        helper.make_node("Gather", [table, "tokens"], ["rows"]),
        chosen_branch(),
        helper.make_node("Concat", ["past", "chosen"], ["present"], axis=0),
        helper.make_node("Shape", ["present"], ["present_shape"]),
        helper.make_node("Gather", ["present_shape", zero], ["length"]),
        helper.make_node("Unsqueeze", ["length", axes], ["lengths"]),
        helper.make_node("Concat", ["lengths", width], ["target"], axis=0),
        helper.make_node("Reshape", ["present", "target"], ["flat"]),
        helper.make_node("Silu", ["flat"], ["gated"], domain="hostile"),
    ]
    nodes += linear(weights, "gated", "logits", 6, 16)
    proto = model_of(nodes,
                     [tensor("tokens", TensorProto.INT64, ["sequence"]),
                      tensor("past", TensorProto.FLOAT, ["past length", 6])],
                     [tensor("logits", TensorProto.FLOAT, None),
                      tensor("present", TensorProto.FLOAT, None)], weights,
                     [gated_function()], ["hostile"])
    options = ["--dim", "sequence=1..4", "--dim", "past length=0..8"]
    return Model("decoder", proto, {}, options,
                 [np.array([3, 1, 4], np.int64),
                  np.linspace(0, 1, 12, dtype=np.float32).reshape(2, 6)])


def small_models():
    return [encoder(), external(), decoder()]


# What the open sizes of a model in the corpus are given as.
CORPUS = {
    "bert-tiny-static": [],
    "vit-tiny-static-external": [],
    "stories260k-decode": ["--dim", "batch=1", "--dim", "sequence=1..4",
                           "--dim", "past=0..16"],
}


def corpus_models(folder):
    models = []
    for name, options in CORPUS.items():
        place = os.path.join(folder, "models", name)
        proto = onnx.load(os.path.join(place, name + ".onnx"),
                          load_external_data=False)
        files = {}
        for weight in proto.graph.initializer:
            for entry in weight.external_data:
                if entry.key == "location" and entry.value not in files:
                    with open(os.path.join(place, entry.value), "rb") as file:
                        files[entry.value] = file.read()
        models.append(Model(name, proto, files, options, []))
    return models
