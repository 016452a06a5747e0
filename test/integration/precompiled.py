#===- precompiled.py - One carried header for many small models ------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiles the carried header of a target once.

Reading the intrinsics takes g++ longer than all else of a small model. It takes
`lmcc_rt.h.gch` instead of a header beside it if that was made with the same
flags, and the objects are the same, byte for byte.
"""
import filecmp
import json
import os

import onnx
from onnx import helper

import corpus
import targets

CARRIED = ("lmcc_base.h", "lmcc_rt.h")
PRECOMPILED = "lmcc_rt.h.gch"


def save_smallest(path):
    x, y = (helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1])
            for name in "xy")
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])],
                              "smallest", [x], [y])
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 21)]), path)


class CarriedHeader:
    """Made in `folder` with the target that `options` choose."""

    def __init__(self, lmcc, options, folder):
        self.folder = os.path.join(folder, "carried")
        model = os.path.join(folder, "smallest.onnx")
        save_smallest(model)
        corpus.run([lmcc, model, "-o", self.folder] + options)
        with open(os.path.join(self.folder, "manifest.json"),
                  encoding="utf-8") as file:
            manifest = json.load(file)
        gxx = targets.TARGETS[manifest["target"]].gxx
        corpus.run([gxx] + manifest["flags"] + [
            "-x", "c++-header", os.path.join(self.folder, CARRIED[1]), "-o",
            os.path.join(self.folder, PRECOMPILED)])

    def lend(self, folder):
        """Makes the folder of an output that will be built with it."""
        os.mkdir(folder)
        os.symlink(os.path.join(self.folder, PRECOMPILED),
                   os.path.join(folder, PRECOMPILED))

    def is_that_of(self, folder):
        """Whether an output, if there is one, has the header it was lent."""
        return all(filecmp.cmp(os.path.join(self.folder, name),
                               os.path.join(folder, name), shallow=False)
                   for name in CARRIED
                   if os.path.exists(os.path.join(folder, name)))
