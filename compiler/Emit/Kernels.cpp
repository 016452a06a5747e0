//===- Kernels.cpp - The kernels of a model -------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BodyPrinter.h"
#include "compiler/Emit/Forms.h"
#include "compiler/Emit/Program.h"

#include "dialects/Kernel/Kernel.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

/// Optional array attribute of kernels: the names of their arguments.
static constexpr llvm::StringLiteral argumentNamesAttrName = "kernel.args";

namespace {
class KernelBody : public BodyPrinter {
public:
  using BodyPrinter::BodyPrinter;

private:
  void printOther(Operation *) override {
    llvm_unreachable("checked to hold nothing of a schedule");
  }
};
} // namespace

/// What the kernel calls its argument, or else the location, or nobody.
static std::string wantedName(func::FuncOp kernel, BlockArgument argument) {
  unsigned index = argument.getArgNumber();
  if (auto given = kernel->getAttrOfType<ArrayAttr>(argumentNamesAttrName))
    if (index < given.size())
      if (auto name = dyn_cast<StringAttr>(given[index]))
        return identifierOf(name.getValue(), "arg");
  if (auto location = dyn_cast<NameLoc>(argument.getLoc()))
    return identifierOf(location.getName().getValue(), "arg");
  return fmt::format("arg{}", index);
}

static std::vector<std::string> nameArguments(func::FuncOp kernel,
                                              UniqueNames &names) {
  for (StringRef word : vocabulary())
    names.reserve(word);
  std::vector<std::string> result;
  for (BlockArgument argument : kernel.getArguments())
    result.push_back(names.pick(wantedName(kernel, argument)));
  return result;
}

/// `void tiny_k_add(const float *__restrict x, size_t rows)`. Arguments that
/// nobody reads have no name in a definition.
static std::string signature(const Program &program, func::FuncOp kernel,
                             ArrayRef<std::string> names, bool isDefinition) {
  std::vector<std::string> parameters;
  for (BlockArgument argument : kernel.getArguments()) {
    unsigned index = argument.getArgNumber();
    std::string type;
    if (auto buffer = dyn_cast<MemRefType>(argument.getType()))
      type = fmt::format("{}{} *__restrict",
                         kernel::isWritten(kernel, index) ? "" : "const ",
                         memoryType(buffer.getElementType()));
    else
      type = valueType(argument.getType());
    bool isNamed = !isDefinition || !argument.use_empty();
    parameters.push_back(isNamed ? type + " " + names[index] : type);
  }
  return fmt::format("{} {}({})", kernel.getNumResults() == 0 ? "void" : "bool",
                     program.kernelNames.lookup(kernel.getSymName()),
                     fmt::join(parameters, ", "));
}

std::string emit::printKernelDeclarations(const Program &program) {
  Lines lines;
  lines.verbatim(licenseLine);
  lines.verbatim(
      fillIn(R"(// The kernels of @m@. They are called by @m@.cpp alone.

#ifndef @M@_KERNELS_H
#define @M@_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define @M@_KERNEL __attribute__((visibility("hidden"), noinline))

extern "C" {

)",
             program));
  for (func::FuncOp kernel : program.kernels) {
    UniqueNames names;
    std::vector<std::string> arguments = nameArguments(kernel, names);
    lines.statement(fmt::format("{}_KERNEL {};", program.macro,
                                signature(program, kernel, arguments, false)));
  }
  lines.verbatim(
      fillIn("\n} // extern \"C\"\n\n#endif // @M@_KERNELS_H\n", program));
  return lines.take();
}

static void printKernel(const Program &program, func::FuncOp kernel,
                        Lines &lines, Expressions &expressions) {
  UniqueNames names;
  std::vector<std::string> arguments = nameArguments(kernel, names);
  for (BlockArgument argument : kernel.getArguments())
    expressions.define(argument, {arguments[argument.getArgNumber()]});

  lines.blank();
  if (auto summary = kernel->getAttrOfType<StringAttr>(kernel::summaryAttrName))
    lines.comment(commentText(summary.getValue()));
  lines.open("extern \"C\" " + signature(program, kernel, arguments, true));
  Block &block = kernel.getBody().front();
  KernelBody(lines, expressions, names).print(block);
  if (kernel.getNumResults() != 0)
    lines.statement(
        fmt::format("return {};",
                    expressions.of(block.getTerminator()->getOperand(0)).text));
  lines.close();
}

std::string emit::printKernels(const Program &program) {
  // Bodies first: they decide which names of the carried header are used.
  Lines bodies;
  Expressions expressions;
  for (func::FuncOp kernel : program.kernels)
    printKernel(program, kernel, bodies, expressions);

  std::string text = licenseLine.str();
  text += fillIn("// The kernels of @m@. Buffers overlap nowhere.\n\n"
                 "#include \"lmcc_rt.h\"\n\n"
                 "#include \"@m@_kernels.h\"\n\n"
                 "namespace @m@_kernels {\n\n",
                 program);
  for (const std::string &name : expressions.usedNames())
    text += fmt::format("using lmcc_rt::{};\n", name);
  return text + bodies.take() +
         fillIn("\n} // namespace @m@_kernels\n", program);
}
