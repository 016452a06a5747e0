#!/usr/bin/python3
#===- hostile.py - Damaged and hostile models end well ---------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Run lmcc on seeded mutations of models.

  hostile.py LMCC [--sanitized=LMCC] [--corpus=FOLDER] [--each=7] [--seed=1]
             [--only=KIND[/MODEL[/N]]] [--keep=FOLDER] [--verbose] [--jobs=1]

Every kind of mutation is made `--each` times of each of three small models, or
of three models of a corpus. A run is right when it ends within ten seconds in
one of two ways:

  refused   exit code 1, an error on standard error in printable characters,
            and nothing left in the folder
  accepted  exit code 0; the sources compile without a warning, all texts are
            printable, the manifest is JSON; where the mutant still takes the
            inputs of its model, the built program agrees with the evaluator

Anything else is a failure, and the folder of its mutant is kept with --keep.
With --sanitized, or LMCC_SANITIZED in the environment, mutants go through that
lmcc, built with sanitizers, and the plain one builds and compares what is
accepted; else the plain one runs under a limit of memory.

Exit status: 0; 1 if a run failed; 2 for wrong usage.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading

from onnx import numpy_helper

import hostile_files
import hostile_models
import hostile_mutations
import hostile_names

KINDS = {
    "truncated": hostile_files.truncated,
    "bit-flipped": hostile_files.flipped,
    "wrong-types": hostile_mutations.wrong_types,
    "cycles": hostile_mutations.cycles,
    "absurd-sizes": hostile_mutations.absurd_sizes,
    "wrong-lengths": hostile_mutations.wrong_lengths,
    "external-paths": hostile_files.hostile_path,
    "deep-nesting": hostile_files.nested,
    "duplicate-names": hostile_names.duplicate_names,
    "hostile-names": hostile_names.hostile_names,
}
# Kinds with many variants, which mostly are refused at once, are made more often.
TIMES = {"bit-flipped": 2, "absurd-sizes": 3, "wrong-types": 2}
TARGETS = ("generic-c++", "x86-64-v3")
SECONDS = 10
MEMORY = 4 << 30
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
# Those of libMLIR's containers and allocators that it shares with lmcc, but
# that are not instrumented there, would be reported wrongly.
SANITIZER = {"ASAN_OPTIONS": "allow_user_poisoning=0:detect_leaks=0:"
                             "detect_container_overflow=0",
             "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}

INTERNAL = re.compile(rb"Sanitizer|runtime error:|Stack dump|Assertion|"
                      rb"PLEASE submit|terminate called|a mistake in lmcc")
UNSUITABLE = re.compile(r"but the model declares|bounds of the model|"
                        r"has data for|does not suit the model|"
                        r"cannot be fed with")
VERIFIED = re.compile(r"^verified (\d+) of \1 outputs$", re.MULTILINE)

Run = collections.namedtuple("Run", "code out err")
Case = collections.namedtuple("Case", "kind model number target")


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(command, folder, seconds, environment=None, limited=False):
    """What `command` does; its code is None after the time limit."""
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=seconds, preexec_fn=limit_memory if limited else None,
            env=dict(os.environ, **environment) if environment else None)
        return Run(done.returncode, done.stdout, done.stderr)
    except subprocess.TimeoutExpired as late:
        return Run(None, late.stdout or b"", late.stderr or b"")


def is_printable(text):
    return all(byte == 10 or 32 <= byte < 127 for byte in text)


class Failure(Exception):
    """A run that is not right."""


