#===- corpus.py - The models that integration tests share ------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Finds the corpus, lists its models, and runs programs on them.

The corpus is the folder with `models/` and `conformance/`: $LMCC_CORPUS, or
`shared` beside the repository. Without it a test prints why and ends with
exit status 77, which CTest counts as skipped.
"""
import argparse
import collections
import concurrent.futures
import csv
import glob
import os
import resource
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ALL = bool(os.environ.get("LMCC_TEST_ALL"))

# One model of each family, for machines where not all of them are tried.
FAMILIES = ("bert-tiny", "gpt2-tiny-past", "stories260k-decode",
            "t5-tiny-decoder", "vit-tiny", "whisper-tiny-decoder",
            "mobilebert-tiny")
# Beyond those of the tiers must and should: the operators of late opsets.
LATE_OPSETS = ("stories260k-prefill64-op23", "stories260k-decode-static-op24")
# Kinds of models in the index.
FLOAT32 = ("float32",)
QUANTISED = ("dynamic-int8", "qdq-int8", "int4")
TOLERANCE = ["--rtol", "1e-3", "--atol", "1e-4"]

# What is stored as in the model, on targets that quantise by default as well;
# a later --quantize counts.
AS_IN_MODEL = ["--quantize=none"]

# The sets are folders with input_N.pb and output_N.pb; `check` is the part of
# lmcc's command line that says what outputs may differ by.
Model = collections.namedtuple("Model", "name path sets check")


class Failed(Exception):
    """What a test found; the text says what, where, and how much."""


def skip(reason):
    print("SKIP: " + reason)
    sys.exit(SKIPPED)


def find():
    """The folder of the corpus; skips the test without it."""
    folder = os.path.realpath(os.environ.get(
        "LMCC_CORPUS", os.path.join(ROOT, "..", "shared")))
    if not os.path.isfile(os.path.join(folder, "models", "index.tsv")):
        skip("there is no corpus in " + folder)
    return folder


def parser_for(text):
    """A parser whose help is the docstring of a test."""
    parser = argparse.ArgumentParser(
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lmcc", help="the compiler")
    return parser


def parse(parser):
    """The options, with the folder of the corpus as one more."""
    options = parser.parse_args()
    program = shutil.which(options.lmcc)
    if not program:
        parser.error(options.lmcc + " is no program")
    options.lmcc = os.path.abspath(program)
    options.corpus = find()
    return options


def home_model(folder, part):
    home = os.path.join(folder, "home-commands")
    return Model("home-" + part, os.path.join(home, "home-%s.onnx" % part),
                 sorted(glob.glob(os.path.join(home, "golden", part + "-*"))),
                 TOLERANCE)


def models(corpus, kinds=FLOAT32):
    """The models of some kinds by name, in the order of the index."""
    folder = os.path.join(corpus, "models")
    with open(os.path.join(folder, "index.tsv"), newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t",
                                   quoting=csv.QUOTE_NONE))
    found = {}
    for row in rows:
        name = row["model"]
        if row["kind"] in kinds and (row["tier"] in ("must", "should") or
                                         name in LATE_OPSETS):
            home = os.path.join(folder, name)
            found[name] = Model(
                name, os.path.join(home, name + ".onnx"),
                sorted(glob.glob(os.path.join(home, "test_data_set_*"))),
                row["check"].split())
    for part in ("decoder", "encoder") if kinds == FLOAT32 else ():
        model = home_model(folder, part)
        found[model.name] = model
    return found


def select(corpus, names, kinds=FLOAT32):
    """The named models of some kinds, all of them for no names."""
    known = models(corpus, kinds)
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit("the corpus has no such %s model: %s" %
                 (" or ".join(kinds), ", ".join(unknown)))
    return [known[name] for name in names or known]


def limit_memory(gigabytes=8):
    """Of each process that this one starts, and itself. Sanitizers reserve
    more, and need a process without."""
    limit = gigabytes << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def run(command, **arguments):
    """What a program printed on both streams; Failed if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **arguments)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        raise Failed("exit status %d: %s\n%s" % (
            done.returncode, " ".join(command), text.rstrip()))
    return text


def report(title, jobs, work, items):
    """Calls `work(item)` for all items, several at a time. Prints a line per
    item, of what it returns or of how it failed, and a summary; the exit
    status of the test."""
    failures = 0

    def attempt(item):
        try:
            return True, work(item)
        except Failed as failure:
            return False, str(failure)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        # In the order of the items, whichever ends first.
        for item, (passed, text) in zip(items, pool.map(attempt, items)):
            failures += not passed
            print("%s %s: %s" % ("PASS" if passed else "FAIL",
                                 getattr(item, "name", item), text), flush=True)
    print("%s: %d of %d passed" % (title, len(items) - failures, len(items)))
    return 1 if failures or not items else 0
