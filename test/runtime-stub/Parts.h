//===- Parts.h - The carried header as the compiler at hand would get it --===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Includes the parts of the widest target that the compiler flags allow, or,
// with LMCC_TEST_GENERIC, those of generic-c++. A part needs those before it:
// empty lines keep them in order where sorting would not.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TEST_RUNTIME_STUB_PARTS_H
#define LMCC_TEST_RUNTIME_STUB_PARTS_H

#include "runtime-stub/Prologue.h"

#if defined(LMCC_TEST_GENERIC)
#include "runtime-stub/Generic.h"
#elif defined(__AVX512F__)
#include "runtime-stub/Vector.h"
#include "runtime-stub/X86Avx2.h"
#include "runtime-stub/X86Avx512.h"
#if defined(__AVX512VNNI__)
#include "runtime-stub/X86Vnni.h"
#endif
#elif defined(__AVX2__)
#include "runtime-stub/Vector.h"
#include "runtime-stub/X86Avx2.h"
#elif defined(__aarch64__)
#include "runtime-stub/Vector.h"

#include "runtime-stub/Neon.h"
#if defined(__ARM_FEATURE_DOTPROD)
#include "runtime-stub/NeonDotprod.h"
#else
#include "runtime-stub/NeonWiden.h"
#endif
#else
#include "runtime-stub/Generic.h"
#endif

#include "runtime-stub/Scalar.h"

#include "runtime-stub/Math.h"

namespace lmcc_rt {
namespace {

#if defined(LMCC_RUNTIME_STUB_X86AVX512_H)
using WidestFloat = f32x16;
#elif defined(LMCC_RUNTIME_STUB_X86AVX2_H)
using WidestFloat = f32x8;
#elif defined(LMCC_RUNTIME_STUB_NEON_H)
using WidestFloat = f32x4;
#else
using WidestFloat = float;
#endif

} // namespace
} // namespace lmcc_rt

#endif // LMCC_TEST_RUNTIME_STUB_PARTS_H
