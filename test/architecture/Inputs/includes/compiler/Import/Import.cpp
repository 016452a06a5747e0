//===- Import.cpp - A snippet for a check ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Onnx.pb.h"
#include <google/protobuf/message.h>
#include "dialects/Kernel/Kernel.h"
