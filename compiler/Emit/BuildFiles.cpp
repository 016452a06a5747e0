//===- BuildFiles.cpp - Weights as a symbol, and how to build the output --===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BuildFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

using namespace lmcc;
using namespace lmcc::emit;
using llvm::StringRef;

/// What all targets have in common. Contraction would change results, and
/// values of several types live in the same bytes of the arena.
static constexpr StringRef commonFlags[] = {"-std=c++17",
                                            "-O2",
                                            "-ffp-contract=off",
                                            "-fno-math-errno",
                                            "-fno-strict-aliasing",
                                            "-fno-exceptions",
                                            "-fno-rtti",
                                            "-fno-threadsafe-statics"};

std::vector<std::string> emit::compilerFlags(const target::Record &target) {
  std::vector<std::string> flags(std::begin(commonFlags),
                                 std::end(commonFlags));
  for (StringRef flag : target.compilerFlags)
    flags.push_back(flag.str());
  return flags;
}

std::string emit::printWeightStub(const Program &program) {
  // '%' instead of '@' in types: the latter opens a comment on Arm.
  return fmt::format(
      R"(/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD */
/* {0}_weights.bin as a symbol. The assembler looks for it along -I. */
    .section .rodata
    .balign {1}
    .global {0}_weights
    .type {0}_weights, %object
{0}_weights:
    .incbin "{0}_weights.bin"
    .size {0}_weights, . - {0}_weights
    .section .note.GNU-stack, "", %progbits
)",
      program.name, program.alignment);
}

llvm::Error emit::writeWeightArray(const Program &program, StringRef blobPath,
                                   StringRef path) {
  auto blob = llvm::MemoryBuffer::getFile(blobPath, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!blob)
    return llvm::createFileError(blobPath, blob.getError());
  std::error_code error;
  llvm::raw_fd_ostream out(path, error);
  if (error)
    return llvm::createFileError(path, error);
  out << licenseLine
      << fillIn("// The weights of @m@.\n\n#include \"@m@.h\"\n\n", program)
      << fmt::format("alignas({}) const unsigned char {}_weights[{}] = {{",
                     program.alignment, program.name, (*blob)->getBufferSize());
  for (auto [index, byte] : llvm::enumerate((*blob)->getBuffer()))
    out << (index % 16 == 0 ? "\n    " : " ")
        << static_cast<unsigned>(static_cast<unsigned char>(byte)) << ',';
  out << "\n};\n";
  out.close();
  if (out.has_error()) {
    error = out.error();
    out.clear_error();
    return llvm::createFileError(path, error);
  }
  return llvm::Error::success();
}

std::string emit::printCMake(const Program &program,
                             llvm::ArrayRef<std::string> sources) {
  std::string flags =
      fmt::format("{}", fmt::join(compilerFlags(*program.target), " "));
  bool hasAssembly = StringRef(sources.back()).ends_with(".S");
  std::string text = fmt::format(
      R"(# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
#
# The model {m} as a library. For other builds:
#   files  {files}
#   flags  {flags}
)",
      fmt::arg("m", program.name), fmt::arg("files", fmt::join(sources, " ")),
      fmt::arg("flags", flags));
  if (hasAssembly)
    text +=
        "#          and -I with this folder for the .S file, which includes "
        "the .bin\n";
  text += fmt::format(
      R"(
cmake_minimum_required(VERSION 3.16)
project({m} LANGUAGES CXX{assembly})

add_library({m} STATIC
  {files})
target_include_directories({m} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR}})
target_compile_options({m} PRIVATE
  $<$<COMPILE_LANGUAGE:CXX>:{flagList}>)
)",
      fmt::arg("m", program.name),
      fmt::arg("assembly", hasAssembly ? " ASM" : ""),
      fmt::arg("files", fmt::join(sources, "\n  ")),
      fmt::arg("flagList", fmt::join(compilerFlags(*program.target), ";")));
  if (hasAssembly)
    text += fillIn("set_source_files_properties(@m@_weights.S PROPERTIES\n"
                   "  OBJECT_DEPENDS "
                   "${CMAKE_CURRENT_SOURCE_DIR}/@m@_weights.bin)\n",
                   program);
  return text;
}
