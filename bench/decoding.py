# What of a decoder is measured: one token behind a prompt, or a prompt.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import onnx_models

PAST, PROMPT, CONTEXT = 64, 128, 256
# lmcc's options for functions that keep the state.
STATEFUL = ["--entry=stateful", "--context=%d" % CONTEXT, "--dim=batch=1"]


def find(model, work):
    """The ONNX file: a graph for any sequence behind any past."""
    if model == "stories260k":
        return onnx_models.corpus_model("stories260k-decode")
    return onnx_models.make(model, work, "--mode=decode", "--dynamic",
                            "--past=%d" % PAST)


def sizes_of(sequence, past):
    return {"batch": 1, "sequence": sequence, "past": past,
            "past_plus_sequence": past + sequence}


STEP, BEHIND, WHOLE = sizes_of(1, PAST), sizes_of(PAST, 0), sizes_of(PROMPT, 0)


def fixed(sizes, *free):
    """lmcc's options for the sizes that are not free."""
    return ["--dim=%s=%d" % (name, size) for name, size in sizes.items()
            if name not in free]


def step_lines(path, folder):
    """The plan's lines for one token behind a prompt of PAST."""
    return [*onnx_models.plan_lines(path, folder, BEHIND, prompt=True),
            *onnx_models.plan_lines(path, folder, STEP, carried=True)]


def prompt_lines(path, folder):
    """The plan's lines for PROMPT tokens at once."""
    return onnx_models.plan_lines(path, folder, WHOLE)


def step_macs(path):
    """Multiply-accumulates of one token behind PAST."""
    return onnx_models.macs(path, *fixed(STEP))


def prompt_macs(path):
    """Those of PROMPT tokens with the logits of all."""
    return onnx_models.macs(path, *fixed(WHOLE))


def needed_macs(path):
    """What of them the logits of the last one need: those of products with
    weights and those of attention."""
    return onnx_models.prefill_macs(path, prompt_macs(path), PROMPT)
