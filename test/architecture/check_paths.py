# Finds what only one machine or network has: absolute paths of the places where
# the sources happened to lie, and hosts of package registries.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import sources

PATH = re.compile(r"(?<![\w.}/-])/(?:work|root|home|Users)(?![\w-])")
HOST = re.compile(
    r"\b(?:registry|mirror|proxy|artifactory|nexus)[\w-]*(?:\.[\w-]+)+"
    r"\.(?:com|dev|internal|io|local|net|org)\b"
)


def check(root):
    for name in sources.files(root):
        for number, line in enumerate(sources.text(root, name), 1):
            if match := PATH.search(line):
                yield name, number, f"{match[0]} is a path of one machine"
            if match := HOST.search(line):
                yield name, number, f"{match[0]} is a package registry"


if __name__ == "__main__":
    sources.main(check)
