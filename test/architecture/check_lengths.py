# Finds sources that are too long to be read in one go. Tests are lists, and may
# be longer.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sources

MOST = 500  # lines


def check(root):
    for name in sources.files(root):
        if name.startswith("test/") or not sources.is_source(root, name):
            continue
        count = len(sources.text(root, name))
        if count > MOST:
            yield name, MOST + 1, f"has {count} lines, and {MOST} are the most"


if __name__ == "__main__":
    sources.main(check)
