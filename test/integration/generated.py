#!/usr/bin/python3
#===- generated.py - What firmware may expect of the generated code --------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Check the generated code of models as firmware would meet it.

  generated.py LMCC [--target=x86-64-v3] [--models=A,B] [--checks=A,B]

  sources     no warning of two strict compilers, none silenced by a pragma; a
              header for C11; no symbols but the model's own, memcpy, memset
              and memmove
  arena       at most 1.05 times the largest live set, worked out from the
              printed schedule
  sanitizers  clean under address and undefined sanitizers at -O1 and -O3 with
              two compilers, slots poisoned outside their lives; the same bytes
              for two fillings of the arena as from the plain build
  bytes       the same output from another folder, home, time, zone, language
              and user, and with one processor

Some models are checked, fewer on targets other than x86-64-v3; with
LMCC_TEST_ALL all. Sanitizers do not work in an emulator and are left out there.

Exit status: 0; 1 if a check fails; 77 without the corpus, or if this host
cannot run the target.
"""
import os
import shutil
import sys
import tempfile
import time

import corpus
import generated_sources
import programs
import targets

SAMPLE = ("bert-tiny", "stories260k-decode", "vit-tiny-static",
          "t5-tiny-decoder", "home-encoder")
FEW = SAMPLE[:2]
CHECKS = ("sources", "arena", "sanitizers", "bytes")
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
FILLS = (255, 0)


def difference(one, other):
    """The first file that two folders or runs do not share, or empty."""
    for name in sorted(set(one) | set(other)):
        if one.get(name) != other.get(name):
            return name
    return ""


def check_sanitizers(capture, plain, folder):
    """Every build runs clean and gives the bytes of the plain one."""
    output = capture.output
    for compiler in (output.target.gxx, targets.CLANG):
        for level in ("-O1", "-O3"):
            build = compiler + " " + level
            program = os.path.join(folder, "sanitized")
            output.link(compiler, [capture.harness], program,
                        SANITIZERS + [level])
            for fill in FILLS:
                _, results = capture.run(output, program,
                                         ["--arena-fill=%d" % fill])
                if found := difference(results, plain):
                    raise corpus.Failed(
                        "%s, arena of %d: other bytes in %s" %
                        (build, fill, found))
    return "%d outputs equal in 4 sanitized builds" % sum(
        not name.endswith("_dims.bin") for name in plain)


def read_tree(folder):
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def foreign_environment(folder):
    return dict(os.environ, HOME=folder, TMPDIR=folder, TZ="Asia/Kathmandu",
                LANG="tr_TR.UTF-8", LC_ALL="tr_TR.UTF-8", USER="somebody",
                LOGNAME="somebody", HOSTNAME="elsewhere",
                SOURCE_DATE_EPOCH="1")


def check_bytes(lmcc, model, output, folder):
    """Compiles a copy of the model elsewhere, under other circumstances."""
    elsewhere = os.path.join(folder, "else where")
    shutil.copytree(os.path.dirname(model.path), elsewhere,
                    ignore=shutil.ignore_patterns("test_data_set_*", "golden"))
    command = [lmcc, os.path.basename(model.path), *corpus.AS_IN_MODEL,
               "-o", "out",
               "--target=" + output.target.name, "--name=" + output.name]
    sets = ["--verify=" + data for data in model.sets]
    processor = min(os.sched_getaffinity(0))
    time.sleep(1)  # So that a date to the second would differ.
    corpus.run(["taskset", "-c", str(processor)] + command + sets,
               cwd=elsewhere, env=foreign_environment(folder))
    if found := difference(read_tree(os.path.join(elsewhere, "out")),
                           read_tree(output.folder)):
        raise corpus.Failed("other bytes in %s from elsewhere" % found)
    return "%d files reproduced" % len(os.listdir(output.folder))


def check(options, target, model):
    """Everything about one model; one line."""
    said, failures = [], []

    def attempt(name, function, *arguments):
        if name in options.checks:
            try:
                said.append(function(*arguments))
            except corpus.Failed as failure:
                failures.append("%s: %s" % (name, failure))

    name = model.name.replace("-", "_")
    with tempfile.TemporaryDirectory(prefix="lmcc-generated-") as folder:
        if targets.is_native(target):
            capture = programs.Capture(options.lmcc, target, name, folder,
                                       model)
            output = capture.output
            attempt("sanitizers", check_sanitizers, capture, capture.results(),
                    folder)
        else:
            output = programs.compile_model(
                options.lmcc, target, name, folder, model.path,
                ["--verify=" + data for data in model.sets])
        attempt("sources", generated_sources.check_sources, output, folder)
        attempt("arena", generated_sources.check_arena, options.lmcc, model,
                output)
        attempt("bytes", check_bytes, options.lmcc, model, output, folder)
    if failures:
        raise corpus.Failed("\n".join(failures))
    return "; ".join(said)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--models", default="", metavar="A,B",
                        help="these alone")
    parser.add_argument("--checks", default=",".join(CHECKS), metavar="A,B",
                        help="these alone")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    options.checks = options.checks.split(",")
    target = targets.TARGETS[options.target]
    targets.require(target)
    targets.require_programs(targets.CLANG)

    names = [name for name in options.models.split(",") if name]
    if not names and not corpus.ALL:
        names = SAMPLE if target.name == "x86-64-v3" else FEW
    return corpus.report("generated code for " + target.name, options.jobs,
                         lambda model: check(options, target, model),
                         corpus.select(options.corpus, names))


if __name__ == "__main__":
    sys.exit(main())
