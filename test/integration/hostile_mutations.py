#===- hostile_mutations.py - Damage to what a model says -------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Mutations of types, edges, sizes and lengths. Each takes a source of random
numbers, a model, and the number of this mutation, which picks the variant.
"""
import functools

from onnx import AttributeProto, TensorProto, helper

from hostile_files import Mutant, copy

MOST, LEAST = 2**63 - 1, -2**63


def mutation(function):
    """Lets `function` change a copy of the model's proto. It may return options
    that the result needs."""
    @functools.wraps(function)
    def mutate(random, model, number):
        model = copy(model)
        options = function(random, model.proto, number)
        return Mutant(model, options=options or [])
    return mutate


def integers(name, values):
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def add_output(proto, name):
    proto.graph.output.add(name=name)


#===------------------------------------------------------------------------===#
# Types
#===------------------------------------------------------------------------===#

CODES = [0, 3, 6, 7, 8, 9, 10, 11, 14, 16, 17, 21, 23, 99, 2**31 - 1, -5]


def spoil_input_kind(random, graph):
    kind = random.choice(graph.input).type
    if random.random() < 0.5:
        kind.sequence_type.elem_type.tensor_type.elem_type = 1
    else:
        kind.ClearField("tensor_type")


def spoil_attribute_kind(random, graph):
    nodes = [node for node in graph.node if node.attribute]
    attribute = random.choice(random.choice(nodes).attribute)
    attribute.type = random.choice([AttributeProto.FLOAT, AttributeProto.INTS,
                                    AttributeProto.GRAPH, AttributeProto.TENSOR,
                                    AttributeProto.STRINGS])


def spoil_operand(random, graph):
    node = random.choice([node for node in graph.node if node.input])
    weights = [weight.name for weight in graph.initializer]
    node.input[random.randrange(len(node.input))] = random.choice(weights)


def spoil_operator(random, graph):
    random.choice(graph.node).op_type = random.choice(
        ["And", "Not", "Gather", "Where", "Cast", "QuantizeLinear", "Loop",
         "Reshape", "TopK", "", "Neg ", "matmul"])


def add_cast(random, graph, code):
    graph.node.add().CopyFrom(helper.make_node(
        "Cast", [graph.output[0].name], ["cast"], to=code))
    graph.output.add(name="cast")


@mutation
def wrong_types(random, proto, number):
    graph = proto.graph
    variant = number % 7
    code = random.choice(CODES)
    if variant == 0:
        random.choice(graph.input).type.tensor_type.elem_type = code
    elif variant == 1:
        random.choice(graph.initializer).data_type = code
    elif variant == 2:
        add_cast(random, graph, code)
    elif variant == 3:
        spoil_input_kind(random, graph)
    elif variant == 4:
        spoil_attribute_kind(random, graph)
    elif variant == 5:
        spoil_operand(random, graph)
    else:
        spoil_operator(random, graph)


#===------------------------------------------------------------------------===#
# Cycles
#===------------------------------------------------------------------------===#

def cyclic_functions(proto, names):
    """Functions that call each other in a ring."""
    proto.opset_import.add(domain="ring", version=1)
    for name, callee in zip(names, names[1:] + names[:1]):
        proto.functions.add().CopyFrom(helper.make_function(
            "ring", name, ["x"], ["y"],
            [helper.make_node(callee, ["x"], ["y"], domain="ring")],
            [helper.make_opsetid("ring", 1)]))
    proto.graph.node.add().CopyFrom(helper.make_node(
        names[0], [proto.graph.output[0].name], ["round"], domain="ring"))
    add_output(proto, "round")


def cyclic_branch(proto):
    """A branch that reads what its own If computes."""
    branch = helper.make_graph([helper.make_node("Neg", ["round"], ["b"])],
                               "branch", [],
                               [helper.make_tensor_value_info("b", 1, None)])
    proto.graph.initializer.append(
        helper.make_tensor("ring_flag", TensorProto.BOOL, [], [True]))
    proto.graph.node.add().CopyFrom(helper.make_node(
        "If", ["ring_flag"], ["round"], then_branch=branch,
        else_branch=branch))
    add_output(proto, "round")


@mutation
def cycles(random, proto, number):
    nodes = [node for node in proto.graph.node if node.input]
    variant = number % 6
    if variant == 0:
        node = random.choice(nodes)
        node.input[0] = node.output[0]
    elif variant in (1, 2):
        later = random.randrange(1, len(nodes))
        node = nodes[random.randrange(later)]
        node.input[random.randrange(len(node.input))] = nodes[later].output[0]
    elif variant == 3:
        cyclic_functions(proto, ["F"])
    elif variant == 4:
        cyclic_functions(proto, ["F", "G", "H"])
    else:
        cyclic_branch(proto)


#===------------------------------------------------------------------------===#
# Sizes
#===------------------------------------------------------------------------===#

def absurd_input(random, proto):
    shape = random.choice(proto.graph.input).type.tensor_type.shape
    shape.dim[random.randrange(len(shape.dim))].dim_value = random.choice(
        [2**31, 2**40, 2**62, -1, LEAST, MOST, 2**31 - 1, 0])


def absurd_rank(random, proto):
    shape = random.choice(proto.graph.input).type.tensor_type.shape
    for _ in range(random.choice([9, 33, 5000])):
        shape.dim.add().dim_value = 1


def absurd_weight(random, proto):
    weight = random.choice(proto.graph.initializer)
    weight.dims[:] = random.choice([[2**40, 2**40], [2**32, 2**32], [-1, -4],
                                    [MOST], [LEAST, 2], [1] * 400, [2**31, 2],
                                    [0, MOST], [0]])


# Operator, the values of its operands behind the first, its attributes. Without
# operands the first one is the list of integers.
ABSURD_NODES = [
    ("Reshape", [[MOST, MOST]], {}), ("Reshape", [[-1, -1]], {}),
    ("Reshape", [[LEAST]], {}), ("Reshape", [[0] * 20], {}),
    ("Expand", [[2**40, 1, 1]], {}), ("Expand", [[-7]], {}),
    ("Tile", [[2**40] * 3], {}), ("Tile", [[MOST, -1]], {}),
    ("Pad", [[MOST] * 6], {}), ("Pad", [[LEAST] * 4], {}),
    ("Slice", [[LEAST], [MOST], [0], [0]], {}),
    ("Slice", [[MOST], [LEAST], [0], [LEAST]], {}),
    ("Slice", [[0], [MOST], [LEAST], [1]], {}),
    ("ConstantOfShape", [[2**40]], {}), ("ConstantOfShape", [[-3]], {}),
    ("ConstantOfShape", [[2**10, 2**6]], {}),
    ("Range", [[0], [2**62], [1]], {}), ("Range", [[0], [MOST], [0]], {}),
    ("Range", [[LEAST], [MOST], [LEAST]], {}),
    ("OneHot", [[2**62], [0, 1]], {}),
    ("Unsqueeze", [[LEAST]], {}), ("Unsqueeze", [list(range(500))], {}),
    ("Squeeze", [[MOST]], {}),
    ("Split", [[MOST, MOST]], {"axis": LEAST}),
    ("TopK", [[MOST]], {"axis": MOST}),
    ("Transpose", [], {"perm": [MOST, LEAST, 0]}),
    ("Transpose", [], {"perm": [0, 0, 0]}),
    ("Softmax", [], {"axis": LEAST}), ("Concat", [], {"axis": MOST}),
    ("Flatten", [], {"axis": LEAST}),
    ("ReduceMean", [], {"axes": [LEAST, MOST], "keepdims": MOST}),
    ("Gather", [[0]], {"axis": LEAST}), ("CumSum", [[LEAST]], {}),
    ("MaxPool", [], {"kernel_shape": [MOST], "strides": [0]}),
    ("AveragePool", [], {"kernel_shape": [2], "pads": [MOST, MOST],
                         "strides": [LEAST]}),
    ("DepthToSpace", [], {"blocksize": LEAST}),
    ("DepthToSpace", [], {"blocksize": 0}),
    ("Trilu", [[LEAST]], {}), ("EyeLike", [], {"k": LEAST}),
    ("Shape", [], {"start": LEAST, "end": MOST}),
    ("LayerNormalization", [[1]], {"axis": LEAST}),
]
# These take a list of sizes, or bounds, and no tensor before it.
SOURCES = {"ConstantOfShape", "Range"}


def absurd_node(proto, number):
    operator, operands, attributes = ABSURD_NODES[number % len(ABSURD_NODES)]
    names = [] if operator in SOURCES else [proto.graph.output[0].name]
    for position, values in enumerate(operands):
        names.append("absurd_%d" % position)
        weight = integers(names[-1], values)
        if operator in ("Range", "OneHot") and len(values) == 1:
            weight.ClearField("dims")
        proto.graph.initializer.append(weight)
    proto.graph.node.add().CopyFrom(
        helper.make_node(operator, names, ["absurd"], **attributes))
    add_output(proto, "absurd")


def absurd_convolution(random, proto):
    size = random.choice([0, -1, LEAST, MOST, 2**32])
    key = random.choice(["kernel_shape", "strides", "pads", "dilations"])
    proto.graph.initializer.append(
        helper.make_tensor("filter", 1, [1, 1, 1], [1.0]))
    proto.graph.node.add().CopyFrom(helper.make_node(
        "Conv", [proto.graph.output[0].name, "filter"], ["absurd"],
        **{key: [size] * (2 if key == "pads" else 1),
           "group": random.choice([0, 1, MOST, LEAST])}))
    add_output(proto, "absurd")


@mutation
def absurd_sizes(random, proto, number):
    others = [absurd_input, absurd_weight, absurd_rank, absurd_convolution]
    if number % 3 == 2:
        random.choice(others)(random, proto)
    else:
        absurd_node(proto, number // 3 * 2 + number % 3)


#===------------------------------------------------------------------------===#
# Lengths of data
#===------------------------------------------------------------------------===#

def wrong_place(random, weight):
    """Data where it does not belong, or more than once."""
    choice = random.randrange(5)
    if choice == 0:
        weight.float_data.extend([1.0] * 3)
    elif choice == 1:
        weight.ClearField("raw_data")
        weight.int64_data.extend([MOST] * 5)
    elif choice == 2:
        weight.ClearField("raw_data")
        weight.data_type = TensorProto.INT8
        weight.int32_data.extend([300] * 8)
    elif choice == 3:
        weight.segment.begin, weight.segment.end = 0, MOST
    else:
        weight.string_data.append(b"text")


def wrong_reference(random, weight):
    """A place in an external file that is not there."""
    entries = {entry.key: entry for entry in weight.external_data}
    key = random.choice(["offset", "length"])
    entries[key].value = random.choice(
        ["-1", "18446744073709551615", "9223372036854775807", "abc", "", "0x10",
         "1e3", "99999999999999999999999", "3", " 8"])


@mutation
def wrong_lengths(random, proto, number):
    weights = proto.graph.initializer
    outside = [weight for weight in weights if weight.external_data]
    weight = random.choice(weights)
    variant = number % 5
    if outside and variant in (0, 3):
        wrong_reference(random, random.choice(outside))
    elif variant == 0:
        weight.raw_data = weight.raw_data[:-random.randrange(1, 5)]
    elif variant == 1:
        weight.raw_data += bytes(random.choice([1, 4, 8, 4096]))
    elif variant == 2:
        weight.ClearField("raw_data")
        weight.ClearField("external_data")
    elif variant == 3:
        weight.dims[:] = [size + 1 for size in weight.dims] + [3]
    else:
        wrong_place(random, weight)
