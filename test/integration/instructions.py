#!/usr/bin/python3
#===- instructions.py - The instructions of a target, and none above -------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Look at the instructions in the objects of a quantised model.

  instructions.py LMCC [--targets=A,B]

  mnemonics   objects of two compilers hold the products of bytes that the
              target has an instruction for, and no others
  leaks       nothing in them needs a machine above the target
  emulation   the program gives the bytes of generic-c++ where the emulator has
              the target's instructions, and ends with an illegal instruction
              where it does not

The linked program is no place to look for leaks: the C library has code for
many machines, and asks before it runs it.

Exit status: 0; 1 if a check fails; 77 without the corpus, the disassembler or
any target.
"""
import collections
import os
import platform
import re
import resource
import signal
import subprocess
import sys
import tempfile

import corpus
import programs
import targets

DISASSEMBLER = "llvm-objdump-22"
MODEL = "bert-tiny"
OPTIONS = ["--quantize=w8a8", "--loss=off", "--cos=0.99"]
PRODUCT = re.compile(r"^[0-9a-f]+ <(\w*matmul\w*)>:$")
FUNCTION = re.compile(r"^[0-9a-f]+ <.*>:$")

# What x86-64 has beyond AVX2, FMA and F16C, by registers and by name.
AVX512 = r"%zmm|%k[0-7]\b|%[xy]mm(?:1[6-9]|2\d|3[01])\b"
DOT_PRODUCTS = r"\bvpdp"
# Beyond AVX-512 F, BW, CD, DQ, VL and VNNI.
LATER = (r"\bvperm[it]?2?b\b|\bvpmultishiftqb|\bvpmadd52|"
         r"\bvp(?:compress|expand)[bw]\b|\bvpsh[lr]d|\bvpopcnt|"
         r"\bvpshufbitqmb|\bv\w*bf16|\bvcvtne|\bv(?!cvtps2)\w+[ps]h\b|\bvgf2|"
         r"\bvaes|\bvpclmul|\bvsha|\bvsm[34]")
# generic-c++ may assume what any x86-64 has.
ANY_AVX = r"\tv[a-z]"
UNKNOWN = r"<unknown>"

# What is in every product (`needs`) and in none (`lacks`), and nowhere in the
# objects (`above`), given the features that the disassembler may know.
Rule = collections.namedtuple("Rule", "needs lacks above features")
RULES = {
    "generic-c++": Rule([], [], [ANY_AVX], []),
    # Signs of one row, and of several; pairs are added before they are widened.
    "x86-64-v3": Rule([r"vpmaddubsw.*%ymm", r"vpmaddwd.*%ymm",
                       r"vpaddw.*%ymm", r"vpsignb.*%ymm|vpxor.*%ymm"],
                      [], [AVX512, DOT_PRODUCTS, LATER], []),
    "x86-64-v4": Rule([r"vpmaddubsw.*%zmm", r"vpmaddwd.*%zmm",
                       r"vpaddw.*%zmm",
                       r"vpsubb.*%zmm.*%k|vpxor[dq].*%zmm|vpternlog.*%zmm"],
                      [], [DOT_PRODUCTS, LATER], []),
    "x86-64-v4-vnni": Rule([r"vpdpbusd.*%zmm"], ["vpmaddubsw", "vpmaddwd"],
                           [LATER], []),
    # Two products of 16 bits are added before they are widened.
    "armv8-a": Rule([r"\bsmull\s", r"\bsmlal2?\s", r"\bsadalp\s"],
                    [r"\bsmull2\s", r"\baddp\s.*\.8h"],
                    [UNKNOWN], ["--mattr=+v8a"]),
    "armv8.2-dotprod": Rule([r"\bsdot\s.*\.4b\[[0-3]\]"],
                            [r"\bsmull2?\s", r"\bsadalp\s"],
                            [UNKNOWN], ["--mattr=+v8.2a,+dotprod"]),
}

# An emulator that has the instructions, and one that does not; none of qemu's
# has AVX-512, and none lacks what generic-c++ and armv8-a use.
Emulators = collections.namedtuple("Emulators", "capable incapable")
X86, ARM = ["qemu-x86_64", "-cpu"], ["qemu-aarch64", "-cpu"]
EMULATORS = {
    "generic-c++": Emulators(X86 + ["Nehalem"], None),
    "x86-64-v3": Emulators(X86 + ["Haswell"], X86 + ["Nehalem"]),
    "x86-64-v4": Emulators(None, X86 + ["max"]),
    "x86-64-v4-vnni": Emulators(None, X86 + ["max"]),
    "armv8-a": Emulators(ARM + ["cortex-a53"], None),
    "armv8.2-dotprod": Emulators(ARM + ["cortex-a76"], ARM + ["cortex-a53"]),
}


def disassemble(path, features):
    return corpus.run([DISASSEMBLER, "-d", "--no-show-raw-insn"] + features +
                      [path])


def products(text):
    """The instructions of each product, by its name."""
    found, name = {}, None
    for line in text.splitlines():
        if FUNCTION.match(line):
            product = PRODUCT.match(line)
            name = product and product[1]
            if name:
                found[name] = []
        elif name:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def check_object(path, rule, build):
    """What is wrong with the instructions of an object, if anything."""
    text = disassemble(path, rule.features)
    for above in rule.above:
        if found := re.search(".*(?:%s).*" % above, text):
            raise corpus.Failed("%s: above the target in %s: %s" % (
                build, os.path.basename(path), found[0].strip()))
    if "_kernels" not in path:
        return
    kernels = products(text)
    if not kernels:
        raise corpus.Failed("%s: no product" % build)
    for name, body in kernels.items():
        for needed in rule.needs:
            if not re.search(needed, body):
                raise corpus.Failed("%s: %s has no %s" % (build, name, needed))
        for unwanted in rule.lacks:
            if found := re.search(".*(?:%s).*" % unwanted, body):
                raise corpus.Failed("%s: %s has %s" % (build, name,
                                                       found[0].strip()))


def ends_illegally(command):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
    return done.returncode == -signal.SIGILL


def check_emulation(capture, expected, target, program):
    """Runs a static program on both emulators; says what was seen."""
    emulators = EMULATORS[target.name]
    words = [program, capture.folder, str(capture.sets)]
    said = []
    if emulators.capable:
        corpus.run(emulators.capable + words)
        found = capture.results()
        if wrong := [name for name, data in expected.items()
                     if found.get(name) != data]:
            raise corpus.Failed("other bytes than generic-c++ in " +
                                ", ".join(wrong))
        said.append("%s runs it" % emulators.capable[-1])
    if emulators.incapable:
        if not ends_illegally(emulators.incapable + words):
            raise corpus.Failed("does not end with an illegal instruction on " +
                                " ".join(emulators.incapable))
        said.append("%s cannot" % emulators.incapable[-1])
    return said


def check(options, target):
    """Both compilers' objects, and the program of one; one line."""
    rule, capture = RULES[target.name], options.capture
    with tempfile.TemporaryDirectory(prefix="lmcc-instructions-") as folder:
        output = programs.compile_model(
            options.lmcc, target, capture.output.name, folder,
            options.model.path,
            options.model.check +
            ["--verify=" + data for data in options.model.sets])
        for compiler in (targets.CLANG, target.gxx):
            build = os.path.join(folder, os.path.basename(compiler))
            os.mkdir(build)
            objects = output.objects(compiler, build, ["-O2"])
            for path in objects:
                check_object(path, rule, compiler)
        program = os.path.join(folder, "program")
        corpus.run([target.gxx] + output.flags(target.gxx) + ["-static"] +
                   objects + [capture.harness, "-o", program])
        said = check_emulation(capture, options.results, target, program)
    return ", ".join(["objects of 2 compilers"] + said)


