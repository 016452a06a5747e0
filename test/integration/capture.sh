#!/bin/sh
# Stands in for the compiler of lmcc's --verify and keeps what that uses: copies
# the harness to $LMCC_CAPTURE, and builds a "program" that runs the real one
# and then copies the test sets, with their outputs, to the same folder.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -eu

for word; do
  case "$word" in
    */harness.cpp) cp "$word" "$LMCC_CAPTURE/" ;;
  esac
  program="$word" # The last word is that behind -o.
done
g++ "$@"
mv "$program" "$program.real"
cat >"$program" <<END
#!/bin/sh
"$program.real" "\$@" || exit \$?
cp -R "\$1"/[0-9]* "$LMCC_CAPTURE/"
END
chmod +x "$program"
