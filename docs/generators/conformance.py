# Keeps of a report of the operator tests what does not change from run to run.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Usage: conformance.py REPORT.tsv >conformance.tsv

REPORT.tsv is what `test/integration/conformance.py --report` writes. Messages
of tests that pass are left out, and the model's name in front of the others.
"""

import csv
import re
import sys

COLUMNS = ["test", "op", "opset", "types", "status", "message"]


def main():
    print("\t".join(COLUMNS))
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        for row in sorted(rows, key=lambda row: row["test"]):
            message = re.sub(r"^model\.onnx\S* error: ", "", row["message"])
            row["message"] = "" if row["status"] == "verified" else message
            print("\t".join(row[column] for column in COLUMNS))


main()
