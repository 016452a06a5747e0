# Turns the records of Targets.td (as JSON) into the table of Target.cpp.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Usage: GenerateTargets.py RECORDS.json TABLE.inc"""

import json
import sys

# In the order of `struct Record`.
FIELDS = ["Name", "Summary", "VectorBits", "VectorRegisters", "AlignmentBytes",
          "TileRows", "PanelColumns", "DepthBlock", "PrefetchBytes",
          "DepthStep", "UnsignedRows", "SplitRows", "SumsLanes",
          "QuantizesByDefault", "NotBitExact", "HeaderParts", "CompilerFlags",
          "GnuCompiler", "GnuPackage", "ClangFlags", "Emulator",
          "EmulatorPackage", "HostArchitecture", "HostFeatures"]


def line_of(record):
    """Where a record stands in Targets.td, written FILE:LINE."""
    return int(record["!locs"][0].split(":")[1])


def main():
    with open(sys.argv[1]) as file:
        records = json.load(file)
    names = sorted(records["!instanceof"]["Target"],
                   key=lambda name: line_of(records[name]))
    lists, rows = [], []
    for name in names:
        cells = []
        for field in FIELDS:
            value = records[name][field]
            if value is None:
                sys.exit(f"{name}: {field} is not set")
            if isinstance(value, list):
                words = ", ".join(json.dumps(word) for word in value)
                if words:
                    lists.append(f"static const StringRef {name}{field}[] = "
                                 f"{{{words}}};")
                cells.append(f"{name}{field}" if words else "{}")
            else:
                cells.append(json.dumps(value))
        rows.append("{" + ", ".join(cells) + "},")
    with open(sys.argv[2], "w") as out:
        out.write("\n".join(lists) + "\nstatic const Record table[] = {\n"
                  + "\n".join(rows) + "\n};\n")


main()
