# The files that the checks of this folder look at, and how they report.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess
import sys

# Snippets that are wrong on purpose.
INPUTS = "test/architecture/Inputs/"

# The example model with its scripts, which stay as they were made.
MODEL = "examples/home-commands/model/"

SUFFIXES = (".cpp", ".h", ".td", ".py", ".proto", ".cmake", ".test", ".in")


def files(root):
    """The files below `root`, as sorted paths relative to it: those that git
    knows or would add, or all of them where there is no git."""
    found = _from_git(root) or _from_folders(root)
    return sorted(
        name
        for name in found
        if not name.startswith((INPUTS, MODEL))
        and os.path.isfile(os.path.join(root, name))
    )


def _from_git(root):
    command = ["git", "-C", root, "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return listed.stdout.decode().split("\0")[:-1]


def _from_folders(root):
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [
            name
            for name in subfolders
            if name not in (".git", "__pycache__")
            and not (folder == root and name.startswith("build"))
        ]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            found.append(path.replace(os.sep, "/"))
    return found


def is_source(root, name):
    """Whether `name` is code: by its suffix, its name, or its first line."""
    base = os.path.basename(name)
    if base.endswith(SUFFIXES) or base == "CMakeLists.txt":
        return True
    if "." in base:
        return False
    with open(os.path.join(root, name), "rb") as file:
        return file.read(2) == b"#!"


def text(root, name):
    """The lines of a text file; none of a file that is not text."""
    with open(os.path.join(root, name), "rb") as file:
        content = file.read()
    if b"\0" in content:
        return []
    return content.decode("utf-8", "replace").splitlines()


def main(check):
    """Runs `check(root)`, which yields (file, line, sentence), on the folder
    that the command line names; fails if it yields anything."""
    findings = list(check(sys.argv[1]))
    for name, line, sentence in findings:
        print(f"{name}:{line}: {sentence}")
    sys.exit(1 if findings else 0)
