#!/usr/bin/python3
#===- links.py - Several generated models in one program -------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Link generated models with each other and run them side by side.

  links.py LMCC

An encoder with a decoder, and one model for two targets under two names. Each
program initialises all its models and checks their weights, in C and C++, with
two compilers.

Exit status: 0; 1 if a program does not link or run; 77 without the corpus, or
if this host cannot run x86-64-v3 itself.
"""
import collections
import os
import sys
import tempfile

import corpus
import programs
import targets

# `parts` are rows of model, target and prefix.
Pair = collections.namedtuple("Pair", "name parts")
PAIRS = (
    Pair("encoder and decoder", (("home-encoder", "x86-64-v3", "encoder"),
                                 ("home-decoder", "x86-64-v3", "decoder"))),
    Pair("one model for two targets",
         (("bert-tiny", "x86-64-v3", "fast"),
          ("bert-tiny", "generic-c++", "plain"))),
)

# Both C and C++; @includes@ and @parts@ have an entry per model.
MAIN = """\
#include <stdio.h>
#include <stdlib.h>
@includes@
static void require(int status) {
  if (status != 0)
    exit(1);
}

int main(void) {
@parts@  puts("all run");
  return 0;
}
"""
PART = """\
  {
    @m@_model model;
    void *arena = aligned_alloc(@M@_ARENA_ALIGNMENT, @M@_ARENA_BYTES);
    require(@m@_init(&model, @m@_weights, @M@_BLOB_BYTES, arena,
                     @M@_ARENA_BYTES));
    require(@m@_check_weights(&model, NULL, NULL));
    free(arena);
  }
"""


def main_of(names):
    parts = [PART.replace("@m@", name).replace("@M@", name.upper())
             for name in names]
    includes = ['#include "%s.h"\n' % name for name in names]
    return MAIN.replace("@includes@", "".join(includes)).replace(
        "@parts@", "".join(parts))


def compile_all(options, known, pair, folder):
    """The outputs of a pair, from captures: sizes come from the sets."""
    return [programs.Capture(options.lmcc, targets.TARGETS[target], name,
                             folder, known[model]).output
            for model, target, name in pair.parts]


def check(options, known, pair):
    names = [name for _, _, name in pair.parts]
    with tempfile.TemporaryDirectory(prefix="lmcc-links-") as folder:
        outputs = compile_all(options, known, pair, folder)
        includes = ["-I" + output.folder for output in outputs]
        for compiler, c_compiler in (("g++", "gcc"),
                                     (targets.CLANG, "clang-22")):
            objects = []
            for output in outputs:
                objects += output.objects(compiler, folder)
            source = os.path.join(folder, "main.c")
            with open(source, "w", encoding="ascii") as file:
                file.write(main_of(names))
            for front, language in ((c_compiler, "c"), (compiler, "c++")):
                program = os.path.join(folder, "program")
                # A C front end brings no C++ library: none is needed.
                corpus.run([front, "-x", language, source, "-x", "none"] +
                           includes + objects + ["-o", program])
                corpus.run([program])
    return "%s run in 4 programs" % ", ".join(names)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    target = targets.TARGETS["x86-64-v3"]
    targets.require(target)
    targets.require_programs(targets.CLANG)
    if not targets.is_native(target):
        corpus.skip("this processor cannot run " + target.name)
    corpus.limit_memory()
    known = corpus.models(options.corpus)
    return corpus.report("programs of several models", options.jobs,
                         lambda pair: check(options, known, pair), PAIRS)


if __name__ == "__main__":
    sys.exit(main())
