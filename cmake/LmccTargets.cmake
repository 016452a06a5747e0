# lmcc_library and lmcc_tool: one line per library, so that every one of them
# has the same flags and the same precompiled header.
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(LMCC_WARNINGS -Wall -Wextra -Wno-unused-parameter -Werror)

# The precompiled header must be built with the very flags of its users, or
# clang refuses it; g++ gains nothing from one (it reads it slowly).
if(LMCC_PRECOMPILED_HEADER AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_library(lmcc_precompiled OBJECT ${CMAKE_SOURCE_DIR}/cmake/Precompiled.cpp)
  llvm_update_compile_flags(lmcc_precompiled)
  set_target_properties(lmcc_precompiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_precompile_headers(lmcc_precompiled PRIVATE
    <mlir/Dialect/Affine/IR/AffineOps.h>
    <mlir/Dialect/Arith/IR/Arith.h>
    <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/Linalg/IR/Linalg.h>
    <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h>
    <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/BuiltinOps.h>
    <mlir/IR/PatternMatch.h>
    <mlir/Pass/Pass.h>
    <mlir/Transforms/GreedyPatternRewriteDriver.h>)
endif()

function(lmcc_use_precompiled_header target)
  if(TARGET lmcc_precompiled)
    target_precompile_headers(${target} REUSE_FROM lmcc_precompiled)
  endif()
endfunction()

# lmcc_library(NAME SOURCES a.cpp ... [DEPENDS tablegen targets]
#              [MLIR upstream libraries] [LIBS own libraries])
function(lmcc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;MLIR;LIBS" ${ARGN})
  add_mlir_library(${name} ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS})
  mlir_target_link_libraries(${name} PUBLIC MLIRIR ${ARG_MLIR})
  target_link_libraries(${name} PUBLIC ${ARG_LIBS})
  # The object library does the compiling and does not see the libraries, so
  # the generated headers they own are ordered before it by hand.
  foreach(library ${ARG_LIBS})
    if(TARGET obj.${library})
      add_dependencies(obj.${name} obj.${library})
    endif()
  endforeach()
  target_compile_options(obj.${name} PRIVATE ${LMCC_WARNINGS})
  lmcc_use_precompiled_header(obj.${name})
endfunction()

# lmcc_dialect(DIRECTORY_NAME mlir-name [ATTRIBUTES]): the ops, with ATTRIBUTES
# also the attributes and enums, of dialects/<NAME>/<NAME>Ops.td; the target is
# Lmcc<NAME>IncGen.
function(lmcc_dialect name dialect)
  cmake_parse_arguments(ARG "ATTRIBUTES" "" "" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${name}Ops.td)
  mlir_tablegen(${name}Ops.h.inc -gen-op-decls)
  mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${dialect})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${dialect})
  if(ARG_ATTRIBUTES)
    mlir_tablegen(${name}Attributes.h.inc -gen-attrdef-decls -attrdefs-dialect=${dialect})
    mlir_tablegen(${name}Attributes.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${dialect})
    mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
    mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
  endif()
  add_public_tablegen_target(Lmcc${name}IncGen)
endfunction()

# lmcc_passes(NAME): the pass records of passes/<NAME>/Passes.td; the target is
# Lmcc<NAME>PassesIncGen.
function(lmcc_passes name)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${name})
  add_public_tablegen_target(Lmcc${name}PassesIncGen)
endfunction()

# lmcc_tool(NAME SOURCES main.cpp [MLIR ...] [LIBS ...])
function(lmcc_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;MLIR;LIBS" ${ARGN})
  add_llvm_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS})
  mlir_target_link_libraries(${name} PRIVATE ${ARG_MLIR})
  target_compile_options(${name} PRIVATE ${LMCC_WARNINGS})
endfunction()
