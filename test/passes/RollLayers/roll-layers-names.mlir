// RUN: lmcc-opt %s --lmcc-roll-layers --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

func.func private @map(memref<?xf32>, memref<?xf32>)

// An operation of a loop comes from all layers; see LayersTest for the names
// that they get together.
// CHECK-LABEL: func.func @names(
// CHECK:         scf.for
// CHECK:           kernel.pick {{.*}} loc(fused<"kernel.layers">["layers.0", "layers.1", "layers.2"])
// CHECK:           kernel.buffer 5 : memref<?xf32> loc(fused<"kernel.layers">["a", "b", "c"])
// CHECK:           func.call @map{{.*}} loc(fused<"kernel.layers">["layers.0", "layers.1", "layers.2"])
// CHECK:           func.call @map{{.*}} loc(fused<"kernel.layers">[fused["x", "y0"], fused["x", "y1"], "y2"])
func.func @names(%x: memref<?xf32>, %p0: memref<?xf32>, %p1: memref<?xf32>, %p2: memref<?xf32>) {
  %a0 = kernel.buffer 5 : memref<?xf32> loc("a")
  call @map(%p0, %a0) : (memref<?xf32>, memref<?xf32>) -> () loc("layers.0")
  call @map(%a0, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y0"])
  call @map(%a0, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y0"])
  call @map(%a0, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y0"])
  %a1 = kernel.buffer 5 : memref<?xf32> loc("b")
  call @map(%p1, %a1) : (memref<?xf32>, memref<?xf32>) -> () loc("layers.1")
  call @map(%a1, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y1"])
  call @map(%a1, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y1"])
  call @map(%a1, %x) : (memref<?xf32>, memref<?xf32>) -> () loc(fused["x", "y1"])
  %a2 = kernel.buffer 5 : memref<?xf32> loc("c")
  call @map(%p2, %a2) : (memref<?xf32>, memref<?xf32>) -> () loc("layers.2")
  call @map(%a2, %x) : (memref<?xf32>, memref<?xf32>) -> () loc("y2")
  call @map(%a2, %x) : (memref<?xf32>, memref<?xf32>) -> () loc("y2")
  call @map(%a2, %x) : (memref<?xf32>, memref<?xf32>) -> () loc("y2")
  return
}
