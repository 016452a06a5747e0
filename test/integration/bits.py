#!/usr/bin/python3
#===- bits.py - The same bits on every target and from every compiler ------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Check that generated code computes the same bytes wherever it runs.

  bits.py LMCC [--models=A,B] [--targets=A,B] [--levels=A,B] [--quantize=KIND]
          [--quantize-embedding=N] [--attention=KIND]

Each model is compiled for every target that this host can run or emulate,
built by g++ and clang++ at -O2 and -O3 or the levels given, and run on its test
sets; all outputs must be those of the first build, byte for byte.
stories260k-decode tells its story instead: 256 tokens, each the one with the
largest logit, and the logits of all steps count. Every NaN counts as one value:
which NaN is left open. Quantised models are compared with each other, and only
roughly with the goldens of the float model.

Exit status: 0; 1 if bytes differ; 77 without the corpus or with fewer than two
targets.
"""
import os
import sys
import tempfile

import numpy

import corpus
import programs
import targets

MODELS = ("stories260k-decode", "bert-tiny", "minilm-tiny", "home-decoder",
          "vit-tiny")
STORY = "stories260k-decode"
STEPS = 256
LEVELS = ("-O2", "-O3")
# What is left of the direction of an output after any quantisation.
ROUGHLY = ["--cos=0.9"]


def same_nans(data):
    """The bytes of f32 elements with one NaN for all."""
    elements = numpy.frombuffer(data, numpy.float32).copy()
    elements[numpy.isnan(elements)] = numpy.nan
    return elements.tobytes()


class Story:
    """The decoder tells its story."""

    def __init__(self, options, target, folder, model):
        self.output = programs.compile_model(
            options.lmcc, target, "story", folder, model.path,
            options.quantize + ["--dim=batch=1", "--dim=sequence=1",
                                "--dim=past=0..%d" % (STEPS - 1)])
        self.sources = [os.path.join(corpus.HERE, "greedy.cpp")]
        self.logits = os.path.join(folder, "logits")

    def results(self, program):
        self.output.run([program, str(STEPS), self.logits])
        with open(self.logits, "rb") as file:
            return {"logits": same_nans(file.read())}


class Sets:
    """A model runs on its test sets. The harness comes from `capture`."""

    def __init__(self, lmcc, target, folder, model, capture):
        self.capture = capture
        if target.name == capture.output.target.name:
            self.output = capture.output
        else:
            self.output = programs.compile_model(
                lmcc, target, capture.output.name, folder, model.path,
                ["--verify=" + data for data in model.sets] + model.check)
        self.sources = [capture.harness]

    def results(self, program):
        _, found = self.capture.run(self.output, program)
        return {name: data if name.endswith("_dims.bin") else same_nans(data)
                for name, data in found.items()}


def check(options, model):
    """Builds and runs one model everywhere; one line."""
    if options.quantize:
        model = model._replace(check=options.quantize + ROUGHLY)
    reference, builds = None, 0
    with tempfile.TemporaryDirectory(prefix="lmcc-bits-") as folder:
        capture = None
        if model.name != STORY:
            capture = programs.Capture(options.lmcc, options.targets[0],
                                       model.name.replace("-", "_"), folder,
                                       model)
        for target in options.targets:
            home = os.path.join(folder, target.name)
            os.mkdir(home)
            run = (Sets(options.lmcc, target, home, model, capture) if capture
                   else Story(options, target, home, model))
            for compiler in (target.gxx, targets.CLANG):
                for level in options.levels.split(","):
                    build = "%s, %s %s" % (target.name, compiler, level)
                    program = os.path.join(home, "program")
                    run.output.link(compiler, run.sources, program, [level])
                    found = run.results(program)
                    if not found or not all(found.values()):
                        raise corpus.Failed("%s: no output" % build)
                    reference = reference or (build, found)
                    if wrong := [name for name, data in reference[1].items()
                                 if found.get(name) != data]:
                        raise corpus.Failed("%s: other bytes than %s in %s" % (
                            build, reference[0], ", ".join(wrong)))
                    builds += 1
    return "%d outputs equal in %d builds for %s" % (
        sum(not name.endswith("_dims.bin") for name in reference[1]), builds,
        ", ".join(target.name for target in options.targets))


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--models", default=",".join(MODELS), metavar="A,B")
    parser.add_argument("--targets", default=",".join(
        ("x86-64-v3", "x86-64-v4", "armv8-a", "generic-c++")), metavar="A,B")
    parser.add_argument("--levels", default=",".join(LEVELS), metavar="A,B")
    for name in ("--quantize", "--quantize-embedding", "--attention"):
        parser.add_argument(name, help="as for lmcc")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require_programs(targets.CLANG)
    options.quantize = ["--quantize=" + options.quantize, "--loss=off"
                        ] if options.quantize else []
    if options.quantize_embedding:
        options.quantize.append("--quantize-embedding=" +
                                options.quantize_embedding)
    if options.attention:
        options.quantize.append("--attention=" + options.attention)
    wanted = [targets.TARGETS[name] for name in options.targets.split(",")]
    options.targets = [target for target in wanted
                       if targets.is_available(target)]
    if len(options.targets) < 2 or not targets.is_native(options.targets[0]):
        corpus.skip("this host runs too few of the targets")
    corpus.limit_memory()
    return corpus.report("same bits", options.jobs,
                         lambda model: check(options, model),
                         corpus.select(options.corpus,
                                       options.models.split(",")))


if __name__ == "__main__":
    sys.exit(main())
