//===- Diagnostics.cpp - Messages for the person at the terminal ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Diagnostics.h"

#include "dialects/Kernel/LayerNames.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace lmcc::driver;

//===----------------------------------------------------------------------===//
// Console
//===----------------------------------------------------------------------===//

/// `text` with everything but printable ASCII escaped.
static std::string printable(StringRef text) {
  std::string result;
  llvm::raw_string_ostream stream(result);
  stream.write_escaped(text, /*UseHexEscapes=*/true);
  return result;
}

void Console::progress(StringRef what) {
  if (!isTerminal)
    return;
  clearProgress();
  os << what << " ...";
  os.flush();
  hasProgress = true;
}

void Console::clearProgress() {
  if (!hasProgress)
    return;
  os << "\r\033[K"; // To the start of the line, and erase it.
  os.flush();
  hasProgress = false;
}

/// The name that the model gives to what is at `location`; empty if none. What
/// was made from several nodes carries the name of the first.
static std::string nameAt(Location location) {
  SmallVector<std::string> names = lmcc::kernel::namesIn(location);
  return names.empty() ? "" : names.front();
}

std::string Console::place() const { return printable(model); }

std::string Console::placeOf(Location location) const {
  std::string name = nameAt(location);
  if (name.empty() || name == model)
    return place();
  return place() + ":" + printable(name);
}

void Console::print(StringRef place, StringRef kind, StringRef text) {
  clearProgress();
  os << place << ": " << kind << ": " << text << "\n";
}

void Console::report(llvm::Error error) {
  llvm::handleAllErrors(
      std::move(error),
      [&](const llvm::FileError &about) {
        print(printable(llvm::sys::path::filename(about.getFileName())),
              "error", about.messageWithoutFileInfo());
      },
      [&](const llvm::ErrorInfoBase &about) {
        print(place(), "error", about.message());
      });
}

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

static constexpr unsigned maximumErrors = 100;

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context, Console &console,
                                     bool explain)
    : ScopedDiagnosticHandler(context), console(console), explain(explain) {
  setHandler([this](Diagnostic &diagnostic) { print(diagnostic); });
}

DiagnosticPrinter::~DiagnosticPrinter() {
  if (errors > maximumErrors)
    console.print(console.place(), "error",
                  std::to_string(errors - maximumErrors) +
                      " more errors are not shown");
}

static StringRef kindOf(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note: return "note";
  case DiagnosticSeverity::Warning: return "warning";
  case DiagnosticSeverity::Error: return "error";
  case DiagnosticSeverity::Remark: return "remark";
  }
  llvm_unreachable("unknown severity");
}

void DiagnosticPrinter::print(const Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() == DiagnosticSeverity::Remark && !explain)
    return;
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
      ++errors > maximumErrors)
    return;
  console.print(console.placeOf(diagnostic.getLocation()),
                kindOf(diagnostic.getSeverity()), diagnostic.str());
  for (const Diagnostic &note : diagnostic.getNotes())
    console.print(console.placeOf(note.getLocation()), "note", note.str());
}
