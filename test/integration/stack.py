#!/usr/bin/python3
#===- stack.py - The stack that a call needs, as compilers see it ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Check the stack bound of every entry point in the headers of outputs.

  stack.py LMCC [--models=A,B] [--targets=A,B]

Each output is built by g++ and clang++ at -O2 and -O3 with -fstack-usage. The
frames along the deepest chain of calls from a function of the contract, found
in the disassembly, must fit the bound that the header states for it; and the
bound of a schedule is at most twice what the deepest of the four builds needs
and 6 KiB, or it would be of no use.

Without --models and --targets some of each, or all with LMCC_TEST_ALL.

Exit status: 0; 1 if a bound is wrong; 77 without the corpus.
"""
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

import corpus
import programs
import targets

# Of each target the models that are built where not all are: attention of rows
# and of one token, over a cache that grows or does not; products with each kind
# of epilogue; with norms of each kind.
SOME = {"x86-64-v4": ("stories260k-decode",),
        "x86-64-v3": ("gpt2-tiny-past",),
        "armv8-a": ("vit-tiny-static", "whisper-tiny-decoder-past"),
        "generic-c++": ("minilm-tiny",)}
LEVELS = ("-O2", "-O3")
SLACK = 6144

# A model and a target that it is built for.
Row = collections.namedtuple("Row", "name target model")

BOUND = re.compile(r"#define \w+?_([A-Z0-9]+)_STACK_BYTES (\d+)u")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
# A call or a jump; its target follows in the line, or as a relocation.
BRANCH = re.compile(r"\t(call|j[a-z]+|bl?)q?\s[^<]*"
                    r"(?:<([^>+]+)(?:\+0x\w+)?>)?$")
CALLS = ("call", "bl")
RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\w+\s+([^-+]+)")
REALIGNED = re.compile(r"\tand\s+\$0x(f+[0-9a-f]+),%[re]sp")
# These are the C library's.
LIBRARY = {"memcpy", "memmove", "memset"}
# What moves the stack pointer, by a word or by the number of bytes there.
PUSH = re.compile(r"\tpush\s")
MOVED = re.compile(r"\tsub\s+\$0x([0-9a-f]+),%rsp|"
                   r"\tsub\s+sp, sp, #0x([0-9a-f]+)|\[sp, #-([0-9]+)\]!")
WORD = 8
# What clang does not count on x86: the return address, and in a function that
# calls nothing the bytes below the stack pointer that it may use.
RETURN_ADDRESS, RED_ZONE = 8, 128


def identifier(name):
    """The bare name of a function, however it was printed."""
    name = re.sub(r"\[.*\]$|(\.\w+)+$", "",
                  name.replace("(anonymous namespace)", ""))
    name = name.replace("{anonymous}", "").split("(")[0]
    while (shorter := re.sub(r"<[^<>]*>", "", name)) != name:
        name = shorter
    return re.split(r"::|\s", name.strip())[-1]


def demangled(text):
    return subprocess.run(["c++filt"], input=text, capture_output=True,
                          text=True, check=True).stdout


def frames(folder):
    """Bytes per function, of several with one name the most."""
    found = {}
    for path in glob.glob(os.path.join(folder, "*.su")):
        with open(path, encoding="utf-8") as file:
            for line in demangled(file.read()).splitlines():
                place, size, kind = line.split("\t")
                if kind not in ("static", "dynamic,bounded"):
                    raise corpus.Failed("a frame without a bound: " + line)
                name = identifier(re.sub(r"^.*?:\d+:(\d+:)?", "", place))
                found[name] = max(found.get(name, 0), int(size))
    return found


def moved(line):
    """Bytes by which an instruction moves the stack pointer down."""
    if PUSH.search(line):
        return WORD
    if match := MOVED.search(line):
        return int(match[3]) if match[3] else int(match[1] or match[2], 16)
    return 0


def disassemble(target, objects):
    """The names of the functions that each function calls; bytes that each
    loses to its alignment; bytes that each moves the stack pointer."""
    objdump = target.gxx.replace("g++", "objdump")
    edges, lost, frame, current, branch = set(), {}, {}, None, None
    for line in corpus.run([objdump, "-dr", "--no-show-raw-insn"] +
                           objects).splitlines():
        if match := FUNCTION.match(line):
            current = match[1]
            frame[current] = RETURN_ADDRESS
        elif match := RELOCATION.match(line):
            # A jump to a section goes to the function's cold part, or back.
            if branch and (branch[1] in CALLS or match[1][0] != "."):
                edges.add((current, match[1]))
        elif match := REALIGNED.search(line):
            alignment = (1 << 4 * len(match[1])) - int(match[1], 16)
            lost[current] = max(lost.get(current, 0), alignment - 16)
        elif down := moved(line):
            frame[current] += down
        branch = BRANCH.search(line)
        if branch and branch[2] and branch[2][0] != ".":
            edges.add((current, branch[2]))
    return edges, lost, frame


def most(sizes, plain):
    """The largest of those that share a plain name."""
    found = {}
    for name, size in sizes.items():
        found[plain[name]] = max(found.get(plain[name], 0), size)
    return found


def calls(target, objects):
    """As above, with the names as in the source."""
    edges, lost, frame = disassemble(target, objects)
    names = sorted({name for edge in edges for name in edge} | set(frame))
    plain = dict(zip(names, map(identifier,
                                demangled("\n".join(names)).splitlines())))
    callees = {}
    for caller, callee in edges:
        callees.setdefault(plain[caller], set()).add(plain[callee])
    return callees, most(lost, plain), most(frame, plain)


def deepest(name, sizes, callees, path=()):
    """Bytes of the deepest chain of calls from a function, and the chain."""
    if name in path:
        raise corpus.Failed("%s calls itself" % name)
    if name not in sizes:
        raise corpus.Failed("%s calls %s, which has no frame" %
                            (path[-1], name))
    below = [deepest(callee, sizes, callees, path + (name,))
             for callee in callees.get(name, set()) - LIBRARY - {name}]
    size, chain = max(below, default=(0, []))
    return sizes[name] + size, [name] + chain


def use(output, compiler, level, folder):
    """Bytes that each function of the contract needs in one build, with its
    chain of calls."""
    objects = output.objects(compiler, folder, [level, "-fstack-usage"])
    sizes = frames(folder)
    callees, lost, moves = calls(output.target, objects)
    # g++ tells nothing of a part that it split from a function.
    sizes = {**moves, **sizes}
    for name in sizes:
        sizes[name] += lost.get(name, 0)
        if "clang" in compiler and output.target.machine in (None, "x86_64"):
            is_leaf = not callees.get(name, set()) & set(sizes) - {name}
            sizes[name] += RETURN_ADDRESS + (RED_ZONE if is_leaf else 0)
    prefix = output.name + "_"
    return {name[len(prefix):]: deepest(name, sizes, callees)
            for name in sizes
            if name.startswith(prefix) and not name.startswith(prefix + "k_")}


def read_bounds(output):
    """Bytes by the name of the function; `other` is for all that are not
    named."""
    with open(output.file(output.name + ".h"), encoding="utf-8") as file:
        return {name.lower(): int(size)
                for name, size in BOUND.findall(file.read())}


def compile_row(lmcc, row, folder):
    """The output, for which the test sets bound the free sizes. They are not
    run: the compiler of lmcc's own build is one that fails."""
    try:
        return programs.compile_model(
            lmcc, row.target, "m", folder, row.model.path,
            ["--cxx=false"] + ["--verify=" + data for data in row.model.sets])
    except corpus.Failed:
        if not os.path.exists(os.path.join(folder, "m", "m.h")):
            raise
        return programs.Output(os.path.join(folder, "m"), "m", row.target)


