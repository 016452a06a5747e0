# Finds MLIR 22.1 and sets up its build helpers: shared libraries only, own
# warnings, no exceptions.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")

set(LLVM_RUNTIME_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/bin)
set(LLVM_LIBRARY_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/lib)
set(MLIR_BINARY_DIR ${CMAKE_BINARY_DIR})
# The exported default names llvm-lit, which Debian does not ship.
if(EXISTS "${LLVM_TOOLS_BINARY_DIR}/lit")
  set(LLVM_EXTERNAL_LIT "${LLVM_TOOLS_BINARY_DIR}/lit" CACHE STRING "" FORCE)
endif()
# Not exported by the package: link libMLIR.so, never the component archives.
set(MLIR_LINK_MLIR_DYLIB ON)

include(TableGen)
include(AddLLVM)
include(AddMLIR)
# The options below only affect targets made by add_llvm_* and add_mlir_*.
include(HandleLLVMOptions)

separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND ${LLVM_DEFINITIONS})
add_definitions(${LLVM_DEFINITIONS_LIST})
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
# TableGen files include each other from the repository's root as well.
set(MLIR_TABLEGEN_FLAGS -I${CMAKE_SOURCE_DIR})

if(LMCC_ASSERTS)
  add_compile_options(-UNDEBUG)
endif()
if(LMCC_SANITIZE)
  add_compile_options(-fsanitize=${LMCC_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LMCC_SANITIZE})
endif()