def can_check(target):
    """Whether the compiler and the emulators are there. Objects for a machine
    that cannot run here are looked at all the same."""
    emulators = [words[0] for words in EMULATORS[target.name] if words]
    return targets.has_programs(target.gxx, *emulators)


def main():
    parser = corpus.parser_for(__doc__)
    parser.add_argument("--targets", default=",".join(RULES), metavar="A,B")
    options = corpus.parse(parser)
    targets.require_programs(targets.CLANG, DISASSEMBLER)
    if platform.machine() != "x86_64":
        corpus.skip("the compilers of half of the targets are those of x86-64")
    wanted = [targets.TARGETS[name] for name in options.targets.split(",")]
    found = [target for target in wanted if can_check(target)]
    if not found:
        corpus.skip("there are no compilers and emulators for any target")

    [model] = corpus.select(options.corpus, [MODEL])
    options.model = model._replace(check=OPTIONS)
    with tempfile.TemporaryDirectory(prefix="lmcc-instructions-") as folder:
        options.capture = programs.Capture(
            options.lmcc, targets.TARGETS["generic-c++"], "model", folder,
            options.model)
        options.results = options.capture.results()
        # One after the other: they write their outputs to the same folder.
        return corpus.report("instructions", 1,
                             lambda target: check(options, target), found)


if __name__ == "__main__":
    sys.exit(main())
