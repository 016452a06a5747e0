# Runs the commands that a page shows and compares what they print; then looks
# for the excerpts of one section in the files that they have written.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Usage: check_readme.py PAGE.md FOLDER [SECTION]

Commands are the lines `    $ ...` of the page, run in FOLDER one after the
other; what follows until the next command or the end of the block is their
output, in which spaces and line ends do not count. The fenced blocks of SECTION
consist of lines of files in FOLDER/out, with `...` for what is left out.
"""

import glob
import os
import re
import subprocess
import sys

COMMAND = re.compile(r"^    \$ ((?:.*\\\n)*.*)\n((?:    (?!\$ ).*\n)*)",
                     re.MULTILINE)
FENCED = re.compile(r"^```cp{0,2}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def words(text):
    # `ls` orders columns one way and lines the other.
    return sorted(text.split())


def check_commands(page, folder):
    for command, expected in COMMAND.findall(page):
        result = subprocess.run(command, shell=True, cwd=folder, text=True,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        if words(result.stdout) != words(expected):
            yield f"$ {command}\nprints\n{result.stdout}instead of\n{expected}"


def check_excerpts(section, folder):
    written = set()
    for name in glob.glob(os.path.join(folder, "out", "*.[ch]*")):
        with open(name, encoding="utf-8") as file:
            written.update(line.strip() for line in file)
    for block in FENCED.findall(section):
        for line in block.splitlines():
            if line.strip() not in written | {"...", ""}:
                yield f"no file in out/ has the line\n{line}"


def main():
    path, folder, *titles = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        page = file.read()
    findings = list(check_commands(page, folder))
    if not COMMAND.search(page):
        findings.append("there is no command to check")
    for title in titles:
        section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        findings += check_excerpts(section, folder)
        if not FENCED.search(section):
            findings.append("there is no excerpt to check")
    print("\n".join(findings))
    sys.exit(1 if findings else 0)


main()
