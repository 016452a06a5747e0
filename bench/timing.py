# A program that holds generated models and their rivals, and times them.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import collections
import os
import shutil

import onnx_models
import programs
import report

SOURCES = ("Models/Main.cpp", "Models/Case.cpp", "Models/Find.cpp",
           "Models/Instance.cpp", "Models/Plan.cpp", "Models/Rival.cpp",
           "Measure/Clock.cpp", "Measure/IntegerPeak.cpp", "Measure/Peak.cpp",
           "Measure/Process.cpp", "Measure/Sampler.cpp", "Measure/Stream.cpp",
           "Measure/Tensor.cpp", "Peer/HideFeatures.cpp", "Peer/LlamaCpp.cpp",
           "Peer/OnnxRuntime.cpp")

# Somebody else's engine on the inputs of a case: "onnx" for ONNX Runtime,
# "llama" for llama.cpp; the name under which results stand, the model's file.
Rival = collections.namedtuple("Rival", "kind name path")


class Timing:
    """One program and its plan (bench/Models/Plan.h): cases, each with inputs
    and with the generated models and the rivals that run on them alternately.
    `hide` is what of the processor rivals do not see: avx512 or amx."""

    def __init__(self, work, target, rounds, hide=None, profile=0):
        self.target = target
        self.folder = os.path.join(work, "program-" + target)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self._parts = []
        self._objects = []
        self._lines = ["rounds %d" % rounds]
        if profile:
            self._lines.append("profile %g" % profile)
        if hide:
            self._lines.append("hide " + hide)

    def _add_rival(self, word, rival):
        load = {"onnx": "onnx-runtime " + programs.ONNX_RUNTIME,
                "llama": "llama-cpp " + programs.LLAMA_CPP}[rival.kind]
        if load not in self._lines:
            programs.check_library(load.split(" ", 1)[1])
            self._lines.insert(0, load)
        self._lines.append(" ".join([word, rival.name, rival.path]))

    def add_case(self, name, tensors, rivals=(), reference=None, turn=None,
                 stream=False):
        """Begins a case. `tensors` are lines that describe its inputs and
        outputs. `reference` is the ONNX file that errors are relative to, if
        it is not that of the first rival. Each repeats its work for `turn`
        milliseconds before it is the next one's turn, by default for one; with
        `stream` the weights are also read in a plain loop."""
        self._lines += ["case " + name, *tensors]
        if reference:
            self._add_rival("reference", Rival("onnx", "float", reference))
        for rival in rivals:
            self._add_rival(rival.kind, rival)
        if turn:
            self._lines.append("turn %g" % turn)
        if stream:
            self._lines.append("stream")

    def add_plain_decoder(self, onnx):
        """Adds the decoder in plain C of the corpus to a case with a prompt. A
        program has one at most."""
        source, weights = onnx_models.plain_decoder(onnx, self.folder)
        self._objects.append(programs.build_plain_decoder(
            source, ["gcc", "-march=native"], self.folder))
        self._lines.append("plain plain " + weights)

    def add_model(self, onnx, name, compiler, options=(), dims=(),
                  macs=None):
        """Adds what a compiler makes of lmcc's output to the case. The name
        gets an ending for the compiler and is returned. `options` are lmcc's; `dims` the free
        sizes that remain, in the order of the header, and `macs` the
        multiply-accumulates at those sizes, if not the most."""
        name += "_clang" if "clang" in compiler else "_gcc"
        compiled = programs.compile_model(onnx, name, self.folder, self.target,
                                          options)
        self._parts.append((compiled, compiler))
        kind = "decoder" if compiled.keeps_state else "model"
        self._lines.append(" ".join(map(str, [
            kind, name, macs or compiled.macs, *dims])))
        return name

    def run(self):
        """Builds and runs the program. Returns its words about the machine,
        those about each model, and {model: {function: share of time}}."""
        program = programs.build(self.folder, self.target, self._parts, SOURCES,
                                 self._objects, ["-ldl", "-lm"])
        found = programs.run_plan(program, self._lines)
        samples = {}
        for entry in found:
            if "profile" in entry:
                samples.setdefault(entry["profile"], []).append(
                    (entry["address"], entry["count"]))
        shares = {name: programs.by_function(program, counts)
                  for name, counts in samples.items()}
        shutil.rmtree(self.folder)
        return found[0], [one for one in found if "model" in one], shares


def print_costs(say, machine, result):
    """Memory, loading and pages of a model and of ONNX Runtime."""
    peer = result["rivals"]["ORT"]
    say("  memory %.1f MB (arena %.3f, weights %.1f), ORT %s %.1f MB\n"
        "  load and first run %.1f + %.1f ms, ORT %.1f + %.1f ms\n"
        "  weights: %s" % (
            (result["arena"] + result["blob"]) / 1e6, result["arena"] / 1e6,
            result["blob"] / 1e6, machine["onnx_runtime"],
            peer["bytes"] / 1e6, result["init_ms"], result["first_ms"],
            peer["load_ms"], peer["first_ms"], result["pages"]))


def print_profile(say, result, shares):
    """The functions in which a model spends a hundredth of its time or more,
    largest first."""
    prefix = result["model"] + "_k_"
    say(report.list_parts(result["model"], [
        "%s %.3g ms (%.0f %%)" % (function.replace(prefix, ""),
                                  result["ms"] * share, 100 * share)
        for function, share in shares.items() if share >= 0.01]))
