#!/usr/bin/env python3
#===- GenerateVocabulary.py - vocab.json as constant C++ tables ------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Write the vocabulary of the home-command models as a C++ header.

  GenerateVocabulary.py vocab.json vocabulary.h

The header holds the pieces by token, the same pieces arranged for the greedy
scan (by first character, the longest first), and the labels of the classifier.
Everything is `constexpr`, so that a linker places it in read-only memory.
"""
import json
import sys

CHARACTERS = 128

HEADER = """\
//===- vocabulary.h - Pieces and labels, made by GenerateVocabulary.py ----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_VOCABULARY_H
#define LMCC_EXAMPLES_HOMECOMMANDS_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

namespace home {
"""

PIECE = """
struct Piece {
  const char *text;
  uint8_t length;
};
"""

FOOTER = """
} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_VOCABULARY_H
"""


def quoted(text):
    """A C++ literal; JSON escapes printable ASCII as C does."""
    if not (text.isascii() and text.isprintable()):
        sys.exit("GenerateVocabulary.py: not printable ASCII: %r" % text)
    return json.dumps(text)


def table(element, name, comment, rows, per_line=1):
    """An array; a count of its own would say the same thing twice."""
    lines = [", ".join(rows[at:at + per_line])
             for at in range(0, len(rows), per_line)]
    return ("\n/// %s\ninline constexpr %s %s[] = {\n    %s};\n"
            % (comment, element, name, ",\n    ".join(lines)))


def scan_tables(pieces, special):
    """Tokens by first character, longest first, and where each begins.

    The special tokens are not among them: no text may contain them."""
    order = sorted((token for token in range(len(pieces))
                    if token not in special),
                   key=lambda token: (pieces[token][0], -len(pieces[token])))
    begins = [sum(ord(pieces[token][0]) < character for token in order)
              for character in range(CHARACTERS + 1)]
    return order, begins


def vocabulary_header(vocabulary):
    pieces = vocabulary["pieces"]
    special = [vocabulary[name] for name in ("pad", "end", "separator")]
    order, begins = scan_tables(pieces, special)
    parts = [HEADER, PIECE]
    parts.append("\ninline constexpr int64_t endToken = %d;\n"
                 "inline constexpr int64_t separatorToken = %d;\n"
                 % (vocabulary["end"], vocabulary["separator"]))
    parts.append(table("Piece", "pieces", "The text of each token.",
                       ["{%s, %d}" % (quoted(piece), len(piece))
                        for piece in pieces]))
    parts.append(table("uint16_t", "scanOrder",
                       "Tokens by first character, the longest first.",
                       [str(token) for token in order], 12))
    parts.append(table("uint16_t", "scanBegins",
                       "Where in `scanOrder` the pieces of an ASCII character "
                       "begin.", [str(begin) for begin in begins], 12))
    for head, labels in vocabulary["encoder"].items():
        parts.append(table("const char *const", head + "Labels",
                           "What the classifier's output `%s` means." % head,
                           [quoted(label) for label in labels], 4))
    return "".join(parts) + FOOTER


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="ascii") as source:
        text = vocabulary_header(json.load(source))
    with open(sys.argv[2], "w", encoding="ascii") as header:
        header.write(text)


if __name__ == "__main__":
    main()
