# Reads the include lines and finds those against the arrows between folders:
# tools -> compiler -> passes -> dialects.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re

import sources

GRAPH_LEVEL = ("dialects/Graph", "dialects/Weight", "dialects/Target")
KERNEL_LEVEL = ("dialects/Kernel", "dialects/Weight", "dialects/Target")

# What a folder may include besides itself and dialects/Support. The row with
# the longest name that holds a file counts.
MAY_INCLUDE = {
    "dialects/Support": (),
    "dialects/Graph": (),
    # Weights are evaluated like the graph, by the functions that are carried.
    "dialects/Graph/Evaluate": ("dialects/Graph", "dialects/Weight",
                                "runtime-stub"),
    "dialects/Kernel": (),
    "dialects/Weight": (),
    "dialects/Target": (),
    "passes/Normalize": GRAPH_LEVEL,
    "passes/State": GRAPH_LEVEL,
    "passes/Compress": GRAPH_LEVEL,
    "passes/Fuse": GRAPH_LEVEL,
    "passes/GraphToKernel": GRAPH_LEVEL + KERNEL_LEVEL,
    "passes/Tile": KERNEL_LEVEL,
    "passes/Vectorize": KERNEL_LEVEL,
    "passes/RollLayers": KERNEL_LEVEL,
    "passes/PlanMemory": KERNEL_LEVEL,
    "compiler/Import": ("dialects/Graph", "dialects/Weight"),
    "compiler/Emit": KERNEL_LEVEL + ("dialects/Graph/Evaluate",),
    "compiler/Pipeline": ("passes", "dialects"),
    "compiler/Verify": ("compiler", "dialects"),
    "compiler/Report": ("compiler", "dialects"),
    "compiler/Driver": ("compiler", "dialects"),
    "tools/lmcc": ("compiler", "dialects"),
    "tools/lmcc-opt": ("passes", "dialects"),
    "runtime-stub": (),
}

OURS = ("dialects", "passes", "compiler", "tools", "runtime-stub")
PROTOBUF = re.compile(r"(^|/)Onnx\.pb\.h$|^google/protobuf/")
INCLUDE = re.compile(r'^\s*#?\s*include\s+([<"])([^>"]+)[>"]')


def is_in(name, folder):
    return name.startswith(folder + "/")


def row_of(name):
    rows = [folder for folder in MAY_INCLUDE if is_in(name, folder)]
    return max(rows, key=len, default=None)


def complaint(root, name, row, bracket, included):
    if PROTOBUF.search(included) and row != "compiler/Import":
        return (
            f"{included} belongs to protobuf, "
            "which only compiler/Import sees"
        )
    sibling = os.path.join(os.path.dirname(name), included)
    if bracket == '"' and os.path.isfile(os.path.join(root, sibling)):
        return f'"{included}" is to be written from the root, as "{sibling}"'
    if included.split("/")[0] not in OURS:
        return None
    allowed = (row, "dialects/Support") + MAY_INCLUDE[row]
    if row == "runtime-stub":
        return f"runtime-stub includes nothing of ours, but {included} is"
    if any(is_in(included, folder) for folder in allowed):
        return None
    return f"{row} must not include {included}"


def check(root):
    for name in sources.files(root):
        if name.split("/")[0] not in OURS or not name.endswith(
            (".cpp", ".h", ".td")
        ):
            continue
        row = row_of(name)
        if row is None:
            yield name, 1, "its folder has no row in check_includes.py"
            continue
        for number, line in enumerate(sources.text(root, name), 1):
            if match := INCLUDE.match(line):
                if sentence := complaint(root, name, row, *match.groups()):
                    yield name, number, sentence


if __name__ == "__main__":
    sources.main(check)
