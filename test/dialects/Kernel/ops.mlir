// RUN: lmcc-opt %s --verify-roundtrip --mlir-print-local-scope | FileCheck %s

//===----------------------------------------------------------------------===//
// panel_product
//===----------------------------------------------------------------------===//

// Nine columns fill three panels of four.
// CHECK-LABEL: func.func @panel_product(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x5xf32>, %[[W:[^:]*]]: memref<3x5x4xf32>, %[[Y:[^:]*]]: memref<2x9xf32>)
func.func @panel_product(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]] maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  // CHECK-NEXT: ^bb0(%[[S:.*]]: f32):
  // CHECK-NEXT:   kernel.yield %[[S]] : f32
  // CHECK-NEXT: }
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// CHECK-LABEL: func.func @panel_product_of_weights(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x5xf32>, %[[W:[^:]*]]: memref<3x5x4xf32>, %[[Y:[^:]*]]: memref<2x9xf32>, %[[N:[^:]*]]: memref<5x4xf32>)
func.func @panel_product_of_weights(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %next: memref<5x4xf32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]] maps [] streams ahead(%[[N]] : memref<5x4xf32>) : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  kernel.panel_product %x, %w into %y maps [] streams ahead(%next : memref<5x4xf32>) : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Extras by row, column, both and neither; of any element type.
// CHECK-LABEL: func.func @panel_product_with_extras(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?x5xf32>, %[[W:[^:]*]]: memref<?x5x4xf32>, %[[Y:[^:]*]]: memref<?x?xf32>,
// CHECK-SAME:      %[[C:[^:]*]]: memref<?xf32>, %[[R:[^:]*]]: memref<?xi32>, %[[F:[^:]*]]: memref<?x?xi1>, %[[O:[^:]*]]: memref<f32>)
func.func @panel_product_with_extras(
    %x: memref<?x5xf32>, %w: memref<?x5x4xf32>, %y: memref<?x?xf32>,
    %column: memref<?xf32>, %row: memref<?xi32>, %full: memref<?x?xi1>, %one: memref<f32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]] extras(%[[C]], %[[R]], %[[F]], %[[O]])
  // CHECK-SAME:     maps [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>]
  // CHECK-SAME:     : memref<?x5xf32>, memref<?x5x4xf32>, memref<?x?xf32>, memref<?xf32>, memref<?xi32>, memref<?x?xi1>, memref<f32> {
  // CHECK-NEXT: ^bb0(%[[S:.*]]: f32, %[[A:.*]]: f32, %{{.*}}: i32, %{{.*}}: i1, %[[B:.*]]: f32):
  // CHECK-NEXT:   %[[P:.*]] = arith.addf %[[A]], %[[B]] : f32
  // CHECK-NEXT:   %[[Q:.*]] = arith.addf %[[S]], %[[P]] : f32
  // CHECK-NEXT:   kernel.yield %[[Q]] : f32
  kernel.panel_product %x, %w into %y extras(%column, %row, %full, %one)
      maps [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>]
      : memref<?x5xf32>, memref<?x5x4xf32>, memref<?x?xf32>, memref<?xf32>, memref<?xi32>, memref<?x?xi1>, memref<f32> {
  ^bb0(%sum: f32, %a: f32, %r: i32, %f: i1, %b: f32):
    %0 = arith.addf %a, %b : f32
    %1 = arith.addf %sum, %0 : f32
    kernel.yield %1 : f32
  }
  return
}

// The left side may be strided in both axes, the others along rows.
// CHECK-LABEL: func.func @panel_product_on_views(
func.func @panel_product_on_views(%x: memref<2x5xf32, strided<[1, 2], offset: ?>>,
                                  %w: memref<1x5x4xf32, strided<[?, ?, 1], offset: ?>>,
                                  %y: memref<2x4xf32, strided<[?, 1], offset: ?>>, %factor: f32) {
  // CHECK: kernel.panel_product
  // CHECK-SAME: : memref<2x5xf32, strided<[1, 2], offset: ?>>, memref<1x5x4xf32, strided<[?, ?, 1], offset: ?>>, memref<2x4xf32, strided<[?, 1], offset: ?>> {
  kernel.panel_product %x, %w into %y maps []
      : memref<2x5xf32, strided<[1, 2], offset: ?>>, memref<1x5x4xf32, strided<[?, ?, 1], offset: ?>>,
        memref<2x4xf32, strided<[?, 1], offset: ?>> {
  ^bb0(%sum: f32):
    // The region may use scalars from outside.
    // CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
    %0 = arith.mulf %sum, %factor : f32
    kernel.yield %0 : f32
  }
  return
}

