#!/usr/bin/python3
#===- conformance.py - Run lmcc over the ONNX operator tests ---------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compile, build and run every operator test of a tier and compare the results.

  conformance.py LMCC [FOLDER] [--target=T] [--tier=must] [--jobs=1]
                 [--report=F]

FOLDER holds `index.tsv` and one folder per test with `model.onnx` and
`test_data_set_0`; that of the corpus if none is given. Inputs that the index names in `bind_inputs` decide shapes;
they are bound to their stored values, as real exports hold them as constants.

Each test ends in one class:

  verified     compiled, and every output of the generated program is right
  folded-only  right, but the whole graph was constant: nothing was generated
  refused      lmcc said what it does not support
  wrong        a wrong output, a program that does not build or run, or a
               failure that is no clear refusal
  crashed      lmcc ended by a signal, an unknown exit code or the time limit

Exit status: 0; 1 if a test is wrong or crashed, or fewer are verified than
--at-least asks for; 2 for wrong usage; 77 without FOLDER and corpus.
"""
import argparse
import collections
import concurrent.futures
import csv
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile

import onnx

import corpus
import precompiled

CLASSES = ("verified", "folded-only", "refused", "wrong", "crashed")
FLOAT_TYPES = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE}
# Types with a wider tolerance: float16, bfloat16, the float8 and float4 kinds.
# Newer codes have no name in old releases of the package.
LOOSE_TYPES = {10, 16, 17, 18, 19, 20, 23, 24}
# Operators that round to integers: one quantisation step is allowed.
ROUNDING = re.compile(r"^(Dynamic)?QuantizeLinear$|^QLinear")

VERIFIED = re.compile(r"\bverified (\d+) of (\d+) outputs?\b")
OPERATIONS = re.compile(r"\boperations: (\d+) folded, (\d+) generated\b")
# The compiler's own log may say "unsupported" too, so this is looked at first.
NOT_RUN = re.compile(r"\bcannot (build|run) the generated program\b")
REFUSAL = re.compile(r"^(?:.*: )?(?:unsupported|refused): .*$", re.MULTILINE)

Result = collections.namedtuple("Result", "row status message")


def graph_inputs(graph):
    """Names of the inputs that a caller feeds, in graph order."""
    constants = {tensor.name for tensor in graph.initializer}
    return [i.name for i in graph.input if i.name not in constants]


def bind_options(graph, data, names):
    """Two words of the command line per named input."""
    order = graph_inputs(graph)
    missing = [name for name in names if name not in order]
    if missing:
        raise ValueError("the model has no input " + ", ".join(missing))
    words = []
    for name in names:
        stored = os.path.join(data, "input_%d.pb" % order.index(name))
        words += ["--bind", name + "=" + stored]
    return words


def tolerance_options(graph, operator):
    """What the result may differ by. lmcc's own defaults suit narrow floats,
    which a tolerance given for all outputs would overrule."""
    options = []
    types = {o.type.tensor_type.elem_type for o in graph.output}
    if types & FLOAT_TYPES and not types & LOOSE_TYPES:
        options += ["--rtol=1e-3", "--atol=1e-5"]
    if ROUNDING.search(operator):
        options += ["--int-slack=1"]
    return options


def command_of(options, row, output):
    test = os.path.join(options.folder, row["test"])
    data = os.path.join(test, "test_data_set_0")
    path = os.path.join(test, "model.onnx")
    # The weights are not needed, nor files beside the model.
    graph = onnx.load(path, load_external_data=False).graph
    names = [] if row["bind_inputs"] == "-" else row["bind_inputs"].split(",")
    command = [options.lmcc, path, "--verify=" + data, "-o", output]
    if options.target:
        command.append("--target=" + options.target)
    return (command + bind_options(graph, data, names) +
            tolerance_options(graph, row["op"]))


def run(command, timeout):
    """(exit code, printed text), or (None, text) after the time limit."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT,
                               start_new_session=True)
    try:
        text, _ = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        # With its compiler and emulator, which share the session.
        os.killpg(process.pid, signal.SIGKILL)
        text, _ = process.communicate()
        code = None
    return code, text.decode("utf-8", "replace")


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing printed"


def error_line(text):
    """The line that says most: the first error, else the last one."""
    for line in text.splitlines():
        if "error: " in line or "FAIL" in line or NOT_RUN.search(line):
            return line.strip()
    return last_line(text)


def classify_success(text):
    verified = VERIFIED.findall(text)
    operations = OPERATIONS.findall(text)
    if not verified or not operations:
        return "wrong", "exit code 0 without the lines that tell the result"
    right, outputs = map(int, verified[-1])
    folded, generated = map(int, operations[-1])
    message = "%d of %d outputs, %d folded, %d generated" % (
        right, outputs, folded, generated)
    if right != outputs or outputs == 0:
        return "wrong", message
    return ("verified" if generated else "folded-only"), message


