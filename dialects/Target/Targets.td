//===- Targets.td - The machines lmcc compiles for ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine is data. Passes see the numbers as capabilities (`#target.machine`)
// and never a name; the emitter sees the parts of the carried header; building
// and running the output sees compilers and emulators.
//
//===----------------------------------------------------------------------===//

class Target<string name> {
  string Name = name;
  string Summary = ?;

  // Capabilities.
  int VectorBits = ?;           // Native vector; 32 means scalar code.
  int VectorRegisters = ?;
  int AlignmentBytes = ?;       // Of the arena, the blob and their sections.
  // Float32 product tile, rows of activations x columns of weights. Chosen by
  // measurement with both compilers, see docs/rationale/tiles.md.
  int TileRows = ?;
  int PanelColumns = ?;
  // Steps of depth after which a panel has filled about half of the first
  // cache; more depth is cut into blocks of this.
  int DepthBlock = 256;
  // Steps of depth in one turn of the loop. If they are whole vectors, rows of
  // activations are loaded as such and multiplied by lane; a power of two.
  int DepthStep = 1;
  // Whether products of bytes want the rows unsigned (value + 128), with signed
  // weights; signed otherwise.
  bit UnsignedRows = false;
  // Whether products of bytes want rows of numbers from 0 to 128: those of
  // several rows get magnitudes, with the signs beside them, and weights an order
  // in which two products add up before they are widened.
  bit SplitRows = false;
  // Whether a product of bytes takes fewer instructions where its lanes count by
  // their sum alone: weights lie with whole vectors of steps of one column then.
  bit SumsLanes = false;
  // Whether models are quantised unless the user says otherwise: machines that
  // are named for their products of bytes and used for little else.
  bit QuantizesByDefault = false;
  // What one prefetch brings, a line of the cache. Weights of products with
  // several rows are then fetched a block ahead; 0 leaves that to the hardware.
  int PrefetchBytes = 0;

  // Why results may have other bits than on the other targets; empty if they
  // have the same (docs/Numerics.md).
  string NotBitExact = "";

  // The carried headers, in order, from runtime-stub/: the first part is
  // lmcc_base.h, the others are lmcc_rt.h.
  list<string> HeaderParts = ?;

  // Building the output.
  list<string> CompilerFlags = ?;
  string GnuCompiler = "g++";
  string GnuPackage = "g++";    // Debian package that has it.
  list<string> ClangFlags = []; // What clang needs besides CompilerFlags.
  list<string> Emulator = [];   // Runs the output where the host cannot.
  string EmulatorPackage = "";
  string HostArchitecture = ""; // Hosts that run it without the emulator ...
  list<string> HostFeatures = []; // ... if /proc/cpuinfo lists these.
}

def GenericCpp : Target<"generic-c++"> {
  let Summary = "Plain C++17 on any machine with IEEE 754 floats";
  let VectorBits = 32;
  let VectorRegisters = 16;
  let AlignmentBytes = 16;
  let TileRows = 4;
  let PanelColumns = 4;
  let HeaderParts = ["Prologue.h", "Generic.h", "Scalar.h", "Math.h"];
  let CompilerFlags = [];
}

def X86_64_V3 : Target<"x86-64-v3"> {
  let Summary = "x86-64 with AVX2, FMA and F16C (2013 and later)";
  let VectorBits = 256;
  let VectorRegisters = 16;
  let AlignmentBytes = 64;      // A cache line, so that no load crosses one.
  let TileRows = 4;
  let PanelColumns = 24;
  let SplitRows = true;
  let PrefetchBytes = 64;
  let HeaderParts = ["Prologue.h", "Vector.h", "X86Avx2.h", "Scalar.h",
                     "Math.h"];
  let CompilerFlags = ["-march=x86-64-v3"];
  let Emulator = ["qemu-x86_64", "-cpu", "Haswell"];
  let EmulatorPackage = "qemu-user";
  let HostArchitecture = "x86_64";
  let HostFeatures = ["avx2", "fma", "f16c", "bmi2"];
}

