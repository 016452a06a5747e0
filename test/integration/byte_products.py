#!/usr/bin/python3
#===- byte_products.py - Products of bytes that a model computes -----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile small models of quantised products for several targets.

  byte_products.py LMCC [--targets=A,B] [--forms=A,B]

All products of a form become products of bytes, by their remarks, and the
results are those of numpy: integers exactly, bytes up to a step of rounding. All
targets give the bytes that were compared with those, from generic-c++. Targets
that this host cannot run are left out.

Exit status: 0; 1 if a check fails; 77 if this host can run none of them.
"""
import collections
import os
import re
import shutil
import sys
import tempfile

import byte_forms
import corpus
import programs
import targets

ALL = "x86-64-v4-vnni,x86-64-v4,x86-64-v3,armv8.2-dotprod,armv8-a,generic-c++"
REMARK = re.compile(r"remark: quantised: (as in the model|not)")
# Of products of floats, the sums between two roundings.
TOLERANCE = ["--atol=0.05", "--rtol=0"]
Model = collections.namedtuple("Model", "name path sets check products")


def prepare(form, folder):
    """The form as a model of the corpus, in a new folder."""
    os.makedirs(os.path.join(folder, "set"))
    model = byte_forms.Model(form.name)
    form.write(model)
    model.save(folder)
    exact = all(value.dtype == "int32" for _, value in model.outputs)
    # A byte that is rounded the other way is another by 1.
    small = any(value.dtype.itemsize == 1 for _, value in model.outputs)
    check = ["--atol=0", "--rtol=0"] if exact else TOLERANCE
    return Model(form.name, os.path.join(folder, "model.onnx"),
                 [os.path.join(folder, "set")],
                 ["--atol=1", "--rtol=0"] if small else check, form.products)


def check_remarks(options, target, model):
    text = corpus.run([options.lmcc, model.path, "--explain",
                       "--target=" + target.name, "--emit=compressed"])
    remarks = REMARK.findall(text)
    if remarks != ["as in the model"] * model.products:
        raise corpus.Failed("remarks " + " ".join(remarks))


def run(options, capture, target, model, folder):
    """The bytes of the outputs on another target than that of the capture."""
    os.mkdir(folder)
    output = programs.compile_model(options.lmcc, target, "model", folder,
                                    model.path, [])
    program = os.path.join(folder, "program")
    output.link(target.gxx, [capture.harness], program, ["-O2"])
    return capture.run(output, program)[1]


def check(options, form):
    with tempfile.TemporaryDirectory(prefix="lmcc-bytes-") as folder:
        model = prepare(form, os.path.join(folder, "model"))
        generic = targets.TARGETS["generic-c++"]
        capture = programs.Capture(options.lmcc, generic, "model", folder,
                                   model)
        expected = capture.results()
        for target in options.targets:
            try:
                check_remarks(options, target, model)
                found = expected if target == generic else run(
                    options, capture, target, model,
                    os.path.join(folder, target.name))
            except corpus.Failed as failure:
                raise corpus.Failed("%s: %s" % (target.name, failure))
            if found != expected or not expected:
                raise corpus.Failed("other bytes on " + target.name)
    return "verified, same bytes on %d targets" % len(options.targets)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--targets", default=ALL, metavar="A,B")
    parser.add_argument("--forms", default="", metavar="A,B")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.lmcc = os.path.abspath(shutil.which(options.lmcc))
    options.targets = [targets.TARGETS[name]
                       for name in options.targets.split(",")
                       if targets.is_available(targets.TARGETS[name])]
    if not options.targets:
        corpus.skip("this host can run none of the targets")
    corpus.limit_memory()
    names = options.forms.split(",") if options.forms else None
    return corpus.report(
        "products of computed bytes", options.jobs,
        lambda form: check(options, form),
        [form for form in byte_forms.FORMS
         if names is None or form.name in names])


if __name__ == "__main__":
    sys.exit(main())