class Checker:
    """Runs mutants, and what lmcc makes of them."""

    def __init__(self, options):
        self.options = options
        # Many mutants differ in their weights alone.
        self.compiled = set()
        self.lock = threading.Lock()

    def check(self, case, folder):
        """How the run of `case` ended; raises Failure."""
        seed = "%s %s %s %d" % (self.options.seed, case.kind, case.model.name,
                                case.number)
        mutant = KINDS[case.kind](random.Random(seed), case.model, case.number)
        self.write(mutant, folder)
        before = sorted(os.listdir(folder))
        command = [mutant.file_name, "--target=" + case.target,
                   *mutant.options]
        result = self.compile(command, folder)
        if result.code == 0:
            self.check_output(case, os.path.join(folder, "out"))
            return "accepted" + self.verify(mutant, command, folder)
        if not re.search(rb"(?m)^.*: error: .", result.err):
            raise Failure("no error is printed")
        if sorted(os.listdir(folder)) != before:
            raise Failure("something is left in the folder")
        return "refused"

    def write(self, mutant, folder):
        for name, data in [(mutant.file_name, mutant.data),
                           *mutant.files.items()]:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        if mutant.prepare:
            mutant.prepare(folder)

    def compile(self, command, folder):
        sanitized = self.options.sanitized
        result = run([sanitized or self.options.lmcc, *command, "-o", "out"],
                     folder, SECONDS, SANITIZER if sanitized else None,
                     limited=not sanitized)
        with open(os.path.join(folder + ".log"), "wb") as log:
            log.write(result.out + result.err)
        if result.code is None:
            raise Failure("more than %d seconds" % SECONDS)
        if result.code not in (0, 1):
            raise Failure("exit code %d" % result.code)
        if INTERNAL.search(result.err):
            raise Failure("a message about lmcc itself")
        if not is_printable(result.err):
            raise Failure("messages that are not printable")
        return result

    def check_output(self, case, out):
        sources = []
        digest = hashlib.sha256()
        for name in sorted(os.listdir(out)):
            if name.endswith(".bin"):
                continue
            with open(os.path.join(out, name), "rb") as file:
                text = file.read()
            if not is_printable(text):
                raise Failure(name + " is not printable")
            if name == "manifest.json":
                json.loads(text)
            elif name.endswith((".cpp", ".h", ".S")):
                sources.append(name)
                digest.update(name.encode() + text)
        with self.lock:
            if digest.digest() in self.compiled:
                return
            self.compiled.add(digest.digest())
        self.check_sources(case, sources, out)

    def check_sources(self, case, sources, out):
        flags = ["-mavx2", "-mfma"] if case.target == "x86-64-v3" else []
        commands = [["g++", "-std=c++17", "-fsyntax-only", *WARNINGS, *flags,
                     *[name for name in sources if name.endswith(".cpp")]],
                    ["gcc", "-c", "-I.", "-o", "/dev/null",
                     *[name for name in sources if name.endswith(".S")]]]
        header = min(name for name in sources
                     if name.endswith(".h") and
                     name not in ("lmcc_base.h", "lmcc_rt.h"))
        commands.append(["gcc", "-std=c11", "-fsyntax-only", *WARNINGS,
                         "-x", "c", header])
        for command in commands:
            result = run(command, out, 60)
            if result.code != 0:
                raise Failure("its output does not compile:\n" +
                              result.err.decode(errors="replace"))

    def verify(self, mutant, command, folder):
        """Compares with the evaluator, if the inputs still suit."""
        if not mutant.inputs:
            return ""
        for position, value in enumerate(mutant.inputs):
            path = os.path.join(folder, "set", "input_%d.pb" % position)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(numpy_helper.from_array(value).SerializeToString())
        result = run([self.options.lmcc, *command, "--verify=set"], folder, 60)
        if result.code == 0 and VERIFIED.search(result.out.decode()):
            return ", verified"
        text = (result.out + result.err).decode(errors="replace")
        if result.code == 1 and UNSUITABLE.search(text):
            return ""
        raise Failure("verification, exit code %s: %s" % (result.code, text))


def all_cases(options):
    if options.corpus:
        models = hostile_models.corpus_models(options.corpus)
    else:
        models = hostile_models.small_models()
    # The number of a case picks the variant and must not depend on --only.
    cases = []
    for kind in KINDS:
        each = options.each * TIMES.get(kind, 1)
        cases += [Case(kind, models[number // each], number,
                       TARGETS[number % len(TARGETS)])
                  for number in range(each * len(models))]
    return [case for case in cases
            if (place_of(case) + "/").startswith(options.only)]


def place_of(case):
    return "%s/%s/%d" % (case.kind, case.model.name, case.number)


def judge(checker, case, temporary):
    """(how it ended, what is wrong or None)"""
    name = place_of(case).replace("/", "-")
    folder = os.path.join(temporary, name)
    os.mkdir(folder)
    try:
        return checker.check(case, folder), None
    except Failure as failure:
        if checker.options.keep:
            os.makedirs(checker.options.keep, exist_ok=True)
            kept = os.path.join(checker.options.keep, name)
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(folder, kept)
        with open(folder + ".log", errors="replace") as log:
            messages = log.read()[-2000:]
        return "failed", "%s (%s): %s\n%s" % (name, case.target, failure,
                                              messages)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lmcc")
    parser.add_argument("--sanitized",
                        default=os.environ.get("LMCC_SANITIZED", ""))
    parser.add_argument("--corpus", default="")
    parser.add_argument("--each", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()

    checker = Checker(options)
    counts = collections.defaultdict(collections.Counter)
    failures = []
    with tempfile.TemporaryDirectory(prefix="lmcc-hostile-") as temporary, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        cases = all_cases(options)
        ends = pool.map(lambda case: judge(checker, case, temporary), cases)
        for case, (end, problem) in zip(cases, ends):
            counts[case.kind][end] += 1
            if options.verbose:
                print(place_of(case), case.target, end)
            if problem:
                failures.append(problem)
                print("FAILED " + problem, flush=True)
    for kind, ends in counts.items():
        print("%-16s %s" % (kind, ", ".join(
            "%d %s" % (count, end) for end, count in sorted(ends.items()))))
    print("%d mutants, %d failed" % (len(cases), len(failures)))
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
