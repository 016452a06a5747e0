# Builds timing programs from models that lmcc compiled, and runs them.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import bisect
import collections
import json
import os
import shutil
import subprocess
import sys

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(BENCH)
LMCC = os.environ.get("LMCC", os.path.join(ROOT, "build", "bin", "lmcc"))
PEERS_PYTHON = os.path.join(BENCH, ".peers", "python", "bin", "python")
ONNX_RUNTIME = os.path.join(BENCH, ".peers", "libonnxruntime.so")
LLAMA_CPP = os.path.join(BENCH, ".peers", "llama.cpp", "libllama.so")
ARM_ONNX_RUNTIME = os.path.join(BENCH, ".peers", "arm", "libonnxruntime.so")
ARM_LLAMA_CPP = os.path.join(BENCH, ".peers", "arm", "llama.cpp", "libllama.so")
COMPILERS = ("g++", "clang++-22")
# How they are called for a machine that is not this one.
CROSS = {
    target: {"g++": ["aarch64-linux-gnu-g++"],
             "clang++-22": ["clang++-22", "--target=aarch64-linux-gnu"]}
    for target in ("armv8-a", "armv8.2-dotprod")}
# lmcc's options for the types of weights and of what they are multiplied with.
FORMS = {
    "float": ["--quantize=none"],
    "w8a8": ["--quantize=w8a8"],
    "w8a8_i8": ["--quantize=w8a8", "--attention=i8"],
    "w4a8": ["--quantize=w4a8", "--group=32"],
    "w4a8_tables": ["--quantize=w4a8", "--group=32",
                    "--quantize-embedding=4"],
    "w4a8_i8": ["--quantize=w4a8", "--group=32", "--quantize-embedding=4",
                "--attention=i8", "--cache=i8"],
}
# float32 lanes of the widest vectors, for the loop that finds the peak.
LANES = {"x86-64-v3": 8, "x86-64-v4": 16, "x86-64-v4-vnni": 16, "armv8-a": 4,
         "armv8.2-dotprod": 4}

# What lmcc made of a model: the name in C, the folder, multiply-accumulates of
# `run` at the upper bounds, compiler flags, and whether the entry points are
# those of a decoder that keeps its state.
Compiled = collections.namedtuple("Compiled",
                                  "name folder macs flags keeps_state")


class Refused(SystemExit):
    """lmcc did not compile a model; the text says why."""


def run(words, **arguments):
    """What a program printed; ends this one if it fails."""
    done = subprocess.run([str(word) for word in words], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, **arguments)
    if done.returncode != 0:
        sys.exit("%s\n%s%s" % (" ".join(map(str, words)), done.stdout,
                               done.stderr))
    return done.stdout


def command(compiler, target):
    """The words that call a compiler for a target."""
    return CROSS.get(target, {}).get(compiler, [compiler])


def compilers(named=None, target=None):
    """Those of the named compilers, or of the usual ones, that are there."""
    return [name for name in named or COMPILERS
            if shutil.which(command(name, target)[0])]


def compile_model(onnx, name, folder, target, options=()):
    """Runs lmcc on an ONNX file. Raises Refused, which ends a program that
    does not expect it."""
    if not os.access(LMCC, os.X_OK):
        sys.exit("no %s; build lmcc, or name it in LMCC" % LMCC)
    out = os.path.join(folder, name)
    done = subprocess.run([LMCC, onnx, "--target=" + target, "--name=" + name,
                           "-o", out, *options], stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True, check=False)
    wrong_usage = 2  # An option or a target that it does not know.
    if done.returncode == wrong_usage:
        raise Refused("not in this lmcc: " + done.stderr.splitlines()[0])
    if done.returncode != 0:
        raise Refused(done.stderr)
    with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    return Compiled(name, out, manifest.get("macs"), manifest["flags"],
                    "--entry=stateful" in options)


def _build_model(compiled, words, folder):
    """The object files of one generated model, with the flags of its own."""
    glue = os.path.join(BENCH, "Models", "Generated.cpp")
    name = os.path.join(compiled.folder, compiled.name)
    objects = []
    for source in (name + ".cpp", name + "_kernels.cpp", name + "_weights.S",
                   glue):
        out = os.path.join(folder, "%s.%s.o" % (compiled.name,
                                                os.path.basename(source)))
        own = [] if source != glue else [
            "-I", ROOT, "-DMODEL=" + compiled.name,
            "-DMODEL_UPPER=" + compiled.name.upper(),
            *["-DKEEPS_STATE"] * compiled.keeps_state]
        run([*words, *compiled.flags, "-I", compiled.folder,
             "-Wa,-I" + compiled.folder, *own, "-c", source, "-o", out])
        objects.append(out)
    return objects


def build(folder, target, parts, sources, objects=(), link=()):
    """Links the models `parts`, pairs of a compiled model and the compiler that
    builds it, with sources of this folder and objects into a program."""
    with open(os.path.join(folder, "models.inc"), "w",
              encoding="ascii") as file:
        for compiled, _ in parts:
            file.write("GENERATED(%s)\n" % compiled.name)
    made = []
    for compiled, compiler in parts:
        made += _build_model(compiled, command(compiler, target), folder)
    gcc = command("g++", target)
    machine = [flag for compiled, _ in parts[:1] for flag in compiled.flags
               if flag.startswith("-m")]
    for source in sources:
        out = os.path.join(folder, source.replace("/", ".") + ".o")
        run([*gcc, *machine, "-std=c++17", "-O2",
             "-DLANES=%d" % LANES[target], "-I", ROOT, "-I", folder, "-c",
             os.path.join(BENCH, source), "-o", out])
        made.append(out)
    program = os.path.join(folder, "program")
    # Addresses of the symbol table are those of the running program.
    run([*gcc, "-no-pie", *made, *objects, *link, "-o", program])
    for name in made:
        os.remove(name)
    return program


def build_plain_decoder(source, words, folder):
    """The object file of plain_decoder.c of the corpus, built as its head
    says; `words` call a C compiler for a machine."""
    out = os.path.join(folder, "plain.o")
    run([*words, "-O3", "-ffast-math", "-w", "-I", ROOT,
         '-DPLAIN_DECODER="%s"' % source, "-c",
         os.path.join(BENCH, "Peer", "PlainDecoder.c"), "-o", out])
    return out


def check_library(path):
    if not os.path.exists(path):
        sys.exit("no %s; run bench/setup first" % path)


def run_plan(program, lines):
    """The dictionaries that a timing program prints for a plan."""
    plan = program + ".plan"
    with open(plan, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return [json.loads(line) for line in run([program, plan]).splitlines()]


def symbols(program):
    """(address, name) of all functions, rising."""
    found = []
    for line in run(["nm", "--defined-only", program]).splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "tTwW":
            found.append((int(words[0], 16), words[2]))
    return sorted(found)


def by_function(program, samples):
    """{function: share of samples} for [(address, count)], largest first. What
    lies in no function of the program counts as "outside"."""
    table = symbols(program)
    addresses = [address for address, _ in table]
    last = addresses[-1] + (1 << 20)
    counts = collections.Counter()
    for address, count in samples:
        place = bisect.bisect_right(addresses, address) - 1
        inside = place >= 0 and address < last
        counts[table[place][1] if inside else "outside"] += count
    total = sum(counts.values())
    return {name: count / total for name, count in counts.most_common()}
