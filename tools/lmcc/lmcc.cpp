//===- lmcc.cpp - The compiler --------------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Driver.h"
#include "llvm/Support/Process.h"

int main(int argc, char **argv) {
  return lmcc::driver::run(llvm::ArrayRef(argv, argc).drop_front(),
                           llvm::outs(), llvm::errs(),
                           llvm::sys::Process::StandardErrIsDisplayed());
}
