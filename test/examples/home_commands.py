#!/usr/bin/python3
#===- home_commands.py - The example answers as well as its models ---------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile both home-command models, build the example, score it.

  home_commands.py LMCC --target=T [--compiler=g++|clang++-22] [--slow]

The decoder must answer 1974 of the 2000 test sentences exactly, the encoder
1576 of the 1598 with one command, give or take 2: the figures of the models
in float32, where sums in another order may decide a close call otherwise.

The emulator of another machine takes ten minutes and generic C++ one or two;
with --slow the test runs only if LMCC_TEST_ALL is set.

Exit status: 0; 1 if a score is off or a step fails; 77 if this host or its
packages cannot run the target, or the test is for LMCC_TEST_ALL.
"""
import argparse
import collections
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SLACK = 2
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                       "examples", "home-commands")

Model = collections.namedtuple("Model",
                               "name file options program right total")
MODELS = [
    Model("home_decoder", "home-decoder.onnx",
          ["--entry=stateful", "--context=96", "--chunk=16"],
          "home-commands", 1974, 2000),
    Model("home_encoder", "home-encoder.onnx",
          ["--dim=batch=1", "--dim=sequence=1..64"],
          "home-labels", 1576, 1598),
]

# Machine that runs a target, None for any, and the features that it needs.
Target = collections.namedtuple("Target", "machine features")
TARGETS = {
    "generic-c++": Target(None, []),
    "x86-64-v3": Target("x86_64", ["avx2", "fma", "f16c", "bmi2"]),
    "x86-64-v4": Target("x86_64", ["avx512f", "avx512bw", "avx512cd",
                                   "avx512dq", "avx512vl"]),
    "armv8-a": Target("aarch64", []),
}

SCORE = re.compile(r"^(\d+) of (\d+) sentences right", re.MULTILINE)


def skip(reason):
    print("skipped: " + reason)
    sys.exit(SKIPPED)


def require(*programs):
    for program in programs:
        if not shutil.which(program):
            skip("there is no " + program)


def host_features():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        for line in info:
            if line.startswith("flags"):
                return line.split()
    return []


def build_and_run_options(options):
    """What CMake needs to build for the target, and what to run it with."""
    target = TARGETS[options.target]
    compiler = options.compiler
    if target.machine in (None, platform.machine()):
        if not set(target.features) <= set(host_features()):
            skip("this processor cannot run " + options.target)
        require("cmake", "ninja", compiler)
        return ["-DCMAKE_CXX_COMPILER=" + compiler], []
    if target.machine != "aarch64":
        skip("nothing here emulates " + options.target)

    # Linked statically: the emulator then needs no libraries of the target.
    cmake = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
             "-DCMAKE_EXE_LINKER_FLAGS=-static"]
    if "clang" in compiler:
        cmake += ["-DCMAKE_CXX_COMPILER_TARGET=aarch64-linux-gnu",
                  "-DCMAKE_ASM_COMPILER_TARGET=aarch64-linux-gnu"]
    else:
        compiler = "aarch64-linux-gnu-" + compiler
    require("cmake", "ninja", compiler, "qemu-aarch64")
    return (cmake + ["-DCMAKE_CXX_COMPILER=" + compiler],
            ["qemu-aarch64", "-cpu", "cortex-a53"])


def run(command):
    """Printed text; ends the test with that of a command that fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)
    if done.returncode != 0:
        sys.exit("exit code %d: %s\n%s"
                 % (done.returncode, " ".join(command), done.stdout))
    return done.stdout


def compile_model(options, model, folder):
    run([options.lmcc, os.path.join(EXAMPLE, "model", model.file),
         "--target=" + options.target, "--name=" + model.name,
         "-o", os.path.join(folder, model.name)] + model.options)


def is_right(model, text):
    """Prints what a program said and whether it is good enough."""
    score = SCORE.search(text)
    print("%s:\n%s" % (model.program, text.rstrip()))
    if not score or int(score[2]) != model.total:
        print("error: no score over %d sentences" % model.total)
        return False
    if abs(int(score[1]) - model.right) > SLACK:
        print("error: %s right, expected %d, give or take %d"
              % (score[1], model.right, SLACK))
        return False
    return True


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        epilog="The docstring of this file says more.")
    parser.add_argument("lmcc")
    parser.add_argument("--target", required=True, choices=TARGETS)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    if options.slow and not os.environ.get("LMCC_TEST_ALL"):
        skip("runs with LMCC_TEST_ALL, as scripts/test --all sets it")
    cmake, emulator = build_and_run_options(options)

    with tempfile.TemporaryDirectory(prefix="home-commands-") as folder:
        for model in MODELS:
            compile_model(options, model, folder)
        build = os.path.join(folder, "build")
        run(["cmake", "-S", EXAMPLE, "-B", build, "-G", "Ninja",
             "-DCMAKE_CXX_FLAGS=-Werror", "-DLMCC_OUT=" + folder] + cmake)
        run(["ninja", "-C", build])
        sentences = os.path.join(EXAMPLE, "model", "test.tsv")
        # A list: every program is heard, also after one has failed.
        verdicts = [is_right(model, run(emulator + [
            os.path.join(build, model.program), "--test", sentences]))
                    for model in MODELS]
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()