def check(options, row):
    """All builds of one model for one target; one line."""
    with tempfile.TemporaryDirectory(prefix="lmcc-stack-") as folder:
        output = compile_row(options.lmcc, row, folder)
        bounds, needed = read_bounds(output), {}
        if set(bounds) <= {"other"}:
            raise corpus.Failed("the header states no bound for an entry")
        for compiler in (row.target.gxx, targets.CLANG):
            for level in LEVELS:
                home = os.path.join(folder, compiler + level)
                os.mkdir(home)
                found = use(output, compiler, level, home)
                for name, (size, chain) in found.items():
                    bound = bounds.get(name, bounds["other"])
                    if size > bound:
                        raise corpus.Failed(
                            "%s %s: %s needs %d bytes, not %d: %s" %
                            (compiler, level, name, size, bound,
                             " > ".join(chain)))
                    needed[name] = max(needed.get(name, 0), size)
        for name in set(bounds) - {"other"}:
            if bounds[name] > 2 * needed[name] + SLACK:
                raise corpus.Failed("%s is promised %d bytes and needs %d" %
                                    (name, bounds[name], needed[name]))
    return ", ".join("%s %d of %d" % (name, needed[name], bounds[name])
                     for name in sorted(bounds) if name in needed)


def rows(options):
    """What to build; the models of each target that this host has."""
    names = options.models.split(",") if options.models else []
    wanted = options.targets.split(",") if options.targets else SOME
    every = names or corpus.ALL or options.targets
    return [Row("%s %s" % (target, model.name), targets.TARGETS[target], model)
            for target in wanted
            if targets.is_available(targets.TARGETS[target])
            for model in corpus.select(options.corpus,
                                       names if every else SOME[target])]


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--models", metavar="A,B")
    parser.add_argument("--targets", metavar="A,B")
    parser.add_argument("--jobs", type=int, default=1)
    options = corpus.parse(parser)
    targets.require_programs(targets.CLANG, "c++filt", "objdump")
    corpus.limit_memory()
    return corpus.report("stack bounds", options.jobs,
                         lambda row: check(options, row), rows(options))


if __name__ == "__main__":
    sys.exit(main())
