// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: weight.data @plain : tensor<2x3xf32> {
weight.data @plain : tensor<2x3xf32> {
  // CHECK-NEXT: %[[F:.*]] = weight.file "model.onnx" offset 4096 : tensor<2x3xf32>
  // CHECK-NEXT: weight.yield %[[F]] : tensor<2x3xf32>
  %0 = weight.file "model.onnx" offset 4096 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}

// A weight may be computed, and its file may have an odd name.
// CHECK-LABEL: weight.data @transposed : tensor<3x2xf32> {
weight.data @transposed : tensor<3x2xf32> {
  // CHECK-NEXT: %[[F:.*]] = weight.file "data/weights 1.bin" offset 0 : tensor<2x3xf32>
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[F]] [1, 0]
  // CHECK-NEXT: weight.yield %[[T]] : tensor<3x2xf32>
  %0 = weight.file "data/weights 1.bin" offset 0 : tensor<2x3xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  weight.yield %1 : tensor<3x2xf32>
}

// Five columns fill two panels of four.
// CHECK-LABEL: weight.data @packed : tensor<2x3x4xf32> {
weight.data @packed : tensor<2x3x4xf32> {
  // CHECK-NEXT: %[[F:.*]] = weight.file "model.onnx" offset 64 : tensor<3x5xf32>
  // CHECK-NEXT: %[[P:.*]] = weight.pack %[[F]] : tensor<3x5xf32> -> tensor<2x3x4xf32>
  // CHECK-NEXT: weight.yield %[[P]] : tensor<2x3x4xf32>
  %0 = weight.file "model.onnx" offset 64 : tensor<3x5xf32>
  %1 = weight.pack %0 : tensor<3x5xf32> -> tensor<2x3x4xf32>
  weight.yield %1 : tensor<2x3x4xf32>
}

// A matrix without columns has no panels.
// CHECK-LABEL: weight.data @packed_nothing : tensor<0x3x4xf32> {
weight.data @packed_nothing : tensor<0x3x4xf32> {
  // CHECK: weight.pack %{{.*}} : tensor<3x0xf32> -> tensor<0x3x4xf32>
  %0 = weight.file "model.onnx" offset 0 : tensor<3x0xf32>
  %1 = weight.pack %0 : tensor<3x0xf32> -> tensor<0x3x4xf32>
  weight.yield %1 : tensor<0x3x4xf32>
}

// What a dot product of four bytes takes lies together.
// CHECK-LABEL: weight.data @quantized : tensor<2x2x4x4xi8> {
weight.data @quantized : tensor<2x2x4x4xi8> {
  // CHECK: %[[S:.*]] = weight.scales %[[F:.*]] bits 8 : tensor<8x5xf32> -> tensor<1x5xf32>
  // CHECK-NEXT: %[[Q:.*]] = weight.quantize %[[F]], %[[S]] bits 8 : tensor<8x5xf32>, tensor<1x5xf32> -> tensor<8x5xi8>
  // CHECK-NEXT: weight.pack %[[Q]] : tensor<8x5xi8> -> tensor<2x2x4x4xi8>
  %0 = weight.file "model.onnx" offset 64 : tensor<8x5xf32>
  %1 = weight.scales %0 bits 8 : tensor<8x5xf32> -> tensor<1x5xf32>
  %2 = weight.quantize %0, %1 bits 8 : tensor<8x5xf32>, tensor<1x5xf32> -> tensor<8x5xi8>
  %3 = weight.pack %2 : tensor<8x5xi8> -> tensor<2x2x4x4xi8>
  weight.yield %3 : tensor<2x2x4x4xi8>
}

// Five columns fill two panels of four: for each of two groups 2 * 4 words of
// numbers and 2 words of scales.
// CHECK-LABEL: weight.data @nibbles : tensor<2x2x10xi32> {
weight.data @nibbles : tensor<2x2x10xi32> {
  // CHECK: %[[S:.*]] = weight.scales %[[F:.*]] bits 4 : tensor<32x5xf32> -> tensor<2x5xf32>
  // CHECK-NEXT: %[[Q:.*]] = weight.quantize %[[F]], %[[S]] bits 4 : tensor<32x5xf32>, tensor<2x5xf32> -> tensor<32x5xi8>
  // CHECK-NEXT: weight.pack_groups %[[Q]], %[[S]] bits 4 : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x10xi32>
  %0 = weight.file "model.onnx" offset 64 : tensor<32x5xf32>
  %1 = weight.scales %0 bits 4 : tensor<32x5xf32> -> tensor<2x5xf32>
  %2 = weight.quantize %0, %1 bits 4 : tensor<32x5xf32>, tensor<2x5xf32> -> tensor<32x5xi8>
  %3 = weight.pack_groups %2, %1 bits 4 : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x10xi32>
  weight.yield %3 : tensor<2x2x10xi32>
}

