# Finds passes whose one name is not in all four places (record, flag, source,
# test), and operations that no dialect test shows.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import sources

PASS = re.compile(r'^def\s+(\w+)\s*:\s*\w*Pass<\s*"([^"]*)"', re.MULTILINE)
OPERATION = re.compile(r'^def\s+\w+\s*:\s*\w+_\w*Op<\s*"(\w+)"', re.MULTILINE)
RECORDS = re.compile(r"^passes/(\w+)/Passes\.td$")
OPERATIONS = re.compile(r"^dialects/(Graph|Kernel|Weight)/\w+\.td$")


def flag_of(name):
    """`FuseQkv` is `fuse-qkv`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def records(root, name, pattern):
    """The groups of every match in a file, each behind its line."""
    content = "\n".join(sources.text(root, name))
    for match in pattern.finditer(content):
        line = content.count("\n", 0, match.start()) + 1
        yield (line,) + match.groups()


def check_pass(root, names, folder, name, flag):
    kebab = flag_of(name)
    if flag != "lmcc-" + kebab:
        yield f"the flag of {name} is {flag} instead of lmcc-{kebab}"
    if f"passes/{folder}/{name}.cpp" not in names:
        yield f"{name} has no passes/{folder}/{name}.cpp"
    prefix = f"test/passes/{folder}/{kebab}"
    test = re.compile(re.escape(prefix) + r"[\w-]*\.mlir$")
    lines = (
        line
        for name in filter(test.match, names)
        for line in sources.text(root, name)
    )
    run = re.compile(r"RUN:.*--" + re.escape(flag) + r"(?![\w-])")
    if not any(map(run.search, lines)):
        yield f"no {prefix}*.mlir runs --{flag}"


def shown_in(root, names, dialect):
    """The text of the tests that show what is valid in a dialect."""
    test = re.compile(rf"test/dialects/{dialect}/(?!invalid)[\w-]*\.mlir$")
    return "\n".join(
        line
        for name in filter(test.match, names)
        for line in sources.text(root, name)
    )


def check(root):
    names = sources.files(root)
    passes = operations = 0
    for name in names:
        if match := RECORDS.match(name):
            for line, record, flag in records(root, name, PASS):
                passes += 1
                for sentence in check_pass(root, names, match[1], record, flag):
                    yield name, line, sentence
        if match := OPERATIONS.match(name):
            dialect = match[1]
            shown = shown_in(root, names, dialect)
            for line, mnemonic in records(root, name, OPERATION):
                operations += 1
                operation = f"{dialect.lower()}.{mnemonic}"
                if not re.search(rf"\b{operation}(?![\w.])", shown):
                    yield name, line, (
                        f"no test of test/dialects/{dialect} shows {operation}"
                    )
    # A record that is written in another way must not go unnoticed.
    if not passes or not operations:
        yield "passes", 1, f"found {passes} passes and {operations} operations"


if __name__ == "__main__":
    sources.main(check)
