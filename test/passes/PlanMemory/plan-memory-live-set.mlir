// RUN: lmcc-opt %s --lmcc-plan-memory --split-input-file --verify-diagnostics -o /dev/null

// The remark tells what lives where most bytes live, at the call that made it,
// and what would lower that.

module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @read(%x: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel} {
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<?xf32>
  memref.store %0, %y[%c0] : memref<?xf32>
  return
}
func.func private @in_place(%x: memref<?xf32>) attributes {kernel.kernel} {
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<?xf32>
  memref.store %0, %x[%c0] : memref<?xf32>
  return
}
// expected-remark @below {{memory: the arena has 640 bytes, the largest live set 640}}
// expected-note @below {{no free size lowers that}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>) {
  %a = kernel.buffer 16 : memref<?xf32>
  call @read(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  // What is read there stays what it was.
  // expected-note @below {{64 bytes, 10 %, from kernel in_place}}
  call @in_place(%a) : (memref<?xf32>) -> ()
  %b = kernel.buffer 128 : memref<?xf32>
  // expected-note @below {{512 bytes, 80 %, from kernel read}}
  call @read(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  %c = kernel.buffer 16 : memref<?xf32>
  // expected-note @below {{here 3 buffers with 640 bytes live at once}}
  // expected-note @below {{64 bytes, 10 %, from kernel read}}
  call @read(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
  call @in_place(%b) : (memref<?xf32>) -> ()
  call @read(%a, %out) : (memref<?xf32>, memref<?xf32>) -> ()
  call @in_place(%c) : (memref<?xf32>) -> ()
  return
}
}

// -----

// Half of a bound, for each free size that counts. A smaller one of the others
// changes nothing, and neither does one whose bounds are equal.
module attributes {target.machine = #target.machine<name = "aligned to 64", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func private @read(%x: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel} {
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<?xf32>
  memref.store %0, %y[%c0] : memref<?xf32>
  return
}
// expected-remark @below {{memory: the arena has 8448 bytes, the largest live set 8448}}
// expected-note @below {{--dim n=1..32 instead of 1..64 would make that 4352 bytes}}
// expected-note @below {{--dim m=6..6 instead of 6..8 would make that 6400 bytes}}
func.func @run(%n: index, %m: index, %k: index, %f: index, %in: memref<?xf32>, %out: memref<?xf32>)
    attributes {kernel.contract = {
      dims = [{name = "n", low = 1 : i64, high = 64 : i64}, {name = "m", low = 6 : i64, high = 8 : i64},
              {name = "k", low = 1 : i64, high = 9 : i64}, {name = "f", low = 4 : i64, high = 4 : i64}]}} {
  %a = kernel.buffer 2048 of affine_map<()[s0, s1] -> (s0 * s1 * 4)> : memref<?xf32>
  // expected-note @below {{8192 bytes, 96 %, from kernel read}}
  call @read(%in, %a) : (memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 64 : memref<?xf32>
  // expected-note @below {{here 2 buffers with 8448 bytes live at once}}
  // expected-note @below {{256 bytes, 3 %, from kernel read}}
  call @read(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
  return
}
}
