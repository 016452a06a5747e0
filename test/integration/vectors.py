#!/usr/bin/python3
#===- vectors.py - Products run on full vectors ----------------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Look at the instructions of products, and count those that are executed.

  vectors.py LMCC

For each target with vectors, and two compilers, each product function must
have innermost loops with fused multiply-adds on full registers, on the widest
that fits where a product has fewer columns than a register has lanes; and no
innermost loop of it may hold a scalar one. On armv8-a the models are then run
in the emulator, and at least 95 of 100 multiply-adds must be vector ones.

Exit status: 0; 1 if a check fails; 77 without the corpus or the compilers.
"""
import collections
import itertools
import json
import os
import sys
import tempfile

import corpus
import loops
import programs
import targets

LANES = {"x86-64-v3": 8, "x86-64-v4": 16, "armv8-a": 4}
# Columns of the narrowest product of each model: a head of its attention.
COLUMNS = {"bert-tiny-static": 64, "stories260k-prefill64": 8}
PRODUCT = "matmul"
LEAST_VECTOR = 0.95

Case = collections.namedtuple("Case", "name model target check")


def compile_case(options, case, folder):
    return programs.compile_model(options.lmcc, case.target, "model", folder,
                                  case.model.path, [])


def widest_fit(lanes, columns):
    while lanes > columns:
        lanes //= 2
    return lanes


def check_function(name, found, lanes, columns):
    """`found` counts the multiply-adds of each innermost loop by lanes."""
    shown = "%s: %s" % (name, [dict(counts) for counts in found])
    if not found:
        raise corpus.Failed("no loop with multiply-adds in " + shown)
    if any(1 in counts for counts in found):
        raise corpus.Failed("scalar multiply-adds in " + shown)
    widest = max(max(counts) for counts in found)
    if widest not in (lanes, widest_fit(lanes, columns)):
        raise corpus.Failed("%d lanes, not %d, in %s" % (widest, lanes, shown))
    return widest == lanes


def check_code(options, case, folder):
    """Reads the loops of all product functions, as two compilers make them."""
    output = compile_case(options, case, folder)
    lanes = LANES[case.target.name]
    said = []
    for compiler in (case.target.gxx, targets.CLANG):
        path = os.path.join(folder, "kernels.o")
        output.compile(compiler, output.file("model_kernels.cpp"), path)
        products = {name: list(loops.fma_loops(code))
                    for name, code in loops.disassemble(path).items()
                    if PRODUCT in name}
        if not products:
            raise corpus.Failed("there is no product function")
        full = [check_function("%s %s" % (compiler, name), found, lanes,
                               COLUMNS[case.model.name])
                for name, found in products.items()]
        said.append("%s: %d products on %d lanes, %d narrower" %
                    (compiler, sum(full), lanes, len(full) - sum(full)))
    return "; ".join(said)


def build_plugin(folder):
    path = os.path.join(folder, "libcount_fma.so")
    corpus.run(["gcc", "-O2", "-shared", "-fPIC",
                os.path.join(corpus.HERE, "count_fma.c"), "-o", path])
    return path


def check_execution(options, case, folder):
    """Runs the test sets in an emulator that counts."""
    # Only this host runs the stand-in; the sets are those of any target.
    capture = programs.Capture(options.lmcc, targets.TARGETS["generic-c++"],
                               "model", folder, case.model)
    there = os.path.join(folder, case.target.name)
    os.mkdir(there)
    output = compile_case(options, case, there)
    program = os.path.join(there, "program")
    output.link(case.target.gxx, [capture.harness], program, ["-static"])
    counted = os.path.join(there, "counts.json")
    corpus.run(case.target.emulator +
               ["-plugin", build_plugin(there) + ",out=" + counted,
                program, capture.folder, str(capture.sets)])
    with open(counted, encoding="ascii") as file:
        counts = json.load(file)
    total = counts["vector"] + counts["scalar"]
    share = counts["vector"] / total if total else 0
    text = "%.2f %% of %d executed multiply-adds on vectors" % (100 * share,
                                                               total)
    if share < LEAST_VECTOR:
        raise corpus.Failed(text)
    return text


def cases_for(known):
    for model, target in itertools.product(COLUMNS, LANES):
        yield Case("%s on %s" % (model, target), known[model],
                   targets.TARGETS[target], check_code)
    for model in COLUMNS:
        yield Case(model + " executed on armv8-a", known[model],
                   targets.TARGETS["armv8-a"], check_execution)


def check(options, case):
    with tempfile.TemporaryDirectory(prefix="lmcc-vectors-") as folder:
        return case.check(options, case, folder)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require_programs("g++", "aarch64-linux-gnu-g++", "qemu-aarch64",
                             targets.CLANG, loops.DISASSEMBLER)
    corpus.limit_memory()
    return corpus.report("vectors", options.jobs,
                         lambda case: check(options, case),
                         list(cases_for(corpus.models(options.corpus))))


if __name__ == "__main__":
    sys.exit(main())