def X86_64_V4 : Target<"x86-64-v4"> {
  let Summary = "x86-64 with AVX-512 F, BW, CD, DQ and VL";
  let VectorBits = 512;
  let VectorRegisters = 32;
  let AlignmentBytes = 64;
  let TileRows = 8;
  let PanelColumns = 32;
  let SplitRows = true;
  let PrefetchBytes = 64;
  let HeaderParts = ["Prologue.h", "Vector.h", "X86Avx2.h", "X86Avx512.h",
                     "Scalar.h", "Math.h"];
  let CompilerFlags = ["-march=x86-64-v4", "-mprefer-vector-width=512"];
  let HostArchitecture = "x86_64";
  let HostFeatures = ["avx512f", "avx512bw", "avx512cd", "avx512dq",
                      "avx512vl"];
}

def X86_64_V4_Vnni : Target<"x86-64-v4-vnni"> {
  let Summary = "x86-64-v4 with AVX-512 VNNI (int8 products)";
  let VectorBits = 512;
  let VectorRegisters = 32;
  let AlignmentBytes = 64;
  let TileRows = 8;
  let PanelColumns = 32;
  let UnsignedRows = true;
  let PrefetchBytes = 64;
  let HeaderParts = ["Prologue.h", "Vector.h", "X86Avx2.h", "X86Avx512.h",
                     "X86Vnni.h", "Scalar.h", "Math.h"];
  let CompilerFlags = ["-march=x86-64-v4", "-mavx512vnni",
                       "-mprefer-vector-width=512"];
  let HostArchitecture = "x86_64";
  let HostFeatures = ["avx512f", "avx512bw", "avx512cd", "avx512dq",
                      "avx512vl", "avx512_vnni"];
}

def ArmV8A : Target<"armv8-a"> {
  let Summary = "64-bit Arm with NEON (Cortex-A53 and later)";
  let VectorBits = 128;
  let VectorRegisters = 32;
  let AlignmentBytes = 64;
  let TileRows = 4;
  let PanelColumns = 16;
  let DepthStep = 4;
  let SumsLanes = true;
  let HeaderParts = ["Prologue.h", "Vector.h", "Neon.h", "NeonWiden.h",
                     "Scalar.h", "Math.h"];
  let CompilerFlags = ["-march=armv8-a"];
  let GnuCompiler = "aarch64-linux-gnu-g++";
  let GnuPackage = "g++-aarch64-linux-gnu";
  let ClangFlags = ["--target=aarch64-linux-gnu"];
  let Emulator = ["qemu-aarch64", "-cpu", "cortex-a53"];
  let EmulatorPackage = "qemu-user";
  let HostArchitecture = "aarch64";
}

def ArmV8_2Dotprod : Target<"armv8.2-dotprod"> {
  let Summary = "64-bit Arm with int8 products (Cortex-A55, A75 and later)";
  let VectorBits = 128;
  let VectorRegisters = 32;
  let AlignmentBytes = 64;
  let TileRows = 4;
  let PanelColumns = 16;
  let DepthStep = 16;
  let QuantizesByDefault = true;
  let HeaderParts = ["Prologue.h", "Vector.h", "Neon.h", "NeonDotprod.h",
                     "Scalar.h", "Math.h"];
  let CompilerFlags = ["-march=armv8.2-a+dotprod"];
  let GnuCompiler = "aarch64-linux-gnu-g++";
  let GnuPackage = "g++-aarch64-linux-gnu";
  let ClangFlags = ["--target=aarch64-linux-gnu"];
  let Emulator = ["qemu-aarch64", "-cpu", "cortex-a76"];
  let EmulatorPackage = "qemu-user";
  let HostArchitecture = "aarch64";
  let HostFeatures = ["asimddp"];
}
