// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file --verify-diagnostics

// expected-error @below {{has no schedule}}
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @kernel() {
  return
}
}

// -----

// 2^62 elements of 4 bytes do not fit 64 bits.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @run() {
  // expected-error @below {{needs a buffer of 4611686018427387904 elements of 4 bytes}}
  %0 = kernel.buffer 4611686018427387904 : memref<?xf32>
  return
}
}

// -----

// 2^48 bytes are the most.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @run() {
  // expected-error @below {{needs a buffer of 281474976710657 elements of 1 bytes}}
  %0 = kernel.buffer 281474976710657 : memref<?xi8>
  return
}
}

// -----

// One place cannot be read and written at the same time.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %h = kernel.buffer 16 : memref<?xf32>
  // expected-error @below {{carries a buffer that is still in use when its successor begins}}
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %h) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%x, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %a : memref<?xf32>
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %h = kernel.buffer 16 : memref<?xf32>
  // expected-error @below {{carries a buffer that it does not use}}
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %h) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %a : memref<?xf32>
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  // expected-error @below {{carries a buffer, but starts with none}}
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %in) -> (memref<?xf32>) {
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %a : memref<?xf32>
  }
  return
}
}

// -----

// The body may take what it carries only from the loop.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @kernel(memref<?xf32>, memref<?xf32>)
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %h = kernel.buffer 16 : memref<?xf32>
  // expected-error @below {{carries a buffer that it uses elsewhere too}}
  %last = scf.for %layer = %c0 to %c2 step %c1 iter_args(%x = %h) -> (memref<?xf32>) {
    func.call @kernel(%x, %out) : (memref<?xf32>, memref<?xf32>) -> ()
    %a = kernel.buffer 16 : memref<?xf32>
    func.call @kernel(%h, %a) : (memref<?xf32>, memref<?xf32>) -> ()
    scf.yield %a : memref<?xf32>
  }
  return
}
}
