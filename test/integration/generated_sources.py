#===- generated_sources.py - The generated text and its objects ------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Warnings, pragmas, symbols, and the size of the arena of one output."""
import os
import re

import arena
import corpus
import targets

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
# Ways to keep a compiler from saying what it sees.
SILENCE = re.compile(r"(#\s*pragma|_Pragma).*(diagnostic|warning|"
                     r"system_header)|__extension__|NOLINT")
# Compilers call these for copies, whatever their flags.
PERMITTED = {"memcpy", "memset", "memmove"}
# How much larger than the largest live set an arena may be.
SLACK = 1.05


def check_silence(output):
    for path in output.texts():
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if SILENCE.search(line):
                    raise corpus.Failed("%s:%d: silences a warning: %s" %
                                        (path, number, line.strip()))


def check_header(output, folder):
    """The contract is C11, and C++17 when it comes first."""
    for compiler, standard, suffix in ((["gcc"], "c11", ".c"),
                                       (["clang-22"], "c11", ".c"),
                                       ([targets.CLANG], "c++17", ".cpp")):
        path = os.path.join(folder, "header" + suffix)
        with open(path, "w", encoding="ascii") as file:
            file.write('#include "%s.h"\n' % output.name)
        corpus.run(compiler + WARNINGS + ["-std=" + standard, "-fsyntax-only",
                                          "-I" + output.folder, path])


def symbols(objects, *options):
    text = corpus.run(["nm", "--portability"] + list(options) + objects)
    # Lines of archives and files end with a colon.
    return {line.split()[0] for line in text.splitlines()
            if line.strip() and not line.endswith(":")}


def check_symbols(output, objects, compiler):
    """Nothing is needed from outside, and only prefixed names are given."""
    defined = symbols(objects, "--defined-only", "--extern-only")
    foreign = {name for name in defined
               if not name.startswith(output.name + "_")}
    if foreign:
        raise corpus.Failed("%s: defines %s" % (compiler, sorted(foreign)))
    needed = symbols(objects, "--undefined-only") - defined - PERMITTED
    if needed:
        raise corpus.Failed("%s: needs %s" % (compiler, sorted(needed)))


def check_sources(output, folder):
    """No warning, none that is silenced, and no foreign symbol."""
    check_silence(output)
    check_header(output, folder)
    compilers = [output.target.gxx, targets.CLANG]
    for compiler in compilers:
        check_symbols(output, output.objects(compiler, folder, WARNINGS),
                      compiler)
    return "%d files clean" % len(output.texts())


def state_bytes(output):
    """What the arena keeps between calls, behind the memory that they work in."""
    with open(output.file(output.name + ".h"), encoding="utf-8") as header:
        match = re.search(r"_STATE_BYTES (\d+)u", header.read())
    return int(match[1]) if match else 0


def check_arena(lmcc, model, output):
    """The contract asks for little more memory than is in use at once."""
    text = corpus.run([lmcc, model.path, "--target=" + output.target.name,
                       *corpus.AS_IN_MODEL,
                       "--emit=placed"] +
                      ["--verify=" + data for data in model.sets])
    plan = arena.read_plan(text)
    promised = output.manifest["arena"]["bytes"] - state_bytes(output)
    if plan.arena != promised:
        raise corpus.Failed("the plan has %d bytes, the contract %d" %
                            (plan.arena, promised))
    if plan.arena > SLACK * plan.live:
        raise corpus.Failed("an arena of %d bytes for a largest live set of %d"
                            % (plan.arena, plan.live))
    return "arena %d for %d live" % (plan.arena, plan.live)
