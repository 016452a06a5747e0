# Random-weight models at real sizes and their inputs, for the benchmarks.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import os
import sys
import tempfile

import numpy
import onnx
from onnx import helper, numpy_helper

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
    # What is made of a model lies beside it, under its name and an ending.
    for home, _, files in os.walk(folder):
        for file in files:
            if file.endswith(".onnx") and file.count(".onnx") == 1:
                return os.path.join(home, file)
    sys.exit("make_big.py wrote no model into " + folder)


def write_product(path, rows, depth, columns):
    """Writes one MatMul with a weight and one Add with a bias."""
    random = numpy.random.default_rng(1)
    weight = random.standard_normal((depth, columns), numpy.float32)
    bias = random.standard_normal(columns, numpy.float32)
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["p"], "product"),
         helper.make_node("Add", ["p", "b"], ["y"], "bias")],
        "product",
        [helper.make_tensor_value_info("x", kind, [rows, depth])],
        [helper.make_tensor_value_info("y", kind, [rows, columns])],
        [numpy_helper.from_array(weight, "w"),
         numpy_helper.from_array(bias, "b")])
    onnx.save(helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)]), path)


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


@functools.lru_cache(maxsize=None)
def macs(path, *sizes):
    """Multiply-accumulates of the whole graph, as lmcc counts them; `sizes` are
    its options for free sizes, which the manifest counts at their bounds."""
    with tempfile.TemporaryDirectory(prefix="lmcc-macs-") as folder:
        return programs.compile_model(path, "exact", folder, "generic-c++",
                                      ["--stateless", *sizes]).macs


def linear_macs(path, tokens):
    """Those of products with weights, for that many tokens; a pooler sees the
    first one only."""
    return sum(int(numpy.prod(tensor.dims)) *
               (1 if output.startswith("pooler") else tokens)
               for output, tensor in _product_weights(_graph(path)).items())


def prefill_macs(path, whole, tokens):
    """What of `whole`, those of the whole graph for that many tokens, is needed
    for the logits of the last one, of products with weights and of attention:
    the output layer once, and the keys up to each token."""
    graph = _graph(path)
    linear = linear_macs(path, tokens)
    source = {node.output[0]: node.input[0] for node in graph.node
              if node.op_type == "Identity"}
    logits = graph.output[0].name
    head = int(numpy.prod(
        _product_weights(graph)[source.get(logits, logits)].dims))
    return (linear - (tokens - 1) * head,
            (whole - linear) * (tokens + 1) // (2 * tokens))


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


def _written(path, words):
    """A file that a program of the corpus writes; written once."""
    if not os.path.exists(path):
        made = path + ".part"
        programs.run(["/usr/bin/python3", *words, made])
        os.rename(made, path)
    return path


def gguf(path, kind):
    """The file for llama.cpp with the weights of a decoder as q8_0 or q4_0."""
    tool = os.path.join(find_corpus(), "tools", "make_gguf.py")
    return _written("%s.%s.gguf" % (path, kind),
                    [tool, "--type", kind, path])


def quantized(path, form, *options):
    """A model as a quantiser emits it: `form` and `options` of quantize.py."""
    tool = os.path.join(find_corpus(), "tools", "quantize.py")
    return _written("%s.%s.onnx" % (path, form), [tool, form, *options, path])


def parameters(path):
    """The number of float weights, each counted once."""
    return sum(int(numpy.prod(tensor.dims)) for tensor in
               _graph(path).initializer
               if tensor.data_type == onnx.TensorProto.FLOAT)


def product_elements(path):
    """The number of weights that products read, each counted once."""
    return product_bytes(path) // numpy.dtype(numpy.float32).itemsize


def ranges(path):
    """A file with the least and the largest value of what products and
    embeddings read and give, over the first test set of a model."""
    out = path + ".ranges.json"
    if os.path.exists(out):
        return out
    model = onnx.load(path)
    weights = {tensor.name for tensor in model.graph.initializer}
    known = {value.name for value in model.graph.output}
    for node in model.graph.node:
        if node.op_type in ("MatMul", "Gemm", "Gather"):
            for name in {*node.input[:2], *node.output} - weights - known:
                known.add(name)
                model.graph.output.append(onnx.ValueInfoProto(name=name))
    onnx.save(model, path + ".all.onnx")
    folder = os.path.join(os.path.dirname(path), "test_data_set_0")
    values = {}
    for number, value in enumerate(_inputs(model.graph)):
        with open(os.path.join(folder, "input_%d.pb" % number), "rb") as file:
            values[value.name] = numpy_helper.to_array(
                onnx.TensorProto.FromString(file.read()))
    numpy.savez(path + ".npz", **values)
    programs.run([programs.PEERS_PYTHON,
                  os.path.join(programs.BENCH, "calibrate.py"),
                  path + ".all.onnx", path + ".npz", out])
    os.remove(path + ".all.onnx")
    return out
