// RUN: lmcc-opt %s --lmcc-recognize-grouped-products --lmcc-fold-constants 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: lmcc-opt %s --lmcc-recognize-grouped-products="byte-rows" 2>/dev/null | FileCheck %s --check-prefix=BYTES
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-grouped-products rtol=1e-5 atol=1e-5" -o /dev/null 2>&1

// Blocks of 16 along a depth of 40, in two columns, as MatMulNBits stores them,
// and a scale that was folded in.
module {
weight.data @blocks : tensor<40x2xf32> {
  %0 = graph.constant dense<"0x4420823CFDE6F1C26B30F90EC7DD01E4887534A20F0B0D04C36ED80E71E0FD77B07670EB940BD5335F973DAAD8619B91"> : tensor<2x3x8x1xui8>
  %1 = graph.constant dense<[1, 16]> : tensor<2xui8>
  %2 = graph.div %0, %1 : tensor<2x3x8x1xui8>, tensor<2xui8> -> tensor<2x3x8x2xui8>
  %3 = graph.constant dense<16> : tensor<ui8>
  %4 = graph.mod %2, %3 : tensor<2x3x8x2xui8>, tensor<ui8> -> tensor<2x3x8x2xui8>
  %5 = graph.reshape %4 : tensor<2x3x8x2xui8> -> tensor<2x3x16xui8>
  %6 = graph.cast %5 : tensor<2x3x16xui8> -> tensor<2x3x16xf32>
  %7 = graph.constant dense<8.0> : tensor<f32>
  %8 = graph.sub %6, %7 : tensor<2x3x16xf32>, tensor<f32> -> tensor<2x3x16xf32>
  %9 = graph.constant dense<[[[0.03503], [0.153], [0.1385]], [[0.002114], [0.0356], [-0.1862]]]> : tensor<2x3x1xf32>
  %10 = graph.mul %8, %9 : tensor<2x3x16xf32>, tensor<2x3x1xf32> -> tensor<2x3x16xf32>
  %11 = graph.reshape %10 : tensor<2x3x16xf32> -> tensor<2x48xf32>
  %12 = graph.slice %11 from <0, 0> step [1, 1] : tensor<2x48xf32> -> tensor<2x40xf32>
  %13 = graph.transpose %12 [1, 0] : tensor<2x40xf32> -> tensor<40x2xf32>
  %14 = graph.constant dense<0.5> : tensor<f32>
  %15 = graph.mul %13, %14 : tensor<40x2xf32>, tensor<f32> -> tensor<40x2xf32>
  weight.yield %15 : tensor<40x2xf32>
}

// A zero point for each block.
weight.data @zeros : tensor<48x2xf32> {
  %0 = graph.constant dense<"0x7CCED458BBBF2CE03753C9BDFA0FF0169DC9575674066676CFB0B4EB8902C44269DA1CF6BA66D3F8B6D4B100A9EA0E75"> : tensor<2x3x8x1xui8>
  %1 = graph.constant dense<[1, 16]> : tensor<2xui8>
  %2 = graph.div %0, %1 : tensor<2x3x8x1xui8>, tensor<2xui8> -> tensor<2x3x8x2xui8>
  %3 = graph.constant dense<16> : tensor<ui8>
  %4 = graph.mod %2, %3 : tensor<2x3x8x2xui8>, tensor<ui8> -> tensor<2x3x8x2xui8>
  %5 = graph.reshape %4 : tensor<2x3x8x2xui8> -> tensor<2x3x16xui8>
  %6 = graph.cast %5 : tensor<2x3x16xui8> -> tensor<2x3x16xf32>
  %7 = graph.constant dense<[[[7.0], [8.0], [0.0]], [[15.0], [3.0], [8.0]]]> : tensor<2x3x1xf32>
  %8 = graph.sub %6, %7 : tensor<2x3x16xf32>, tensor<2x3x1xf32> -> tensor<2x3x16xf32>
  %9 = graph.constant dense<[[[0.05415], [0.0203], [-0.1277]], [[-0.1634], [0.02041], [0.1405]]]> : tensor<2x3x1xf32>
  %10 = graph.mul %8, %9 : tensor<2x3x16xf32>, tensor<2x3x1xf32> -> tensor<2x3x16xf32>
  %11 = graph.reshape %10 : tensor<2x3x16xf32> -> tensor<2x48xf32>
  %12 = graph.transpose %11 [1, 0] : tensor<2x48xf32> -> tensor<48x2xf32>
  weight.yield %12 : tensor<48x2xf32>
}

// One that is no integer.
weight.data @float_zeros : tensor<48x2xf32> {
  %0 = graph.constant dense<"0x7CCED458BBBF2CE03753C9BDFA0FF0169DC9575674066676CFB0B4EB8902C44269DA1CF6BA66D3F8B6D4B100A9EA0E75"> : tensor<2x3x8x1xui8>
  %1 = graph.constant dense<[1, 16]> : tensor<2xui8>
  %2 = graph.div %0, %1 : tensor<2x3x8x1xui8>, tensor<2xui8> -> tensor<2x3x8x2xui8>
  %3 = graph.constant dense<16> : tensor<ui8>
  %4 = graph.mod %2, %3 : tensor<2x3x8x2xui8>, tensor<ui8> -> tensor<2x3x8x2xui8>
  %5 = graph.reshape %4 : tensor<2x3x8x2xui8> -> tensor<2x3x16xui8>
  %6 = graph.cast %5 : tensor<2x3x16xui8> -> tensor<2x3x16xf32>
  %7 = graph.constant dense<[[[7.0], [8.0], [0.0]], [[14.5], [3.0], [8.0]]]> : tensor<2x3x1xf32>
  %8 = graph.sub %6, %7 : tensor<2x3x16xf32>, tensor<2x3x1xf32> -> tensor<2x3x16xf32>
  %9 = graph.constant dense<[[[0.05415], [0.0203], [-0.1277]], [[-0.1634], [0.02041], [0.1405]]]> : tensor<2x3x1xf32>
  %10 = graph.mul %8, %9 : tensor<2x3x16xf32>, tensor<2x3x1xf32> -> tensor<2x3x16xf32>
  %11 = graph.reshape %10 : tensor<2x3x16xf32> -> tensor<2x48xf32>
  %12 = graph.transpose %11 [1, 0] : tensor<2x48xf32> -> tensor<48x2xf32>
  weight.yield %12 : tensor<48x2xf32>
}

// QDQ of signed numbers in blocks along the depth, as DequantizeLinear has them.
weight.data @dequantized : tensor<32x3xf32> {
  %0 = graph.constant dense<[[0, -7, -6], [-6, -8, 6], [-8, 0, -1], [0, -5, -3], [3, 1, -6], [-3, -3, 0], [-3, 0, 1], [6, 2, 7], [7, -5, -8], [1, 4, 2], [5, -2, 0], [-5, 0, -2], [5, -8, -1], [-8, 4, -4], [-7, -3, 6], [5, -1, 6], [-1, -8, 4], [2, 5, -7], [1, -4, -2], [-7, 1, -6], [-6, 1, 1], [-3, 5, 0], [-4, -8, -7], [-2, 6, -3], [-7, 4, -2], [3, -5, -2], [5, -2, 7], [-5, 4, 1], [7, -8, 2], [4, 1, -8], [-3, -2, 2], [-4, 2, 5]]> : tensor<32x3xi8>
  %1 = graph.cast %0 : tensor<32x3xi8> -> tensor<32x3xf32>
  %2 = graph.constant dense<[[[-0.1148, 0.06978, 0.1351]], [[0.1729, -0.06246, 0.153]]]> : tensor<2x1x3xf32>
  %3 = graph.broadcast %2 : tensor<2x1x3xf32> -> tensor<2x16x3xf32>
  %4 = graph.reshape %3 : tensor<2x16x3xf32> -> tensor<32x3xf32>
  %5 = graph.mul %1, %4 : tensor<32x3xf32>, tensor<32x3xf32> -> tensor<32x3xf32>
  weight.yield %5 : tensor<32x3xf32>
}

// Of 8 bits and no blocks, in blocks of 8, and of 2.
weight.data @bytes : tensor<16x1xf32> {
  %0 = graph.constant dense<"0xF87821142B4456556D89AA82BCADAE3A"> : tensor<16x1xi8>
  %1 = graph.cast %0 : tensor<16x1xi8> -> tensor<16x1xf32>
  weight.yield %1 : tensor<16x1xf32>
}
weight.data @blocks_of_8 : tensor<16x1xf32> {
  %0 = graph.constant dense<[[1], [2], [3], [4], [5], [6], [7], [-8], [1], [2], [3], [4], [5], [6], [7], [-8]]> : tensor<16x1xi8>
  %1 = graph.cast %0 : tensor<16x1xi8> -> tensor<16x1xf32>
  %2 = graph.constant dense<[[1.0], [1.0], [1.0], [1.0], [1.0], [1.0], [1.0], [1.0], [2.0], [2.0], [2.0], [2.0], [2.0], [2.0], [2.0], [2.0]]> : tensor<16x1xf32>
  %3 = graph.mul %1, %2 : tensor<16x1xf32>, tensor<16x1xf32> -> tensor<16x1xf32>
  weight.yield %3 : tensor<16x1xf32>
}
weight.data @blocks_of_2 : tensor<4x1xf32> {
  %0 = graph.constant dense<[[1], [2], [3], [4]]> : tensor<4x1xi8>
  %1 = graph.cast %0 : tensor<4x1xi8> -> tensor<4x1xf32>
  %2 = graph.constant dense<[[1.0], [1.0], [2.0], [2.0]]> : tensor<4x1xf32>
  %3 = graph.mul %1, %2 : tensor<4x1xf32>, tensor<4x1xf32> -> tensor<4x1xf32>
  weight.yield %3 : tensor<4x1xf32>
}
weight.data @words : tensor<16x1xf32> {
  %0 = graph.constant dense<1000> : tensor<16x1xi16>
  %1 = graph.cast %0 : tensor<16x1xi16> -> tensor<16x1xf32>
  weight.yield %1 : tensor<16x1xf32>
}
weight.data @floats : tensor<16x1xf32> {
  %0 = graph.constant dense<0.25> : tensor<16x1xf32>
  weight.yield %0 : tensor<16x1xf32>
}

// REMARK: remark: quantised: as in the model, weights of 40 x 2 in 4 bits, a scale for each 16 of a column; rows as they are
// REMARK: remark: quantised: as in the model, weights of 48 x 2 in 4 bits, a scale and a zero point of 8 bits for each 16 of a column; rows as they are
// REMARK: remark: quantised: as in the model, weights of 48 x 2 in 4 bits, a scale and a zero point of 32 bits for each 16 of a column; rows as they are
// REMARK: remark: quantised: as in the model, weights of 32 x 3 in 4 bits
// REMARK: remark: quantised: as in the model, weights of 16 x 1 in 8 bits, a scale for each column; rows as they are
// REMARK: remark: quantised: as in the model, weights of 16 x 1 in 4 bits, a scale for each 8 of a column, which take the place of 16; rows as they are
// REMARK: remark: quantised: not, the scales of its weights change after 2 steps; blocks of less than 8 are stored as float32
// REMARK: remark: quantised: not, its weights take more than 8 bits
// REMARK: remark: quantised: as in the model, weights of 16 x 1 in 8 bits, a scale and a zero point of 8 bits for each column; rows as they are
// REMARK-NOT: remark

// The depth is completed with zeros, on both sides.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<?x40xf32
// CHECK:         %[[P:.*]] = graph.pad constant %[[X]], %{{.*}} {{.*}} -> tensor<?x48xf32
// CHECK-DAG:     %[[W:.*]] = weight.get @blocks.nibbles : tensor<48x2xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @blocks.group_scales : tensor<3x2xf32>
// CHECK:         graph.matmul %[[P]], %[[W]] scales(%[[S]] : tensor<3x2xf32>)
// BYTES-LABEL: func.func @main(
// BYTES:         %[[P:.*]] = graph.pad
// BYTES:         %[[RS:.*]] = graph.row_scales %[[P]]
// BYTES:         %[[Q:.*]] = graph.quantize_rows %[[P]], %[[RS]]
// BYTES:         %[[R:.*]] = graph.matmul %[[Q]], %{{.*}} scales(
// BYTES:         graph.mul %[[R]], %[[RS]]
func.func @main(%x: tensor<?x40xf32, #graph.dims<n, 40>>) -> tensor<?x2xf32, #graph.dims<n, 2>> attributes {graph.symbols = [#graph.symbol<"n", 1, 3>]} {
  %w = weight.get @blocks : tensor<40x2xf32>
  %0 = graph.matmul %x, %w : tensor<?x40xf32, #graph.dims<n, 40>>, tensor<40x2xf32> -> tensor<?x2xf32, #graph.dims<n, 2>>
  return %0 : tensor<?x2xf32, #graph.dims<n, 2>>
}

// Zero points that are integers stay.
// CHECK-LABEL: func.func @zero_points(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x48xf32>
// CHECK-DAG:     %[[W:.*]] = weight.get @zeros.nibbles : tensor<48x2xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @zeros.group_scales : tensor<3x2xf32>
// CHECK-DAG:     %[[Z:.*]] = weight.get @zeros.group_zeros : tensor<3x2xi8>
// CHECK:         %[[N:.*]] = graph.matmul %[[X]], %[[W]] scales(%[[S]] : tensor<3x2xf32>) zeros(%[[Z]] : tensor<3x2xi8>) :
// CHECK-NEXT:    return %[[N]]
func.func @zero_points(%x: tensor<2x48xf32>) -> tensor<2x2xf32> {
  %w = weight.get @zeros : tensor<48x2xf32>
  %0 = graph.matmul %x, %w : tensor<2x48xf32>, tensor<48x2xf32> -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// What others differ from 8 is multiplied by the sums of the groups.
// CHECK-LABEL: func.func @float_zero_points(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x48xf32>
// CHECK:         %[[G:.*]] = graph.reshape %[[X]] : tensor<2x48xf32> -> tensor<2x3x16xf32>
// CHECK:         %[[T:.*]] = graph.reduce sum %[[G]] axes [2]
// CHECK:         %[[SUMS:.*]] = graph.reshape %[[T]] : tensor<2x3x1xf32> -> tensor<2x3xf32>
// CHECK:         %[[OFFSETS:.*]] = weight.get @float_zeros.group_offsets : tensor<3x2xf32>
// CHECK:         %[[N:.*]] = graph.matmul %[[X]], %{{.*}} scales(
// CHECK:         %[[O:.*]] = graph.matmul %[[SUMS]], %[[OFFSETS]]
// CHECK:         graph.add %[[N]], %[[O]]
// Of bytes they are exact.
// BYTES-LABEL: func.func @float_zero_points(
// BYTES:         %[[Q:.*]] = graph.quantize_rows
// BYTES:         %[[WIDE:.*]] = graph.cast %[[Q]] : tensor<2x48xi8> -> tensor<2x48xi32>
// BYTES:         graph.reduce sum %{{.*}} axes [2] : tensor<2x3x16xi32>
func.func @float_zero_points(%x: tensor<2x48xf32>) -> tensor<2x2xf32> {
  %w = weight.get @float_zeros : tensor<48x2xf32>
  %0 = graph.matmul %x, %w : tensor<2x48xf32>, tensor<48x2xf32> -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// CHECK-LABEL: func.func @blocked_dequantize(
// CHECK:         graph.matmul %{{.*}}, %{{.*}} scales(%{{.*}} : tensor<2x3xf32>) : tensor<2x32xf32>, tensor<32x3xi8>
func.func @blocked_dequantize(%x: tensor<2x32xf32>) -> tensor<2x3xf32> {
  %w = weight.get @dequantized : tensor<32x3xf32>
  %0 = graph.matmul %x, %w : tensor<2x32xf32>, tensor<32x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// One scale for each column: the product is that of a matrix of bytes.
// CHECK-LABEL: func.func @columns_of_bytes(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x16xf32>
// CHECK-DAG:     %[[W:.*]] = weight.get @bytes.columns : tensor<16x1xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @bytes.column_scales : tensor<1xf32>
// CHECK:         %[[P:.*]] = graph.matmul %[[X]], %[[W]] : tensor<2x16xf32>, tensor<16x1xi8>
// CHECK-NEXT:    graph.mul %[[P]], %[[S]]
// With rows of bytes it is a group, whose sums are integers.
// BYTES-LABEL: func.func @columns_of_bytes(
// BYTES:         graph.matmul %{{.*}}, %{{.*}} scales(%{{.*}} : tensor<1x1xf32>) bytes : tensor<2x16xi8>, tensor<16x1xi8>
func.func @columns_of_bytes(%x: tensor<2x16xf32>) -> tensor<2x1xf32> {
  %w = weight.get @bytes : tensor<16x1xf32>
  %0 = graph.matmul %x, %w : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}

// Eight zeros behind each block, in the rows as well.
// CHECK-LABEL: func.func @small_blocks(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x16xf32>
// CHECK:         %[[B:.*]] = graph.reshape %[[X]] : tensor<2x16xf32> -> tensor<2x2x8xf32>
// CHECK:         %[[P:.*]] = graph.pad constant %[[B]], {{.*}} -> tensor<2x2x16xf32>
// CHECK:         %[[R:.*]] = graph.reshape %[[P]] : tensor<2x2x16xf32> -> tensor<2x32xf32>
// CHECK:         graph.matmul %[[R]], %{{.*}} scales(%{{.*}} : tensor<2x1xf32>) : tensor<2x32xf32>, tensor<32x1xi8>
func.func @small_blocks(%x: tensor<2x16xf32>) -> tensor<2x1xf32> {
  %w = weight.get @blocks_of_8 : tensor<16x1xf32>
  %0 = graph.matmul %x, %w : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}

// CHECK-LABEL: func.func @others(
// CHECK-NOT:     scales(
// CHECK:         return
func.func @others(%x: tensor<2x16xf32>, %y: tensor<2x4xf32>) -> (tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>) {
  %a = weight.get @blocks_of_2 : tensor<4x1xf32>
  %0 = graph.matmul %y, %a : tensor<2x4xf32>, tensor<4x1xf32> -> tensor<2x1xf32>
  %b = weight.get @words : tensor<16x1xf32>
  %1 = graph.matmul %x, %b : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  %c = weight.get @floats : tensor<16x1xf32>
  %2 = graph.matmul %x, %c : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  return %0, %1, %2 : tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>
}

// Differences of bytes wrap around: 5 - 8 is 253, and no 5 less a zero point.
weight.data @wrapped : tensor<16x1xf32> {
  %0 = graph.constant dense<[[5], [6], [7], [8], [9], [10], [11], [12], [13], [14], [15], [16], [17], [18], [19], [20]]> : tensor<16x1xui8>
  %1 = graph.constant dense<8> : tensor<ui8>
  %2 = graph.sub %0, %1 : tensor<16x1xui8>, tensor<ui8> -> tensor<16x1xui8>
  %3 = graph.cast %2 : tensor<16x1xui8> -> tensor<16x1xf32>
  %4 = graph.constant dense<0.5> : tensor<f32>
  %5 = graph.mul %3, %4 : tensor<16x1xf32>, tensor<f32> -> tensor<16x1xf32>
  weight.yield %5 : tensor<16x1xf32>
}
// CHECK-LABEL: func.func @keep_wrapped_differences(
// CHECK:         graph.matmul %{{.*}} scales(%{{.*}}) zeros(%{{.*}}) bytes
func.func @keep_wrapped_differences(%x: tensor<2x16xf32>) -> tensor<2x1xf32> {
  %w = weight.get @wrapped : tensor<16x1xf32>
  %0 = graph.matmul %x, %w : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}
}
