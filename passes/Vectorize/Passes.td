//===- Passes.td - Records of the vectorising passes ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_PASSES
#define LMCC_PASSES_VECTORIZE_PASSES

include "mlir/Pass/PassBase.td"

class LmccVectorizePass<string flag> : Pass<flag, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::lmcc::kernel::KernelDialect",
                           "::lmcc::target::TargetDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def VectorizeProducts : LmccVectorizePass<"lmcc-vectorize-products"> {
  let summary = "Expand product tiles to native vectors";
  let description = [{
    A tile of R rows and one panel of W columns becomes a loop over the depth
    that carries R x W / lanes native vectors of sums. Each step loads the
    panel's row once, splats one element per row of the left side and adds with
    one fused multiply-add per vector. The epilogue runs on the sums in
    registers. The loop takes `depth_step` steps a turn, and what is left behind
    goes step by step. If these steps are whole vectors, a row's elements are
    loaded as such and taken lane by lane; of a depth that is not known to be whole
    turns a turn takes one vector.

    Words of bytes take a `kernel.dot4` a step. The steps of one row are summed
    in as many shares as make eight sums that do not wait for each other, those
    in an `order` excepted. Where rows have signs of their own, the word of the
    panel is first turned over by them (`arith.xori`), once for each row. Panels
    in an `order` take a `kernel.dot8` for each pair of steps, whose places in
    the rows the order tells; those that have no partner follow one by one. A
    group of 4-bit numbers starts an integer sum of its own, and its scale adds
    that to a sum of floats; with `split_rows`, both halves of its words are one
    `kernel.dot8`.

    With `column_words`, as many as lanes, a row and a column have a vector of
    sums, to which a step adds a `kernel.dot_lanes`. Behind the loop the lanes
    of `lanes` columns are added up to one vector. So many columns at a time, or
    twice as many of one row, have a loop over the depth, for registers hold
    only some of these sums.

    Each step fetches one row of what lies `ahead`. Where the distance of these
    rows is known at run time only, the loop carries the place and adds it: the
    multipliers are for the sums.

    Before: `kernel.panel_product` of 2 x 8 tiles on a machine of 8 lanes.

    After:

    ```mlir
    %s:2 = scf.for %k = %c0 to %c64 step %c1
        iter_args(%a = %zero, %b = %zero) -> (vector<8xf32>, vector<8xf32>) {
      %w = vector.load %panels[%c0, %k, %c0] ...
      %x0 = memref.load %lhs[%c0, %k] ...
      %v0 = vector.broadcast %x0 : f32 to vector<8xf32>
      %a1 = math.fma %v0, %w, %a : vector<8xf32>
      ...
    }
    ```

    Refused: a product that `lmcc-tile-products` has not cut.
  }];
}

def VectorizeRows : LmccVectorizePass<"lmcc-vectorize-rows"> {
  let summary = "Expand row reductions in the canonical lane order";
  let description = [{
    `kernel.row_reduce` becomes a loop over blocks of 32 elements that carries
    32 / lanes native vectors, a last block that goes through a local array
    filled up with the neutral value, and a fold by halves.

    Rows of a static length that is a multiple of 32 have no last block. The
    order of the combination does not depend on the machine.
  }];
}

def VectorizeElementwise : LmccVectorizePass<"lmcc-vectorize-elementwise"> {
  let summary = "Expand elementwise linalg operations to loops and vectors";
  let description = [{
    `linalg.generic` on buffers with parallel iterators only becomes a loop
    nest. Where the body computes on 32-bit elements and every operand is
    contiguous along the innermost axis or does not depend on it, that axis
    runs in native vectors, and what is left behind the last vector runs
    element by element; both give the same bits. Bytes may be loaded to be
    widened, and narrowed to be stored: those of four vectors together, as far
    as there are four (`kernel.narrow`).

    A copy that exchanges the axes of a matrix loads squares of vectors,
    transposes them in registers (`vector.shuffle`) and stores vectors. Two
    operands that hold the first and the second elements of neighbouring pairs
    are loaded or stored together, and taken apart or put together likewise.

    On a machine that multiplies by lane, vectors share a turn, and with it the
    constants, of a body that computes polynomials of the carried header: two for
    exp and tanh, four for erf, if that leaves no vector.

    Scalar instead: other element types, other strided operands, bodies that use
    `linalg.index` of the innermost axis.
  }];
}

def FlattenAccess : LmccVectorizePass<"lmcc-flatten-access"> {
  let summary = "Address every load and store from its flat buffer";
  let description = [{
    Folds `memref.subview` and `memref.reinterpret_cast` into the accesses, so
    that each load and store has a flat buffer (an argument of the kernel or a
    local array) and one index expression. Where bytes are read as words, the
    flat buffer is the `kernel.words` of the bytes, which is left in place.

    Before: `memref.load %view[%i, %j]` of a 768-column view of `%x`.

    After: `%0 = affine.apply (i, j) -> (i * 768 + j)`, `memref.load %x[%0]`.
  }];
}

#endif // LMCC_PASSES_VECTORIZE_PASSES