def classify(code, text, timeout):
    """(class, one line that tells why)"""
    if code is None:
        return "crashed", "still running after %g seconds" % timeout
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return "crashed", "signal %s: %s" % (name, last_line(text))
    if code > 2:
        return "crashed", "exit code %d: %s" % (code, last_line(text))
    if code == 0:
        return classify_success(text)
    refusal = REFUSAL.search(text)
    if (code == 1 and refusal and not VERIFIED.search(text) and
            not NOT_RUN.search(text)):
        return "refused", refusal.group(0)
    return "wrong", error_line(text)


def run_test(options, header, row):
    with tempfile.TemporaryDirectory(prefix="lmcc-conformance-") as folder:
        output = os.path.join(folder, "out")
        header.lend(output)
        try:
            command = command_of(options, row, output)
        except (OSError, ValueError) as error:
            return Result(row, "wrong", "unusable test: %s" % error)
        code, text = run(command, options.timeout)
        if not header.is_that_of(output):
            return Result(row, "wrong", "another carried header")
    status, message = classify(code, text, options.timeout)
    return Result(row, status, " ".join(message.split()))


def run_tests(options, rows):
    """The results in the order of the index, whichever test ends first."""
    target = ["--target=" + options.target] if options.target else []
    with tempfile.TemporaryDirectory(prefix="lmcc-conformance-") as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        header = precompiled.CarriedHeader(options.lmcc, target, folder)
        yield from pool.map(lambda row: run_test(options, header, row), rows)


def read_index(options):
    with open(os.path.join(options.folder, "index.tsv"), newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t",
                                   quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["tier"] == options.tier and
            re.search(options.filter, row["test"])]


def write_report(path, results):
    with open(path, "w") as file:
        file.write("test\top\topset\ttypes\tstatus\tmessage\n")
        for row, status, message in results:
            file.write("\t".join([row["test"], row["op"], row["opset"],
                                  row["types"], status, message]) + "\n")


def print_summary(results):
    by_operator = collections.defaultdict(collections.Counter)
    for row, status, _ in results:
        by_operator[row["op"]][status] += 1
        by_operator["all"][status] += 1
    width = max(map(len, by_operator), default=0)
    line = "%-*s" + "%13s" * len(CLASSES)
    print(line % (width, "operator", *CLASSES))
    # The totals last, whatever the operators are called.
    for operator in sorted(by_operator, key=lambda name: (name == "all", name)):
        counts = by_operator[operator]
        print(line % (width, operator,
                      *(counts[status] or "." for status in CLASSES)))


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lmcc", help="the compiler")
    parser.add_argument("folder", nargs="?", help="the folder with index.tsv")
    parser.add_argument("--target", help="passed on; default is that of lmcc")
    parser.add_argument("--tier", default="must",
                        choices=("must", "should", "nice"))
    parser.add_argument("--jobs", type=int, default=1,
                        help="tests at the same time")
    parser.add_argument("--filter", default="", metavar="REGEX",
                        help="only tests whose name contains a match")
    parser.add_argument("--timeout", type=float, default=120,
                        help="seconds for one test")
    parser.add_argument("--memory", type=float, default=8,
                        help="GB of address space for each process; 0: no "
                        "limit, as sanitizers need")
    parser.add_argument("--at-least", type=int, default=0, metavar="N",
                        help="fail when fewer tests are verified")
    parser.add_argument("--report", metavar="FILE.tsv",
                        help="write one line per test")
    return parser.parse_args()


def main():
    options = parse_arguments()
    if not options.folder:
        options.folder = os.path.join(corpus.find(), "conformance",
                                      "onnx-node")
    if options.memory > 0:
        # Inherited by all that is started, which is all that needs memory.
        limit = int(options.memory * 1e9)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        rows = read_index(options)
    except (OSError, re.error) as error:
        print("conformance.py: %s" % error, file=sys.stderr)
        return 2
    if not os.access(options.lmcc, os.X_OK) or not rows:
        print("conformance.py: %s" % ("no test matches" if not rows else
                                      options.lmcc + " is no program"),
              file=sys.stderr)
        return 2

    results = []
    for result in run_tests(options, rows):
        results.append(result)
        if result.status in ("wrong", "crashed"):
            print("%s %s: %s" % (result.status, result.row["test"],
                                 result.message), flush=True)
    if options.report:
        write_report(options.report, results)
    print_summary(results)

    counts = collections.Counter(result.status for result in results)
    if counts["verified"] < options.at_least:
        print("%d tests are verified, %d are asked for" %
              (counts["verified"], options.at_least))
        return 1
    return 1 if counts["wrong"] or counts["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())
