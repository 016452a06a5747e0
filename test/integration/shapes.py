#!/usr/bin/python3
#===- shapes.py - Every shape inside the bounds is right -------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile for bounds, run at shapes that no golden output covers.

  shapes.py LMCC --target=T

Inputs are made here, for the least and largest sizes and odd ones between; the
evaluator tells the right outputs.

Exit status: 0; 1 if an output is wrong; 77 without the corpus, or if this host
cannot run the target.
"""
import collections
import itertools
import os
import re
import sys
import tempfile

import numpy
import onnx
from onnx import numpy_helper

import corpus
import targets

VERIFIED = re.compile(r"^verified (\d+) of \1 outputs?$", re.MULTILINE)

# `sizes` has the bounds of each size and values between them; `inputs` makes
# the inputs for the values of the sizes, in their order.
Case = collections.namedtuple("Case", "name sizes inputs")


def random_for(*sizes):
    """The same numbers for the same sizes, on every machine."""
    return numpy.random.Generator(numpy.random.PCG64(list(sizes)))


def encoder_inputs(batch, sequence):
    """Tokens, a mask with padding at the right, and segments."""
    random = random_for(batch, sequence)
    shape = (batch, sequence)
    lengths = random.integers(1, sequence + 1, (batch, 1))
    return [random.integers(0, 1000, shape),
            (numpy.arange(sequence) < lengths).astype(numpy.int64),
            random.integers(0, 2, shape)]


def decoder_inputs(batch, sequence, past):
    """Tokens behind a cache, of which the first row misses the beginning."""
    random = random_for(batch, sequence, past)
    mask = numpy.ones((batch, past + sequence), numpy.int64)
    mask[0, :past // 3] = 0
    positions = numpy.tile(numpy.arange(past, past + sequence), (batch, 1))
    caches = [random.standard_normal((batch, 4, past, 8), numpy.float32)
              for _ in range(10)]
    return [random.integers(0, 512, (batch, sequence)), mask,
            positions] + caches


def image_inputs(batch):
    return [random_for(batch).standard_normal((batch, 3, 32, 32),
                                              numpy.float32)]


CASES = (
    Case("bert-tiny", {"batch_size": (1, 2, 3),
                       "sequence_length": (1, 2, 7, 23, 25, 40)},
         encoder_inputs),
    Case("stories260k-decode", {"batch": (1, 2), "sequence": (1, 3, 9),
                                "past": (0, 1, 17, 30)}, decoder_inputs),
    Case("vit-tiny", {"batch_size": (1, 2, 5)}, image_inputs),
)


def write_set(folder, arrays):
    os.mkdir(folder)
    for index, array in enumerate(arrays):
        path = os.path.join(folder, "input_%d.pb" % index)
        onnx.save_tensor(numpy_helper.from_array(array), path)


def check(options, known, case):
    with tempfile.TemporaryDirectory(prefix="lmcc-shapes-") as folder:
        shapes = list(itertools.product(*case.sizes.values()))
        for number, shape in enumerate(shapes):
            write_set(os.path.join(folder, "test_data_set_%d" % number),
                      case.inputs(*shape))
        bounds = ["--dim=%s=%d..%d" % (name, values[0], values[-1])
                  for name, values in case.sizes.items()]
        text = corpus.run([options.lmcc, known[case.name].path,
                           "--target=" + options.target,
                           "--verify=" + folder] + bounds)
    verified = VERIFIED.search(text)
    if not verified or int(verified[1]) % len(shapes) or not int(verified[1]):
        raise corpus.Failed("%d shapes, but lmcc says:\n%s" %
                            (len(shapes), text))
    return "%d shapes, %s" % (len(shapes), verified[0])


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--target", required=True, choices=targets.TARGETS)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require(targets.TARGETS[options.target])
    corpus.limit_memory()
    known = corpus.models(options.corpus)
    return corpus.report("shapes on " + options.target, options.jobs,
                         lambda case: check(options, known, case), CASES)


if __name__ == "__main__":
    sys.exit(main())
