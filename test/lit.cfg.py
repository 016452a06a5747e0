# How lit runs lmcc's tests: tools, substitutions, and which machines, compilers
# and test data are at hand. What is missing makes a test UNSUPPORTED.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import platform
import shutil

import lit.formats

config.name = "lmcc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.environment["PATH"] = os.pathsep.join(
    [config.lmcc_tools_dir, config.llvm_tools_dir, config.environment["PATH"]])

config.substitutions += [
    ("%{root}", config.lmcc_root),
    ("%{gxx}", "g++"),
    ("%{clangxx}", "clang++-22"),
    ("%{a64gxx}", "aarch64-linux-gnu-g++"),
    ("%{python}", "/usr/bin/python3"),
]


def need(feature, *tools):
    if all(shutil.which(tool) for tool in tools):
        config.available_features.add(feature)


need("gxx", "g++")
need("clang", "clang++-22")
need("aarch64", "aarch64-linux-gnu-g++", "qemu-aarch64")

if platform.machine() == "x86_64":
    with open("/proc/cpuinfo") as cpuinfo:
        flags = cpuinfo.read().split("flags", 1)[-1].split("\n", 1)[0].split()
    for flag in ("avx2", "avx512f", "avx512_vnni"):
        if flag in flags:
            config.available_features.add("host-" + flag.replace("_", ""))

# Test models and conformance tests are not part of the repository.
corpus = os.environ.get("LMCC_CORPUS",
                        os.path.join(config.lmcc_root, "..", "shared"))
if os.path.isdir(os.path.join(corpus, "models")):
    config.available_features.add("corpus")
    config.substitutions.append(("%{corpus}", os.path.realpath(corpus)))

# An lmcc that was built with sanitizers, for hostile models.
if "LMCC_SANITIZED" in os.environ:
    config.environment["LMCC_SANITIZED"] = os.environ["LMCC_SANITIZED"]
