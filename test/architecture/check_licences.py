# Finds sources that do not name their licence near the top.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sources

NEAR = 12  # lines
LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"


def check(root):
    for name in sources.files(root):
        if not sources.is_source(root, name):
            continue
        # What is carried into outputs must not bind their users.
        wanted = LICENCE
        if name.startswith("runtime-stub/") and name.endswith((".h", ".cpp")):
            wanted += " OR 0BSD"
        top = sources.text(root, name)[:NEAR]
        if not any(line.rstrip().endswith(wanted) for line in top):
            yield name, 1, (
                f"none of the first {NEAR} lines ends with '{wanted}'"
            )


if __name__ == "__main__":
    sources.main(check)
