#!/usr/bin/python3
#===- one_kernel.py - Every attention of the corpus is recognised ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Count the attentions of models, as exported and as operations of the graph.

  one_kernel.py LMCC [--models=A,B]

For each Softmax or Attention node of a float32 model there is one remark that
says it was recognised, and one graph.attention, which becomes one kernel. No
softmax is left outside.

Exit status: 0; 1 if an attention is not recognised; 77 without the corpus.
"""
import re
import sys

import onnx

import corpus

RECOGNISED = re.compile(r"remark: attention: recognised")
ATTENTION = re.compile(r"= graph\.attention ")
SOFTMAX = re.compile(r"= graph\.softmax ")
MISSED = re.compile(r"^.*remark: attention: not recognised.*$", re.MULTILINE)


def expected(path):
    graph = onnx.load(path, load_external_data=False).graph
    return sum(node.op_type in ("Softmax", "Attention") for node in graph.node)


def check(options, model):
    text = corpus.run([options.lmcc, model.path, "--target=generic-c++",
                       "--entry=stateless", "--emit=normalized", "--explain"] +
                      ["--verify=" + folder for folder in model.sets])
    nodes = expected(model.path)
    counts = [len(pattern.findall(text))
              for pattern in (RECOGNISED, ATTENTION, SOFTMAX)]
    if nodes == 0 or counts != [nodes, nodes, 0]:
        raise corpus.Failed(
            "%d in the model; %d recognised, %d kernels, %d softmax outside\n%s"
            % (nodes, *counts, "\n".join(MISSED.findall(text))))
    return "%d attentions, %d kernels" % (nodes, counts[1])


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--models", default="", metavar="A,B")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    corpus.limit_memory()
    names = [name for name in options.models.split(",") if name]
    return corpus.report("attentions recognised", options.jobs,
                         lambda model: check(options, model),
                         corpus.select(options.corpus, names))


if __name__ == "__main__":
    sys.exit(main())
