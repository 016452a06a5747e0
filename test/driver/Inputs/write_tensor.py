#!/usr/bin/python3
# Writes one serialized TensorProto.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Usage: write_tensor.py FILE TYPE SHAPE [VALUE...]

TYPE is float or int64, SHAPE such as 2x3 (a scalar: -). Without values the
elements count up from 0. Sizes and data stay below 128 bytes.
"""
import os
import struct
import sys

CODES = {"float": (1, "f", float), "int64": (7, "q", int)}


def main():
    path, kind, shape, *values = sys.argv[1:]
    code, letter, parse = CODES[kind]
    dims = [] if shape == "-" else [int(size) for size in shape.split("x")]
    count = 1
    for size in dims:
        count *= size
    values = [parse(value) for value in values or range(count)]
    data = struct.pack("<%d%s" % (len(values), letter), *values)
    message = b"".join(bytes([0x08, size]) for size in dims)  # dims
    message += bytes([0x10, code])  # data_type
    message += bytes([0x4A, len(data)]) + data  # raw_data
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(message)


if __name__ == "__main__":
    main()
