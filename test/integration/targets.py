#===- targets.py - Which machines a test can build for and run -------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""What the integration tests know of the targets, besides lmcc's own records.

The flags of the target itself stand in the manifest of each output.
"""
import collections
import platform
import shutil

import corpus

# `machine` is the processor that runs the code, None for any, and `features`
# are what /proc/cpuinfo has to list; `emulator` runs it elsewhere.
Target = collections.namedtuple(
    "Target", "name gxx clang_flags emulator machine features")

AVX512 = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
TARGETS = {target.name: target for target in (
    Target("generic-c++", "g++", [], [], None, []),
    Target("x86-64-v3", "g++", [], [], "x86_64",
           ["avx2", "fma", "f16c", "bmi2"]),
    Target("x86-64-v4", "g++", [], [], "x86_64", AVX512),
    Target("x86-64-v4-vnni", "g++", [], [], "x86_64",
           AVX512 + ["avx512_vnni"]),
    Target("armv8-a", "aarch64-linux-gnu-g++", ["--target=aarch64-linux-gnu"],
           ["qemu-aarch64", "-cpu", "cortex-a53"], "aarch64", []),
    Target("armv8.2-dotprod", "aarch64-linux-gnu-g++",
           ["--target=aarch64-linux-gnu"],
           ["qemu-aarch64", "-cpu", "cortex-a76"], "aarch64", ["asimddp"]),
)}
CLANG = "clang++-22"


def host_features():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        for line in info:
            if line.startswith(("flags", "Features")):
                return line.split()
    return []


def is_native(target):
    return (target.machine in (None, platform.machine()) and
            set(target.features) <= set(host_features()))


def has_programs(*names):
    return all(shutil.which(name) for name in names)


def require_programs(*names):
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        corpus.skip("there is no " + ", ".join(missing))


def require(target):
    """Skips the test if code for the target cannot be built or run here."""
    programs = [target.gxx]
    if not is_native(target):
        if not target.emulator:
            corpus.skip("this processor cannot run " + target.name)
        programs.append(target.emulator[0])
    require_programs(*programs)


def is_available(target):
    """Whether code for the target can be built and run here."""
    try:
        require(target)
    except SystemExit:
        return False
    return True


def emulator_of(target):
    """Words in front of a program for the target."""
    return [] if is_native(target) else target.emulator
