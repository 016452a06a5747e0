#!/usr/bin/python3
#===- attention.py - Attention in the forms of exporters -------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile small models of all forms of attention.

  attention.py LMCC [--target=x86-64-v3] [--forms=A,B]

Each is recognised, verified against the evaluator, and computed as one kernel.
Where a form hides keys by their place, the same model with its mask as an
input, of which nothing is known, gives the same bytes: blocks that are not
computed do not show.

Exit status: 0; 1 if a check fails; 77 if this host cannot run the target.
"""
import os
import re
import shutil
import sys
import tempfile

import attention_forms
import corpus
import programs
import targets

RECOGNISED = re.compile(r"remark: attention: (not )?recognised")
VERIFIED = re.compile(r"^verified (\d+) of (\d+) outputs?$", re.MULTILINE)


def prepare(form, given, folder):
    """The form as a model of the corpus, in a new folder."""
    os.makedirs(os.path.join(folder, "set"))
    attention_forms.save(form, given, folder)
    return corpus.Model(form.name, os.path.join(folder, "model.onnx"),
                        [os.path.join(folder, "set")], [])


def run(options, form, given, folder):
    """The bytes of the output of a verified run."""
    kind = "given" if given else "computed"
    home = os.path.join(folder, kind)
    model = prepare(form, given, home)
    text = corpus.run([options.lmcc, model.path, "--emit=normalized",
                       "--explain", "--target=" + options.target])
    if RECOGNISED.findall(text) != [""] or "graph.softmax" in text:
        raise corpus.Failed("%s: not one attention\n%s" % (
            kind, text[:2000]))
    target = targets.TARGETS[options.target]
    capture = programs.Capture(options.lmcc, target, kind, home, model)
    verified = VERIFIED.search(capture.text)
    if not verified or verified[1] != verified[2] or verified[1] == "0":
        raise corpus.Failed("%s: %s" % (kind, capture.text.rstrip()))
    return [data for name, data in capture.results().items()
            if not name.endswith("_dims.bin")], text


def check(options, form):
    with tempfile.TemporaryDirectory(prefix="lmcc-attention-") as folder:
        computed, text = run(options, form, False, folder)
        if not form.given:
            return "verified"
        if "reads a value for every row and key" in text:
            raise corpus.Failed("its mask is read from memory")
        given, _ = run(options, form, True, folder)
        if computed != given:
            raise corpus.Failed("other bytes than with a mask of the caller")
        return "verified, same bytes with a mask of the caller"


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", default="x86-64-v3",
                        choices=targets.TARGETS)
    parser.add_argument("--forms", default="", metavar="A,B")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.lmcc = os.path.abspath(shutil.which(options.lmcc))
    targets.require(targets.TARGETS[options.target])
    corpus.limit_memory()
    names = options.forms.split(",") if options.forms else None
    return corpus.report(
        "forms of attention on " + options.target, options.jobs,
        lambda form: check(options, form),
        [form for form in attention_forms.FORMS
         if names is None or form.name in names])


if __name__ == "__main__":
    sys.exit(main())
