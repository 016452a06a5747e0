# Turns the parts of the carried header into the rows of a C++ table:
#   cmake -DOUTPUT=CarriedParts.inc -DFILES="a.h;b.h" -P EmbedRuntime.cmake
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(rows "")
foreach(path IN LISTS FILES)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" text)
  string(APPEND rows "{\"${name}\", R\"lmcc_part(${text})lmcc_part\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "${rows}")
