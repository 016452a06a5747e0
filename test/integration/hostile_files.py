#===- hostile_files.py - Damage to the files of a model --------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Mutations of bytes, of external data and of nesting, which onnx's own
classes would refuse to write. Each returns a Mutant.
"""
import os
import stat

from onnx import TensorProto


class Mutant:
    """A model file, the files beside it, and what else lies in its folder."""

    def __init__(self, model, data=None, files=None, prepare=None, options=()):
        self.options = [*model.options, *options]
        self.inputs = model.inputs
        self.data = model.proto.SerializeToString() if data is None else data
        self.files = dict(model.files if files is None else files)
        self.prepare = prepare
        self.file_name = "model.onnx"


def copy(model):
    """The model with a proto that may be changed."""
    proto = type(model.proto)()
    proto.CopyFrom(model.proto)
    return model._replace(proto=proto)


#===------------------------------------------------------------------------===#
# Bytes
#===------------------------------------------------------------------------===#

def truncated(random, model, number):
    """The file, its external data, or the graph within it, cut off."""
    data = model.proto.SerializeToString()
    variant = number % 6
    if variant == 5 and model.files:
        name = random.choice(sorted(model.files))
        files = dict(model.files)
        files[name] = files[name][:random.randrange(len(files[name]))]
        return Mutant(model, files=files)
    if variant in (3, 4, 5):
        rest = copy(model).proto
        rest.ClearField("graph")
        graph = model.proto.graph.SerializeToString()
        part = graph[:random.randrange(len(graph))]
        return Mutant(model, rest.SerializeToString() + field(7, part))
    if variant == 2:
        return Mutant(model, data[:-random.randrange(1, 64)])
    return Mutant(model, data[:random.randrange(64 if variant else len(data))])


def values_of(message, found):
    """Adds all numbers and texts below `message`, as (message, field, index);
    the index of a field that is not repeated is None."""
    for field, value in message.ListFields():
        repeated = field.label == field.LABEL_REPEATED
        for index, element in enumerate(value if repeated else [value]):
            if field.type == field.TYPE_MESSAGE:
                values_of(element, found)
            else:
                found.append((message, field, index if repeated else None))
    return found


def flipped_value(random, field, value):
    if field.type == field.TYPE_BYTES:
        data = bytearray(value)
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        return bytes(data)
    if field.type == field.TYPE_STRING:
        place = random.randrange(len(value) + 1)
        letter = value[place:place + 1] or "a"
        return (value[:place] + chr(ord(letter) ^ 1 << random.randrange(6)) +
                value[place + 1:])
    if field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
        return random.choice([-value, value * 2.0**64, 0.0, float("nan")])
    wide = field.type in (field.TYPE_INT64, field.TYPE_UINT64)
    return value ^ 1 << random.randrange(63 if wide else 31)


def flip_value(random, message, field, index):
    """Flips one bit of a value and leaves its file well-formed."""
    old = getattr(message, field.name)
    if index is None:
        setattr(message, field.name, flipped_value(random, field, old))
    else:
        old[index] = flipped_value(random, field, old[index])


def flipped(random, model, number):
    if number % 3 != 0:
        model = copy(model)
        for _ in range(random.choice([1, 1, 2, 4])):
            values = values_of(model.proto, [])
            heads = [value for value in values
                     if value[1].type != value[1].TYPE_BYTES]
            choice = random.choice(heads if number % 3 == 1 else values)
            # An enumeration of an open kind takes any number; others do not.
            if choice[1].type != choice[1].TYPE_ENUM:
                flip_value(random, *choice)
        return Mutant(model)
    data = bytearray(model.proto.SerializeToString())
    for _ in range(random.choice([1, 1, 2, 3, 8])):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return Mutant(model, bytes(data))


#===------------------------------------------------------------------------===#
# External data
#===------------------------------------------------------------------------===#

def link_to(target):
    return lambda folder: os.symlink(target, os.path.join(folder, "odd"))


def make_socket(folder):
    os.mknod(os.path.join(folder, "odd"), stat.S_IFSOCK | 0o600)


def make_link_out(folder):
    """A link to a file beside the model's folder that has enough data."""
    outside = folder + ".outside"
    with open(outside, "wb") as file:
        file.write(bytes(1 << 20))
    os.symlink(outside, os.path.join(folder, "odd"))


LOCATIONS = [
    ("../weights.data", None),
    ("/etc/passwd", None),
    ("odd/../../../../../../etc/passwd", lambda f: os.mkdir(f + "/odd")),
    ("odd", make_link_out),
    ("odd/passwd", link_to("/etc")),
    ("odd", link_to("/dev/zero")),
    ("odd", lambda f: os.mkfifo(os.path.join(f, "odd"))),
    ("odd", lambda f: os.mkdir(os.path.join(f, "odd"))),
    ("odd", make_socket),
    ("odd", link_to("odd")),
    ("odd", link_to("/proc/self/mem")),
    ("odd", link_to("/proc/self/fd/0")),
    ("weights.data\0.txt", None),
    ("no-such-file", None),
    ("", None),
    (".", None),
    ("a" * 300, None),
    ("a/" * 3000, None),
    ("odd\n\033[31m*/??/\"<script>", None),
    ("file:///etc/passwd", None),
    ("./././model.onnx", None),
]


