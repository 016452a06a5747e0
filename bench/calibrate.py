# Which values the tensors of a model take: what a static quantiser wants to know.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Usage: calibrate.py MODEL.onnx INPUTS.npz RANGES.json

Runs the model once, in ONNX Runtime as bench/setup fetched it, and writes the
least and the largest value of each float output. Called by onnx_models.py.
"""

import json
import sys

import numpy
import onnxruntime


def main():
    model, inputs, ranges = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options,
                                           ["CPUExecutionProvider"])
    outputs = session.run(None, dict(numpy.load(inputs)))
    found = {one.name: [float(value.min()), float(value.max())]
             for one, value in zip(session.get_outputs(), outputs)
             if value.dtype == numpy.float32}
    with open(ranges, "w", encoding="ascii") as file:
        json.dump(found, file)


main()
