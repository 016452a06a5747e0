#===- programs.py - Build and run what lmcc generated ----------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""One generated model as objects and programs, in any build a test wants."""
import glob
import json
import os

import corpus
import targets

# The program and the test sets of a --verify run, in the folder of a capture.
HARNESS = "harness.cpp"


class Output:
    """A folder that lmcc wrote for `target`, under the name `name`."""

    def __init__(self, folder, name, target):
        self.folder = folder
        self.name = name
        self.target = target
        with open(os.path.join(folder, "manifest.json"),
                  encoding="utf-8") as file:
            self.manifest = json.load(file)

    def file(self, name):
        return os.path.join(self.folder, name)

    def sources(self):
        """C++ files, without the weights."""
        return sorted(glob.glob(self.file("*.cpp")))

    def texts(self):
        """All that was written but the weights."""
        return [path for path in sorted(glob.glob(self.file("*")))
                if not path.endswith(".bin")]

    def flags(self, compiler):
        """As the manifest gives them, for this compiler."""
        clang = self.target.clang_flags if "clang" in compiler else []
        return self.manifest["flags"] + clang + ["-I" + self.folder]

    def compile(self, compiler, source, to, extra=()):
        """Makes the object `to` from one source; what the compiler said."""
        return corpus.run([compiler] + self.flags(compiler) + list(extra) +
                          ["-c", source, "-o", to])

    def objects(self, compiler, folder, extra=()):
        """Objects of all sources and the weights."""
        made = []
        for source in self.sources() + [self.file(self.name + "_weights.S")]:
            made.append(os.path.join(folder, os.path.basename(source) + ".o"))
            self.compile(compiler, source, made[-1], extra)
        return made

    def link(self, compiler, sources, to, extra=()):
        """Builds a program from the model and further sources."""
        # The emulator has no libraries of the target's own.
        static = ["-static"] if targets.emulator_of(self.target) else []
        corpus.run([compiler] + self.flags(compiler) + list(extra) + static +
                   self.sources() + [self.file(self.name + "_weights.S")] +
                   sources + ["-o", to])

    def run(self, command, **arguments):
        return corpus.run(targets.emulator_of(self.target) + command,
                          **arguments)


def compile_model(lmcc, target, name, folder, model, options):
    """The output for `model` in a new folder below `folder`."""
    to = os.path.join(folder, name)
    corpus.run([lmcc, model, "--target=" + target.name, "--name=" + name,
                "-o", to] + corpus.AS_IN_MODEL + options)
    return Output(to, name, target)


class Capture:
    """The harness for a model and its test sets, taken from a run of --verify
    on this host. They are the same for every target."""

    def __init__(self, lmcc, target, name, folder, model):
        self.folder = os.path.join(folder, name + "-sets")
        os.mkdir(self.folder)
        stand_in = os.path.join(corpus.HERE, "capture.sh")
        environment = dict(os.environ, LMCC_CAPTURE=self.folder)
        to = os.path.join(folder, name)
        self.text = corpus.run(
            [lmcc, model.path, "--target=" + target.name, "--name=" + name,
             "-o", to, "--cxx=" + stand_in] + corpus.AS_IN_MODEL +
            model.check +
            ["--verify=" + data for data in model.sets], env=environment)
        self.output = Output(to, name, target)
        self.harness = os.path.join(self.folder, HARNESS)
        self.sets = len(model.sets)

    def results(self):
        """The bytes of all outputs of the latest run."""
        found = {}
        for path in sorted(glob.glob(os.path.join(self.folder, "*",
                                                  "output_*.bin"))):
            with open(path, "rb") as file:
                found[os.path.relpath(path, self.folder)] = file.read()
        return found

    def run(self, output, program, options=(), **arguments):
        """What a build of the harness prints, and the outputs it writes."""
        for path in glob.glob(os.path.join(self.folder, "*", "output_*")):
            os.remove(path)
        text = output.run([program, self.folder, str(self.sets)] +
                          list(options), **arguments)
        return text, self.results()