// CHECK-LABEL: weight.data @wide : tensor<2x2x12xi32> {
weight.data @wide : tensor<2x2x12xi32> {
  // CHECK: weight.pack_groups %{{.*}}, %{{.*}} bits 4 wide_scales : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x12xi32>
  %0 = weight.file "model.onnx" offset 64 : tensor<32x5xi8>
  %1 = weight.file "model.onnx" offset 224 : tensor<2x5xf32>
  %2 = weight.pack_groups %0, %1 bits 4 wide_scales : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x12xi32>
  weight.yield %2 : tensor<2x2x12xi32>
}

// CHECK-LABEL: weight.data @bytes_in_groups : tensor<2x2x20xi32> {
weight.data @bytes_in_groups : tensor<2x2x20xi32> {
  // CHECK: weight.pack_groups %{{.*}}, %{{.*}} bits 8 wide_scales : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x20xi32>
  %0 = weight.file "model.onnx" offset 64 : tensor<32x5xi8>
  %1 = weight.file "model.onnx" offset 224 : tensor<2x5xf32>
  %2 = weight.pack_groups %0, %1 bits 8 wide_scales : tensor<32x5xi8>, tensor<2x5xf32> -> tensor<2x2x20xi32>
  weight.yield %2 : tensor<2x2x20xi32>
}

// CHECK-LABEL: weight.data @pairs : tensor<2x2x4x4xi8> {
weight.data @pairs : tensor<2x2x4x4xi8> {
  // CHECK:      %[[P:.*]] = weight.pack %{{.*}} : tensor<8x5xi8> -> tensor<2x2x4x4xi8>
  // CHECK-NEXT: %[[O:.*]] = weight.pair_steps %[[P]] : tensor<2x2x4x4xi8> -> tensor<2x3xi16>
  // CHECK-NEXT: weight.order_steps %[[P]], %[[O]] : tensor<2x2x4x4xi8>, tensor<2x3xi16>
  %0 = weight.file "model.onnx" offset 64 : tensor<8x5xi8>
  %1 = weight.pack %0 : tensor<8x5xi8> -> tensor<2x2x4x4xi8>
  %2 = weight.pair_steps %1 : tensor<2x2x4x4xi8> -> tensor<2x3xi16>
  %3 = weight.order_steps %1, %2 : tensor<2x2x4x4xi8>, tensor<2x3xi16>
  weight.yield %3 : tensor<2x2x4x4xi8>
}

// CHECK-LABEL: weight.data @sums : tensor<5xi32> {
weight.data @sums : tensor<5xi32> {
  // CHECK: weight.column_sums %{{.*}} times -128 : tensor<8x5xi8> -> tensor<5xi32>
  %0 = weight.file "model.onnx" offset 64 : tensor<8x5xi8>
  %1 = weight.column_sums %0 times -128 : tensor<8x5xi8> -> tensor<5xi32>
  weight.yield %1 : tensor<5xi32>
}

// CHECK-LABEL: weight.data @"layers.0/query weight" : tensor<4xui8> attributes {note = "kept"} {
weight.data @"layers.0/query weight" : tensor<4xui8> attributes {note = "kept"} {
  %0 = weight.file "model.onnx" offset 1 : tensor<4xui8>
  weight.yield %0 : tensor<4xui8>
}

// CHECK-LABEL: func.func @get(
func.func @get() {
  // CHECK-NEXT: weight.get @plain : tensor<2x3xf32>
  // CHECK-NEXT: weight.get @plain : memref<?xf32>
  // CHECK-NEXT: weight.get @plain : memref<6xf32>
  %0 = weight.get @plain : tensor<2x3xf32>
  %1 = weight.get @plain : memref<?xf32>
  %2 = weight.get @plain : memref<6xf32>
  // Buffers have no signedness.
  // CHECK-NEXT: weight.get @"layers.0/query weight" : memref<?xi8>
  %3 = weight.get @"layers.0/query weight" : memref<?xi8>
  return
}