// Sums go on from what the output holds.
// CHECK-LABEL: func.func @panel_product_continues(
func.func @panel_product_continues(%x: memref<2x5xf32>, %w: memref<1x5x4xf32>, %y: memref<2x4xf32>) {
  // CHECK-NEXT: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] continues : memref<2x5xf32>, memref<1x5x4xf32>, memref<2x4xf32> {
  kernel.panel_product %x, %w into %y maps [] continues : memref<2x5xf32>, memref<1x5x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Floats times narrower panels, and times groups of 4-bit numbers: two groups of
// 16 steps and four columns, with a word of scales for two columns or for each.
// CHECK-LABEL: func.func @panel_product_of_floats(
func.func @panel_product_of_floats(%x: memref<2x32xf32>, %b: memref<1x32x4xi8>, %h: memref<1x32x4xf16>,
                                   %g: memref<1x2x10xi32>, %v: memref<1x2x12xi32>, %y: memref<2x4xf32>) {
  // CHECK-NEXT: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] : memref<2x32xf32>, memref<1x32x4xi8>, memref<2x4xf32> {
  kernel.panel_product %x, %b into %y maps [] : memref<2x32xf32>, memref<1x32x4xi8>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  // CHECK: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] : memref<2x32xf32>, memref<1x32x4xf16>, memref<2x4xf32> {
  kernel.panel_product %x, %h into %y maps [] : memref<2x32xf32>, memref<1x32x4xf16>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  // CHECK: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] group 16 : memref<2x32xf32>, memref<1x2x10xi32>, memref<2x4xf32> {
  kernel.panel_product %x, %g into %y maps [] group 16 : memref<2x32xf32>, memref<1x2x10xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  // CHECK: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] group 16 wide_scales : memref<2x32xf32>, memref<1x2x12xi32>, memref<2x4xf32> {
  kernel.panel_product %x, %v into %y maps [] group 16 wide_scales : memref<2x32xf32>, memref<1x2x12xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Groups of bytes: of floats, with zero points, and of words, which need no
// starts where the machine multiplies signed bytes.
// CHECK-LABEL: func.func @panel_product_of_groups_of_bytes(
func.func @panel_product_of_groups_of_bytes(%x: memref<2x32xf32>, %i: memref<2x8xi32>, %w: memref<1x2x20xi32>,
                                            %s: memref<2x2xf32>, %z: memref<1x2x4xi8>, %y: memref<2x4xf32>) {
  // CHECK-NEXT: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] group 16 bytes wide_scales starts(%{{.*}} : memref<2x2xf32>) zeros(%{{.*}} : memref<1x2x4xi8>) : memref<2x32xf32>, memref<1x2x20xi32>, memref<2x4xf32> {
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<2x2xf32>) zeros(%z : memref<1x2x4xi8>) : memref<2x32xf32>, memref<1x2x20xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  // CHECK: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] group 16 bytes wide_scales : memref<2x8xi32>, memref<1x2x20xi32>, memref<2x4xf32> {
  kernel.panel_product %i, %w into %y maps [] group 16 bytes wide_scales : memref<2x8xi32>, memref<1x2x20xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

//===----------------------------------------------------------------------===//
// row_reduce
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @row_reduce(
// CHECK-SAME:      %[[X:[^:]*]]: memref<7xf32>)
func.func @row_reduce(%x: memref<7xf32>) {
  // CHECK-NEXT: kernel.row_reduce sum %[[X]] : memref<7xf32> -> f32 {
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f32):
  // CHECK-NEXT:   kernel.yield %[[E]] : f32
  // CHECK-NEXT: }
  %0 = kernel.row_reduce sum %x : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  // CHECK: kernel.row_reduce product %[[X]]
  %1 = kernel.row_reduce product %x : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  // CHECK: kernel.row_reduce max %[[X]]
  %2 = kernel.row_reduce max %x : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  // CHECK: kernel.row_reduce min %[[X]]
  %3 = kernel.row_reduce min %x : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  // CHECK: kernel.row_reduce max_number %[[X]]
  %4 = kernel.row_reduce max_number %x : memref<7xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return
}

// CHECK-LABEL: func.func @row_reduce_to_integers(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>)
func.func @row_reduce_to_integers(%x: memref<?xi8>) {
  // CHECK-NEXT: kernel.row_reduce sum %[[X]] : memref<?xi8> -> i32 {
  %0 = kernel.row_reduce sum %x : memref<?xi8> -> i32 {
  ^bb0(%e: i8):
    %2 = arith.extsi %e : i8 to i32
    kernel.yield %2 : i32
  }
  // CHECK: kernel.row_reduce max %[[X]] : memref<?xi8> -> i32 {
  %1 = kernel.row_reduce max %x : memref<?xi8> -> i32 {
  ^bb0(%e: i8):
    %2 = arith.extsi %e : i8 to i32
    kernel.yield %2 : i32
  }
  return
}

// CHECK-LABEL: func.func @row_reduce_of_two_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: memref<?xi32, strided<[3], offset: ?>>)
func.func @row_reduce_of_two_rows(%x: memref<?xf32>, %n: memref<?xi32, strided<[3], offset: ?>>) {
  // CHECK-NEXT: kernel.row_reduce sum %[[X]], %[[N]] : memref<?xf32>, memref<?xi32, strided<[3], offset: ?>> -> f32 {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: i32):
  %0 = kernel.row_reduce sum %x, %n : memref<?xf32>, memref<?xi32, strided<[3], offset: ?>> -> f32 {
  ^bb0(%a: f32, %b: i32):
    %1 = arith.sitofp %b : i32 to f32
    %2 = arith.mulf %a, %1 : f32
    kernel.yield %2 : f32
  }
  return
}

//===----------------------------------------------------------------------===//
// The schedule
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @buffers(
func.func @buffers() {
  // CHECK-NEXT: kernel.buffer 4096 : memref<?xf32>
  // CHECK-NEXT: kernel.buffer 4096 of affine_map<()[s0] -> (s0 * 32)> : memref<?xf32>
  // CHECK-NEXT: kernel.buffer 0 : memref<?xi1>
  // CHECK-NEXT: %[[S:.*]] = kernel.slot 128 bytes 16384 : memref<?xf32>
  // CHECK-NEXT: kernel.slot 0 bytes 0 : memref<?xi1>
  // CHECK-NEXT: kernel.release %[[S]] : memref<?xf32>
  %0 = kernel.buffer 4096 : memref<?xf32>
  %bounded = kernel.buffer 4096 of affine_map<()[s0] -> (s0 * 32)> : memref<?xf32>
  %1 = kernel.buffer 0 : memref<?xi1>
  %2 = kernel.slot 128 bytes 16384 : memref<?xf32>
  %3 = kernel.slot 0 bytes 0 : memref<?xi1>
  kernel.release %2 : memref<?xf32>
  return
}

// CHECK-LABEL: func.func @require(
// CHECK-SAME:      %[[C:.*]]: i1)
func.func @require(%c: i1) {
  // CHECK-NEXT: kernel.require %[[C]] else null_argument
  // CHECK-NEXT: kernel.require %[[C]] else size_out_of_bounds
  // CHECK-NEXT: kernel.require %[[C]] else index_out_of_range
  // CHECK-NEXT: kernel.require %[[C]] else wrong_weights
  // CHECK-NEXT: kernel.require %[[C]] else arena_too_small
  // CHECK-NEXT: kernel.require %[[C]] else misaligned
  // CHECK-NEXT: kernel.require %[[C]] else environment
  // CHECK-NEXT: kernel.require %[[C]] else damaged_weights
  kernel.require %c else null_argument
  kernel.require %c else size_out_of_bounds
  kernel.require %c else index_out_of_range
  kernel.require %c else wrong_weights
  kernel.require %c else arena_too_small
  kernel.require %c else misaligned
  kernel.require %c else environment
  kernel.require %c else damaged_weights
  return
}

//===----------------------------------------------------------------------===//
// Products of bytes
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @dot4(
// CHECK-SAME:      %[[S:[^:]*]]: vector<4xi32>, %[[W:[^:]*]]: vector<4xi32>, %[[X:[^:]*]]: vector<4xi32>, %[[T:[^:]*]]: i32)
func.func @dot4(%sum: vector<4xi32>, %columns: vector<4xi32>, %rows: vector<4xi32>, %one: i32) {
  // CHECK-NEXT: kernel.dot4 %[[S]], %[[W]], %[[X]] : vector<4xi32>
  // CHECK-NEXT: kernel.dot4 %[[S]], %[[W]], %[[X]] unsigned_rows : vector<4xi32>
  // CHECK-NEXT: kernel.dot4 %[[S]], %[[W]], %[[X]] small_rows : vector<4xi32>
  // CHECK-NEXT: kernel.dot4 %[[S]], %[[W]], %[[X]] full_range : vector<4xi32>
  // CHECK-NEXT: kernel.dot4 %[[T]], %[[T]], %[[T]] {name = "one lane"} : i32
  %0 = kernel.dot4 %sum, %columns, %rows : vector<4xi32>
  %1 = kernel.dot4 %sum, %columns, %rows unsigned_rows : vector<4xi32>
  %small = kernel.dot4 %sum, %columns, %rows small_rows : vector<4xi32>
  %full = kernel.dot4 %sum, %columns, %rows full_range : vector<4xi32>
  %2 = kernel.dot4 %one, %one, %one {name = "one lane"} : i32
  return
}

// CHECK-LABEL: func.func @dot8(
// CHECK-SAME:      %[[S:[^:]*]]: vector<4xi32>, %[[W:[^:]*]]: vector<4xi32>, %[[X:[^:]*]]: vector<4xi32>, %[[T:[^:]*]]: i32)
func.func @dot8(%sum: vector<4xi32>, %columns: vector<4xi32>, %rows: vector<4xi32>, %one: i32) {
  // CHECK-NEXT: kernel.dot8 %[[S]], %[[W]], %[[X]], %[[X]], %[[W]] : vector<4xi32>
  // CHECK-NEXT: kernel.dot8 %[[S]], %[[W]], %[[X]], %[[X]], %[[W]] small_rows : vector<4xi32>
  // CHECK-NEXT: kernel.dot8 %[[T]], %[[T]], %[[T]], %[[T]], %[[T]] {name = "one lane"} : i32
  %0 = kernel.dot8 %sum, %columns, %rows, %rows, %columns : vector<4xi32>
  %1 = kernel.dot8 %sum, %columns, %rows, %rows, %columns small_rows : vector<4xi32>
  %2 = kernel.dot8 %one, %one, %one, %one, %one {name = "one lane"} : i32
  return
}

// CHECK-LABEL: func.func @dot_lanes(
// CHECK-SAME:      %[[S:[^:]*]]: vector<4xi32>, %[[W:[^:]*]]: vector<4xi32>, %[[X:[^:]*]]: vector<4xi32>)
func.func @dot_lanes(%sum: vector<4xi32>, %columns: vector<4xi32>, %rows: vector<4xi32>) {
  // CHECK-NEXT: kernel.dot_lanes %[[S]], %[[W]], %[[X]] : vector<4xi32>
  %0 = kernel.dot_lanes %sum, %columns, %rows : vector<4xi32>
  return
}

// CHECK-LABEL: func.func @nibbles(
// CHECK-SAME:      %[[W:[^:]*]]: vector<4xi32>, %[[T:[^:]*]]: i32)
func.func @nibbles(%words: vector<4xi32>, %one: i32) {
  // CHECK-NEXT: kernel.nibbles low %[[W]] : vector<4xi32>
  // CHECK-NEXT: kernel.nibbles high %[[W]] : vector<4xi32>
  // CHECK-NEXT: kernel.nibbles high %[[T]] {name = "one lane"} : i32
  %0 = kernel.nibbles low %words : vector<4xi32>
  %1 = kernel.nibbles high %words : vector<4xi32>
  %2 = kernel.nibbles high %one {name = "one lane"} : i32
  return
}

// CHECK-LABEL: func.func @to_byte(
// CHECK-SAME:      %[[X:[^:]*]]: vector<4xf32>, %[[T:[^:]*]]: f32)
func.func @to_byte(%x: vector<4xf32>, %one: f32) {
  // CHECK-NEXT: kernel.to_byte unsigned %[[X]] : vector<4xf32> to vector<4xi32>
  // CHECK-NEXT: kernel.to_byte %[[T]] {name = "one lane"} : f32 to i32
  %0 = kernel.to_byte unsigned %x : vector<4xf32> to vector<4xi32>
  %1 = kernel.to_byte %one {name = "one lane"} : f32 to i32
  return
}

// CHECK-LABEL: func.func @narrow(
func.func @narrow(%a: vector<4xi32>, %b: vector<4xi32>) {
  // CHECK-NEXT: kernel.narrow %[[A:.*]], %[[B:.*]], %[[A]], %[[B]] : vector<4xi32> to vector<16xi8>
  %0 = kernel.narrow %a, %b, %a, %b : vector<4xi32> to vector<16xi8>
  return
}

// Panels of unsigned bytes: sums start at what each holds too much, negated.
// CHECK-LABEL: func.func @panel_product_with_starts(
func.func @panel_product_with_starts(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xf32>, %starts: memref<2x1xi32>) {
  // CHECK-NEXT: kernel.panel_product {{.*}} maps [] starts(%{{.*}} : memref<2x1xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xf32> {
  kernel.panel_product %x, %w into %y maps [] starts(%starts : memref<2x1xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}

// Magnitudes of rows, with the signs beside them.
// CHECK-LABEL: func.func @panel_product_with_signs(
func.func @panel_product_with_signs(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xf32>, %starts: memref<2x1xi32>, %signs: memref<2x5xi32>) {
  // CHECK-NEXT: kernel.panel_product {{.*}} maps [] starts(%{{.*}} : memref<2x1xi32>) signs(%{{.*}} : memref<2x5xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xf32> {
  kernel.panel_product %x, %w into %y maps [] starts(%starts : memref<2x1xi32>) signs(%signs : memref<2x5xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}

// Panels whose steps have an order of their own, with signs of rows and without.
// CHECK-LABEL: func.func @panel_product_in_order(
func.func @panel_product_in_order(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %starts: memref<2x1xi32>, %signs: memref<2x5xi32>, %order: memref<3x6xi16>) {
  // CHECK-NEXT: kernel.panel_product {{.*}} maps [] starts(%{{.*}} : memref<2x1xi32>) signs(%{{.*}} : memref<2x5xi32>) order(%{{.*}} : memref<3x6xi16>) : memref<2x5xi32>
  kernel.panel_product %x, %w into %y maps [] starts(%starts : memref<2x1xi32>) signs(%signs : memref<2x5xi32>) order(%order : memref<3x6xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  // CHECK: kernel.panel_product {{.*}} maps [] order(%{{.*}} : memref<3x6xi16>) : memref<2x5xi32>
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<3x6xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// Nine columns fill three panels of four, with four words of each side by side:
// two steps of the panels are eight of the left side.
// CHECK-LABEL: func.func @panel_product_of_column_words(
func.func @panel_product_of_column_words(%x: memref<2x8xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // CHECK-NEXT: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] streams column_words 4 : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  kernel.panel_product %x, %w into %y maps [] streams column_words 4 : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// Nine columns fill three panels of four: for each group of 32 steps four
// words of numbers per column and half a word of scales. The sum is a float.
// CHECK-LABEL: func.func @panel_product_of_groups(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x16xi32>, %[[W:[^:]*]]: memref<3x2x18xi32>, %[[Y:[^:]*]]: memref<2x9xf32>, %[[S:[^:]*]]: memref<2x2xi32>, %[[E:[^:]*]]: memref<2xf32>)
func.func @panel_product_of_groups(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %starts: memref<2x2xi32>, %scales: memref<2xf32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]] extras(%[[E]]) maps [affine_map<(d0, d1) -> (d0)>] streams group 32 starts(%[[S]] : memref<2x2xi32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32>, memref<2xf32> {
  // CHECK-NEXT: ^bb0(%{{.*}}: f32, %{{.*}}: f32):
  kernel.panel_product %x, %w into %y extras(%scales) maps [affine_map<(i, j) -> (i)>] streams group 32 starts(%starts : memref<2x2xi32>)
      : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32>, memref<2xf32> {
  ^bb0(%sum: f32, %scale: f32):
    %0 = arith.mulf %sum, %scale : f32
    kernel.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @panel_product_of_any_groups(
func.func @panel_product_of_any_groups(%x: memref<?x?xi32>, %w: memref<?x?x34xi32>, %y: memref<?x?xf32>, %starts: memref<?x?xi32>) {
  // CHECK-NEXT: kernel.panel_product {{.*}} maps [] group 64 starts(
  kernel.panel_product %x, %w into %y maps [] group 64 starts(%starts : memref<?x?xi32>) : memref<?x?xi32>, memref<?x?x34xi32>, memref<?x?xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// The last two bytes of the local array belong to no word.
// CHECK-LABEL: func.func @words(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>)
func.func @words(%x: memref<?xi8>) {
  // CHECK-NEXT: kernel.words %[[X]] : memref<?xi8> to memref<?xi32>
  // CHECK-NEXT: %[[L:.*]] = memref.alloca()
  // CHECK-NEXT: kernel.words %[[L]] : memref<18xi8> to memref<?xi32>
  %0 = kernel.words %x : memref<?xi8> to memref<?xi32>
  %local = memref.alloca() {alignment = 4 : i64} : memref<18xi8>
  %1 = kernel.words %local : memref<18xi8> to memref<?xi32>
  return
}

//===----------------------------------------------------------------------===//
// Loops over layers
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @pick(
// CHECK-SAME:      %[[A:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: memref<?xf32>)
func.func @pick(%a: memref<?xf32>, %b: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // CHECK:      scf.for %[[L:.*]] = %{{.*}} to %{{.*}} step %{{.*}} {
  // CHECK-NEXT:   kernel.pick %[[L]] of %[[A]], %[[B]], %[[A]] : memref<?xf32>
  // CHECK-NEXT:   kernel.pick %[[L]] of %[[B]], %[[B]], %[[B]] {name = "b"} : memref<?xf32>
  scf.for %layer = %c0 to %c3 step %c1 {
    %0 = kernel.pick %layer of %a, %b, %a : memref<?xf32>
    %1 = kernel.pick %layer of %b, %b, %b {name = "b"} : memref<?xf32>
  }
  return
}

// What a loop carries and leaves of slots is released like them.
// CHECK-LABEL: func.func @release_of_loops(
func.func @release_of_loops() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = kernel.slot 0 bytes 64 : memref<?xf32>
  // CHECK:        %[[LAST:.*]] = scf.for {{.*}} iter_args(%[[X:.*]] = %{{.*}})
  // CHECK-NEXT:     kernel.release %[[X]] : memref<?xf32>
  %last = scf.for %layer = %c0 to %c3 step %c1 iter_args(%x = %0) -> (memref<?xf32>) {
    kernel.release %x : memref<?xf32>
    %1 = kernel.slot 0 bytes 64 : memref<?xf32>
    scf.yield %1 : memref<?xf32>
  }
  // CHECK:        kernel.release %[[LAST]] : memref<?xf32>
  kernel.release %last : memref<?xf32>
  return
}
