# What a benchmark prints, and its part of docs/performance.md.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys
import textwrap

import programs

PAGE = os.path.join(programs.ROOT, "docs", "performance.md")


def add_option(parser):
    parser.add_argument("--report", action="store_true",
                        help="also replace this program's part of "
                        "docs/performance.md")


class Report:
    """Prints lines at once and keeps them for the page."""

    def __init__(self):
        self._name = "bench/" + os.path.basename(sys.argv[0])
        self._lines = []

    def say(self, text):
        print(text, flush=True)
        self._lines += text.splitlines()

    def write(self):
        """Replaces what stands between the two comments with this program's
        name; the text around them is written by people."""
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        begin = "<!-- begin %s -->\n" % self._name
        end = "<!-- end %s -->\n" % self._name
        head, rest = page.split(begin)
        tail = rest.split(end)[1]
        words = [word for word in sys.argv[1:]
                 if word != "--report" and not word.startswith("--work=")]
        lines = ["", "    " + " ".join([self._name, *words]), "", "```text",
                 *self._lines, "```", ""]
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(head + begin + "\n".join(lines) + "\n" + end + tail)


def list_parts(head, parts):
    """A paragraph "head: part, part, ..." in lines of the width of a table,
    which no part is broken by."""
    solid = [part.replace(" ", "\u00a0") for part in parts]
    return textwrap.fill("%s: %s" % (head, ", ".join(solid)), 88,
                         initial_indent="  ", subsequent_indent="      ",
                         break_on_hyphens=False,
                         break_long_words=False).replace("\u00a0", " ")


def describe_machine():
    """The processor, the compilers and the pages, as far as they matter."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file
                 if line.startswith("model name")]
    with open("/sys/kernel/mm/transparent_hugepage/enabled",
              encoding="ascii") as file:
        pages = file.read().strip()
    versions = [programs.run([name, "--version"]).splitlines()[0]
                for name in programs.compilers()]
    return "\n".join(["%d x %s; transparent huge pages: %s" % (
        len(names), names[0], pages), *versions])
