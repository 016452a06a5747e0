#!/usr/bin/python3
#===- limits.py - What a limit of the arena changes, and what not ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Check that models run in the smallest arena that lmcc finds for them.

  limits.py LMCC [--models=A,B] [--target=x86-64-v3]

With --arena=1 each model is refused, and the error names the smallest arena.
With that as the limit it must compile, keep to it, compute the same bytes as
without a limit, and run clean under address and undefined sanitizers.

Exit status: 0; 1 if a check fails; 77 without the corpus, or if this host
cannot run the target.
"""
import os
import re
import sys
import tempfile

import corpus
import generated
import programs
import targets

MODELS = ("stories260k-prefill64", "minilm-tiny", "gpt2-tiny-static")
SMALLEST = re.compile(r"error: --arena allows 1 bytes, but the smallest arena "
                      r"found has (\d+)")


def smallest(lmcc, target, model, folder):
    try:
        programs.compile_model(lmcc, target, "refused", folder, model.path,
                               ["--arena=1"] +
                               ["--verify=" + data for data in model.sets])
    except corpus.Failed as failure:
        if match := SMALLEST.search(str(failure)):
            return int(match[1])
        raise
    raise corpus.Failed("an arena of one byte was not refused")


def check(options, target, model):
    """All checks of one model; one line."""
    name = model.name.replace("-", "_")
    with tempfile.TemporaryDirectory(prefix="lmcc-limits-") as folder:
        least = smallest(options.lmcc, target, model, folder)
        plain = programs.Capture(options.lmcc, target, name, folder, model)
        reference = plain.results()
        home = os.path.join(folder, "limited")
        os.mkdir(home)
        limited = programs.compile_model(
            options.lmcc, target, name, home, model.path,
            ["--arena=%d" % least] + model.check +
            ["--verify=" + data for data in model.sets])
        used = limited.manifest["arena"]["bytes"]
        if used > least:
            raise corpus.Failed("%d bytes were asked for, %d are used" %
                                (least, used))
        plain_bytes = plain.output.manifest["arena"]["bytes"]
        plain.output = limited
        generated.check_sanitizers(plain, reference, folder)
    return "%d bytes instead of %d" % (used, plain_bytes)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--models", default=",".join(MODELS), metavar="A,B")
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    target = targets.TARGETS[options.target]
    targets.require(target)
    targets.require_programs(targets.CLANG)
    return corpus.report("limits of the arena for " + target.name,
                         options.jobs,
                         lambda model: check(options, target, model),
                         corpus.select(options.corpus,
                                       options.models.split(",")))


if __name__ == "__main__":
    sys.exit(main())
