//===- TargetOps.td - The machine a module is compiled for ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TARGET_OPS_TD
#define LMCC_TARGET_OPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Target_Dialect : Dialect {
  let name = "target";
  let cppNamespace = "::lmcc::target";
  let summary = "Which machine: capabilities that passes may ask for";
  let useDefaultAttributePrinterParser = 1;
}

def Target_MachineAttr : AttrDef<Target_Dialect, "Machine"> {
  let mnemonic = "machine";
  let summary = "Capabilities of the machine, the module attribute `target.machine`";
  let description = [{
    Constraints:

    - (C1) `vector_bits` is 32 (scalar code) or a power of two up to 2048
    - (C2) `panel_columns` is a multiple of the float32 lanes
    - (C3) `alignment` is a power of two
    - (C4) `tile_rows` and `depth_block` are positive
    - (C5) `prefetch_bytes` is 0 (software fetches nothing ahead) or a multiple
      of 4
    - (C6) `depth_step` is positive
    - (C7) not both `unsigned_rows` and `split_rows`
    - (C8) `sums_lanes` goes with vectors and signed rows

    `unsigned_rows` says which products of bytes are one instruction: those of
    `kernel.dot4` with unsigned rows, or, without it, those with signed rows.
    Rows then hold their values plus 128, and the sum of a column's weights,
    times 128, is taken off the product, which is exact. With `split_rows` it is
    that with small rows, of numbers from 0 to 128: several rows then hold their
    magnitudes, and their signs lie beside them (see `kernel.panel_product`). Where
    weights leave room, two of these products add up in 16 bits before they become
    32 (`kernel.dot8`), and panels of weights have an order that makes such pairs.

    With `sums_lanes` `kernel.dot_lanes` takes fewer instructions than
    `kernel.dot4`. Panels of weights then have `column_words`, as many as lanes.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "unsigned":$vector_bits,
                        "unsigned":$tile_rows, "unsigned":$panel_columns,
                        "unsigned":$depth_block, "unsigned":$alignment,
                        DefaultValuedParameter<"unsigned", "0">:$prefetch_bytes,
                        DefaultValuedParameter<"unsigned", "1">:$depth_step,
                        DefaultValuedParameter<"bool", "false">:$unsigned_rows,
                        DefaultValuedParameter<"bool", "false">:$split_rows,
                        DefaultValuedParameter<"bool", "false">:$sums_lanes);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Elements of a 32-bit type in a native vector.
    unsigned lanes() const { return getVectorBits() / 32; }
    /// Whether a turn of the loop over the depth takes whole vectors of a row,
    /// whose lanes it multiplies by. That is how machines do it which take no
    /// operand from memory: constants want registers, too.
    bool multipliesByLane() const {
      return lanes() > 1 && getDepthStep() >= lanes();
    }
    /// Whether a product with that depth is cut into blocks of it. Rows of one
    /// tile read each weight once, so a block that stays in the cache serves
    /// nobody; `rows` is null if they are no number.
    bool cutsDepth(int64_t depth, std::optional<int64_t> rows) const {
      return depth > getDepthBlock() && !(rows && *rows <= getTileRows());
    }
  }];
}

#endif // LMCC_TARGET_OPS_TD
