# Random-weight models at real sizes and their inputs, for the benchmarks.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys

import numpy
import onnx
from onnx import numpy_helper

import programs

CORPUS = os.environ.get("LMCC_CORPUS",
                        os.path.join(programs.ROOT, "..", "shared"))


def find_corpus():
    if not os.path.exists(os.path.join(CORPUS, "models", "make_big.py")):
        sys.exit("no corpus in %s; name its folder in LMCC_CORPUS" % CORPUS)
    return os.path.realpath(CORPUS)


def corpus_model(name):
    """The path of a small model of the corpus."""
    return os.path.join(find_corpus(), "models", name, name + ".onnx")


def make(name, work, *options):
    """The path of a model that make_big.py of the corpus writes; made once."""
    words = [option.lstrip("-") for option in options]
    folder = os.path.join(work, "-".join([name, *words]))
    done = os.path.join(folder, "done")
    if not os.path.exists(done):
        programs.run(["/usr/bin/python3",
                      os.path.join(find_corpus(), "models", "make_big.py"),
                      name, *options, "-o", folder])
        with open(done, "w", encoding="ascii"):
            pass
    for home, _, files in os.walk(folder):
        for file in files:
            if file.endswith(".onnx"):
                return os.path.join(home, file)
    sys.exit("make_big.py wrote no model into " + folder)


def _element_bytes(kind):
    return numpy.dtype(onnx.helper.tensor_type_to_np_dtype(kind)).itemsize \
        if hasattr(onnx.helper, "tensor_type_to_np_dtype") else \
        onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[kind].itemsize


def _line(kind, value, dims):
    tensor = value.type.tensor_type
    sizes = [dims[size.dim_param] if size.dim_param else size.dim_value
             for size in tensor.shape.dim]
    return sizes, "%s %s %d %d %d %s" % (
        kind, value.name, tensor.elem_type, _element_bytes(tensor.elem_type),
        len(sizes), " ".join(map(str, sizes)))


def _invent(name, kind, sizes, dims):
    """Values of an input that no test set has."""
    random = numpy.random.default_rng(len(name))
    if kind == onnx.TensorProto.FLOAT:
        return random.standard_normal(sizes, numpy.float32)
    if name == "position_ids":
        start = dims.get("past", 0)
        return numpy.broadcast_to(
            numpy.arange(start, start + sizes[-1]), sizes).astype(numpy.int64)
    if name.endswith("mask"):
        return numpy.ones(sizes, numpy.int64)
    if name == "token_type_ids":
        return numpy.zeros(sizes, numpy.int64)
    return random.integers(3, 300, sizes)


def _graph(path):
    return onnx.load(path, load_external_data=False).graph


def _inputs(graph):
    weights = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in weights]


def plan_lines(path, work, dims=None, test_set=None, prompt=False,
               carried=False):
    """The lines of a plan that describe the inputs and outputs of a model. The
    values are those of a folder of input_N.pb, or invented; with `carried`
    the caches are what a prompt leaves behind, with `prompt` the lines are
    those of the prompt."""
    dims = dims or {}
    prefix = "prompt-" if prompt else ""
    graph = _graph(path)
    lines = []
    for number, value in enumerate(_inputs(graph)):
        sizes, line = _line(prefix + "input", value, dims)
        if carried and value.name.startswith("past"):
            lines.append("%s @%s" % (line, value.name.replace(
                "past_key_values", "present")))
            continue
        if test_set:
            with open(os.path.join(test_set, "input_%d.pb" % number),
                      "rb") as file:
                tensor = numpy_helper.to_array(
                    onnx.TensorProto.FromString(file.read()))
        else:
            tensor = _invent(value.name, value.type.tensor_type.elem_type,
                             sizes, dims)
        file = os.path.join(work, "%sinput_%d.raw" % (prefix, number))
        numpy.ascontiguousarray(tensor).tofile(file)
        lines.append(line + " " + file)
    return lines + [_line(prefix + "output", value, dims)[1]
                    for value in graph.output]


def _product_weights(graph):
    """{output of the product: the constant side}, each weight once or more."""
    weights = {tensor.name: tensor for tensor in graph.initializer}
    views = {node.output[0]: node.input[0] for node in graph.node
             if node.op_type == "Transpose"}
    found = {}
    for node in graph.node:
        if node.op_type in ("MatMul", "Gemm"):
            for name in node.input[:2]:
                name = views.get(name, name)
                if name in weights:
                    found[node.output[0]] = weights[name]
    return found


def product_bytes(path):
    """Bytes of the weights that products read, each counted once: what a run
    has to fetch at least, besides its state."""
    read = {tensor.name: int(numpy.prod(tensor.dims)) *
            _element_bytes(tensor.data_type)
            for tensor in _product_weights(_graph(path)).values()}
    return sum(read.values())


def prefill_macs(path, macs, tokens):
    """What of `macs`, those of the whole graph for that many tokens, is needed
    for the logits of the last one: the output layer once, and of attention
    the keys up to each token."""
    graph = _graph(path)
    products = _product_weights(graph)
    linear = tokens * sum(int(numpy.prod(tensor.dims))
                          for tensor in products.values())
    source = {node.output[0]: node.input[0] for node in graph.node
              if node.op_type == "Identity"}
    logits = graph.output[0].name
    head = int(numpy.prod(products[source.get(logits, logits)].dims))
    attention = (macs - linear) * (tokens + 1) // (2 * tokens)
    return linear - (tokens - 1) * head + attention


def state_bytes(path, dims):
    """Bytes of the caches that come in."""
    total = 0
    for value in _inputs(_graph(path)):
        if value.name.startswith("past"):
            sizes, _ = _line("input", value, dims)
            total += int(numpy.prod(sizes)) * _element_bytes(
                value.type.tensor_type.elem_type)
    return total


def plain_decoder(path, folder):
    """The source of the decoder in plain C, and a file with the weights of a
    model for it."""
    tools = os.path.join(find_corpus(), "tools")
    weights = os.path.join(folder, "plain.bin")
    programs.run(["/usr/bin/python3", os.path.join(tools, "export_flat.py"),
                  path, weights])
    return os.path.join(tools, "plain_decoder.c"), weights
