#===- hostile_names.py - Damage to the names in a model --------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Mutations of names: such that occur twice, and such that would break out of
a comment, a string, an identifier or a file of data.
"""
from onnx import helper

from hostile_files import Mutant, copy
from hostile_mutations import add_output, mutation


#===------------------------------------------------------------------------===#
# Names that occur twice
#===------------------------------------------------------------------------===#

def repeat(entries, random):
    chosen = random.choice(entries)
    entries.add().CopyFrom(chosen)


def alias_outputs(random, proto):
    """The same output twice, and an input as an output."""
    repeat(proto.graph.output, random)
    add_output(proto, proto.graph.input[0].name)


def similar_names(random, proto):
    """Different names that become one when made fit for C."""
    source = proto.graph.output[0].name
    for name in ["a.b", "a_b", "A_B", "a b", "a/b"]:
        proto.graph.node.add().CopyFrom(
            helper.make_node("Neg", [source], [name], name="same"))
        add_output(proto, name)


def similar_sizes(random, proto):
    """Open sizes, and inputs, whose names differ in case or signs alone."""
    options = []
    for place, name in enumerate(["n.m", "n_m", "N_M", "n m"]):
        value = helper.make_tensor_value_info("similar" + "." * place, 1,
                                              [name])
        proto.graph.input.add().CopyFrom(value)
        proto.graph.node.add().CopyFrom(
            helper.make_node("Neg", [value.name], ["s%d" % place]))
        add_output(proto, "s%d" % place)
        options += ["--dim", name + "=1..4"]
    return options


def input_is_weight(random, proto):
    weight = random.choice(proto.graph.initializer)
    proto.graph.input.add().CopyFrom(helper.make_tensor_value_info(
        weight.name, weight.data_type, list(weight.dims)))


def output_is_weight(random, proto):
    weight = random.choice(proto.graph.initializer)
    random.choice(proto.graph.node).output[0] = weight.name


def double_function(random, proto):
    function = helper.make_function(
        "twice", "F", ["x", "x"], ["y"], [helper.make_node("Neg", ["x"], ["y"])],
        [helper.make_opsetid("", 17)])
    for _ in range(2):
        proto.functions.add().CopyFrom(function)


def double_attribute(random, proto):
    node = random.choice([n for n in proto.graph.node if n.attribute])
    repeat(node.attribute, random)
    node.attribute[-1].i += 1


def double_operator_set(random, proto):
    proto.opset_import.add(domain="ai.onnx", version=13)


DUPLICATES = [
    lambda random, proto: repeat(proto.graph.initializer, random),
    lambda random, proto: repeat(proto.graph.input, random),
    lambda random, proto: repeat(proto.graph.node, random),
    alias_outputs, similar_names, similar_sizes, input_is_weight,
    output_is_weight, double_function, double_attribute, double_operator_set,
]


@mutation
def duplicate_names(random, proto, number):
    return DUPLICATES[number % len(DUPLICATES)](random, proto)


#===------------------------------------------------------------------------===#
# Names that break out
#===------------------------------------------------------------------------===#

NAMES = [
    "\n#error broken\n", "\\\n", "\\", "*/ #error broken\n/*", "??/\n#error x",
    "\"; } int x = {", "'\"\\\"", "<script>alert(1)</script>&lt;", "%s%n%d{}",
    "\u202e\u2066gnp.exe", "\r\n", "\0zero", "\033[2J\033[31m", "x" * 9000,
    "int", "main", "run", "status", "weights", "arena", "dims", "0", "__",
    "_Upper", "NULL", "R\"(", "//", "/*", "]]>", "${HOME}", "$(exit 1)", "`id`",
    "\u540d\u524d", "a\u0301\u00e9", "\t", " ", "@m@", "@M@_OK", "{0}", "#", ";",
]


def renamer(graph, mark):
    """Words that mean something in C stand alone, for one value; other marks
    begin all names."""
    if not mark.isidentifier():
        return lambda name: mark + name if name else name
    chosen = (graph.input if len(mark) % 2 else graph.output)[0].name
    return lambda name: mark if name == chosen else name


def renamed(model, mark):
    """Puts `mark` into the names of `model`, and into its documentation."""
    graph = model.proto.graph
    rename = renamer(graph, mark)
    def rename_graph(graph):
        for value in [*graph.input, *graph.output, *graph.initializer]:
            value.name = rename(value.name)
        rename_nodes(graph.node)
    def rename_nodes(nodes):
        for place, node in enumerate(nodes):
            node.name = rename(node.name or str(place))
            node.input[:] = [rename(name) for name in node.input]
            node.output[:] = [rename(name) for name in node.output]
            for attribute in node.attribute:
                rename_graph(attribute.g)
    rename_graph(graph)
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_param = mark + dim.dim_param
    graph.name = model.proto.producer_name = model.proto.domain = mark
    model.proto.doc_string = graph.doc_string = mark
    options = [mark + word if "=" in word else word for word in model.options]
    return model._replace(options=options)


def hostile_names(random, model, number):
    mark = NAMES[number % len(NAMES)]
    # A zero byte ends an argument of a program.
    model = copy(model)
    if "\0" in mark and model.options:
        mark = mark.replace("\0", "\1")
    mutant = Mutant(renamed(model, mark))
    if len(mark) < 100 and number % 2:
        mutant.file_name = mark.replace("/", "|").replace("\0", "") + ".onnx"
    return mutant