def hostile_path(random, model, number):
    model = copy(model)
    location, prepare = LOCATIONS[number % len(LOCATIONS)]
    weight = random.choice([w for w in model.proto.graph.initializer
                            if w.data_type == TensorProto.FLOAT])
    size = 4
    for dim in weight.dims:
        size *= dim
    weight.ClearField("raw_data")
    weight.ClearField("external_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    weight.external_data.add(key="length", value=str(size))
    return Mutant(model, prepare=prepare)


#===------------------------------------------------------------------------===#
# Nesting
#===------------------------------------------------------------------------===#

def varint(value):
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    data.append(value)
    return bytes(data)


def field(number, content):
    """A nested message, or a string, in the wire format."""
    if isinstance(content, str):
        content = content.encode()
    return varint(number << 3 | 2) + varint(len(content)) + content


def node_bytes(operator, inputs, output, domain="", attributes=b""):
    text = b"".join(field(1, name) for name in inputs) + field(2, output)
    text += field(4, operator) + field(7, domain)
    return text + attributes


def nested_ifs(depth):
    """A model with `depth` branches inside one another; the value `deep`."""
    inner = (field(1, node_bytes("Identity", ["deep_flag"], "deep")) +
             field(12, field(1, "deep")))
    for _ in range(depth):
        branch = field(1, "then_branch") + field(6, inner) + b"\xa0\x01\x05"
        node = node_bytes("If", ["deep_flag"], "deep",
                          attributes=field(5, branch))
        inner = field(1, node) + field(12, field(1, "deep"))
    flag = b"\x08\x01\x10\x09" + field(8, "deep_flag") + field(9, b"\1")
    return field(7, inner + field(5, flag))


def nested_functions(depth, calls):
    """Functions that each call the next one `calls` times."""
    data = field(8, field(1, "deep") + b"\x10\x01")
    for level in range(depth):
        nodes, value = b"", "x"
        last = level + 1 == depth
        for call in range(calls):
            result = "y" if call + 1 == calls else "v%d" % call
            nodes += field(7, node_bytes("Neg" if last else "F%d" % (level + 1),
                                         [value], result,
                                         "" if last else "deep"))
            value = result
        data += field(25, field(1, "F%d" % level) + field(4, "x") +
                      field(5, "y") + nodes + field(9, b"\x10\x11") +
                      field(9, field(1, "deep") + b"\x10\x01") +
                      field(10, "deep"))
    one = b"\x08\x01\x10\x01" + field(8, "deep_one") + field(9, b"\0\0\x80?")
    call = node_bytes("F0", ["deep_one"], "deep", "deep")
    return data + field(7, field(5, one) + field(1, call) +
                        field(12, field(1, "deep")))


def nested_types(depth, kind):
    """An input whose type is `kind` (a field number) of itself."""
    shape = b"\x08\x01" + field(2, field(1, b"\x08\x02"))
    inner = field(1, shape)
    for _ in range(depth):
        inner = field(kind, field(1, inner))
    return field(7, field(11, field(1, "deep") + field(2, inner)) +
                 field(12, field(1, "deep")))


def chain(operator, inputs, length, start):
    """One node after the other, for passes that follow operands."""
    nodes, value = b"", start
    for step in range(length):
        result = "deep" if step + 1 == length else "deep_%d" % step
        nodes += field(1, node_bytes(operator, [value] * inputs, result))
        value = result
    return field(7, nodes + field(12, field(1, "deep")))


NESTINGS = [
    lambda start: nested_ifs(3),
    lambda start: nested_ifs(25),
    lambda start: nested_ifs(30),
    lambda start: nested_ifs(400),
    lambda start: nested_ifs(10000),
    lambda start: nested_functions(8, 1),
    lambda start: nested_functions(60, 1),
    lambda start: nested_functions(20000, 1),
    lambda start: nested_functions(9, 2),
    lambda start: nested_functions(40, 2),
    lambda start: nested_functions(12, 9),
    lambda start: nested_types(20000, 4),
    lambda start: nested_types(20, 9),
    lambda start: nested_types(5000, 9),
    lambda start: chain("Neg", 1, 600, start),
    lambda start: chain("Add", 2, 300, start),
    lambda start: chain("Identity", 1, 20000, start),
    lambda start: chain("Concat", 2, 60, start),
    lambda start: chain("Shape", 1, 50, start),
    lambda start: field(7, b"\x0b" * 100000),
    lambda start: b"\x0b" * 100000,
]


def nested(random, model, number):
    """Appended messages are merged with those that are there."""
    start = model.proto.graph.output[0].name
    extra = NESTINGS[number % len(NESTINGS)](start)
    return Mutant(model, model.proto.SerializeToString() + extra)
