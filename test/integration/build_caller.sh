#!/bin/sh
#===- build_caller.sh - Compile a model and its caller in C ----------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
# Usage: build_caller.sh MODEL FOLDER TARGET FLAGS...
# Leaves the program FOLDER/caller.
set -e
here=$(dirname "$0")
model=$1 folder=$2 target=$3
shift 3
warnings="-Wall -Wextra -Wconversion -pedantic -Werror"

lmcc "$model" --target="$target" --name=small -o "$folder" \
  --dim sequence=0..4 --dim past=0..6 --dim batch=2..3
gcc -std=c11 $warnings "$@" -I"$folder" -c "$here/caller.c" \
  -o "$folder/caller.o"
g++ -std=c++17 -ffp-contract=off $warnings "$@" -I"$folder" "$folder"/*.cpp \
  "$folder"/*.S "$folder/caller.o" -o "$folder/caller"
