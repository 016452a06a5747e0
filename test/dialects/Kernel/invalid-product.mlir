// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c1_product_of_a_vector(%x: memref<5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{multiplies [rows, depth] by [count, depth, width] into [rows, columns], with a number as width}}
  kernel.panel_product %x, %w into %y maps [] : memref<5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_with_a_plain_matrix(%x: memref<2x5xf32>, %w: memref<5x9xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{multiplies [rows, depth] by [count, depth, width] into [rows, columns], with a number as width}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<5x9xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_into_a_row(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<9xf32>) {
  // expected-error @below {{multiplies [rows, depth] by [count, depth, width] into [rows, columns], with a number as width}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_of_unknown_width(%x: memref<2x5xf32>, %w: memref<3x5x?xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{multiplies [rows, depth] by [count, depth, width] into [rows, columns], with a number as width}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x?xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_depth(%x: memref<2x5xf32>, %w: memref<3x6x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{depth is 5 in lhs and 6 in panels}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x6x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_rows(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<3x9xf32>) {
  // expected-error @below {{lhs has 2 rows, the output 3}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<3x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c2_product_with_a_panel_too_many(%x: memref<2x5xf32>, %w: memref<4x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{9 columns do not fill 4 panels of 4}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<4x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c2_product_without_the_last_panel(%x: memref<2x5xf32>, %w: memref<2x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{9 columns do not fill 2 panels of 4}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<2x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c3_product_of_strided_panels(%x: memref<2x5xf32>, %w: memref<3x5x4xf32, strided<[40, 8, 2]>>, %y: memref<2x9xf32>) {
  // expected-error @below {{'memref<3x5x4xf32, strided<[40, 8, 2]>>' is not contiguous along its last axis}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32, strided<[40, 8, 2]>>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c3_product_into_columns(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32, strided<[1, 2]>>) {
  // expected-error @below {{'memref<2x9xf32, strided<[1, 2]>>' is not contiguous along its last axis}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32, strided<[1, 2]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_without_a_map(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{1 extras with 0 maps}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_map_without_extra(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{0 extras with 1 maps}}
  kernel.panel_product %x, %w into %y maps [affine_map<(i, j) -> (j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_map_of_another_rank(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{map affine_map<(d0, d1) -> (d0, d1)> does not address 'memref<9xf32>'}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j) -> (i, j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_map_of_three_axes(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{map affine_map<(d0, d1, d2) -> (d2)> does not address 'memref<9xf32>'}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j, k) -> (k)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_map_with_a_symbol(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{map affine_map<(d0, d1)[s0] -> (d1)> does not address 'memref<9xf32>'}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j)[s] -> (j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c4_product_map_computes(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{map affine_map<(d0, d1) -> (d0 + d1)> does not address 'memref<9xf32>'}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j) -> (i + j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c5_product_region_without_the_extra(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xf32>) {
  // expected-error @below {{region arguments do not match the operands}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j) -> (j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c5_product_region_of_another_type(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xi32>) {
  // expected-error @below {{region arguments do not match the operands}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j) -> (j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xi32> {
  ^bb0(%sum: f32, %e: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c5_product_yields_nothing(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{region must yield one 'f32'}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield
  }
  return
}

// -----

func.func @c5_product_yields_two(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{region must yield one 'f32'}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum, %sum : f32, f32
  }
  return
}

// -----

func.func @c5_product_yields_another_type(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %e0: memref<9xi32>) {
  // expected-error @below {{region must yield one 'f32'}}
  kernel.panel_product %x, %w into %y extras(%e0) maps [affine_map<(i, j) -> (j)>] : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32>, memref<9xi32> {
  ^bb0(%sum: f32, %e: i32):
    kernel.yield %e : i32
  }
  return
}

// -----

func.func @c6_ahead_of_another_depth(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %next: memref<6x4xf32>) {
  // expected-error @below {{ahead has a contiguous row for each step of the panels, not 'memref<6x4xf32>'}}
  kernel.panel_product %x, %w into %y maps [] streams ahead(%next : memref<6x4xf32>) : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c6_ahead_with_gaps(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %next: memref<5x4xf32, strided<[8, 2]>>) {
  // expected-error @below {{ahead has a contiguous row for each step of the panels}}
  kernel.panel_product %x, %w into %y maps [] streams ahead(%next : memref<5x4xf32, strided<[8, 2]>>) : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c7_product_of_words_and_floats(%x: memref<2x5xi32>, %w: memref<3x5x4xf32>, %y: memref<2x9xi32>) {
  // expected-error @below {{multiplies f32, or words of bytes as i32, not 'i32' and 'f32'}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xi32>, memref<3x5x4xf32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c7_product_continues_in_another_type(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xf32>) {
  // expected-error @below {{sums in 'i32' cannot continue from 'f32'}}
  kernel.panel_product %x, %w into %y maps [] continues : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}

// -----

func.func @c1_product_of_more_groups_than_words(%x: memref<2x24xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{depth is 24 in lhs and 2 in panels}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) : memref<2x24xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_starts_of_other_rows(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<3x2xi32>) {
  // expected-error @below {{starts are [rows, groups] of i32, not 'memref<3x2xi32>'}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<3x2xi32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_starts_of_other_groups(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x3xi32>) {
  // expected-error @below {{starts are [rows, groups] of i32, not 'memref<2x3xi32>'}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x3xi32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c2_product_of_groups_in_too_few_panels(%x: memref<2x16xi32>, %w: memref<2x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{9 columns do not fill 2 panels of 4}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) : memref<2x16xi32>, memref<2x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c7_product_of_groups_continues(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{sums in 'f32' cannot continue from 'f32'}}
  kernel.panel_product %x, %w into %y maps [] continues group 32 starts(%s : memref<2x2xi32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c7_product_of_groups_of_floats(%x: memref<2x64xf32>, %w: memref<3x2x18xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{multiplies f32, or words of bytes as i32, not 'f32' and 'f32'}}
  kernel.panel_product %x, %w into %y maps [] group 32 : memref<2x64xf32>, memref<3x2x18xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_group_without_starts(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{groups of words need starts}}
  kernel.panel_product %x, %w into %y maps [] group 32 : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_starts_of_groups_without_groups(%x: memref<2x16xi32>, %w: memref<3x16x4xi32>, %y: memref<2x9xi32>, %s: memref<2x2xi32>) {
  // expected-error @below {{starts are [rows, 1] of i32, not 'memref<2x2xi32>'}}
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x2xi32>) : memref<2x16xi32>, memref<3x16x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c8_starts_for_sums_of_floats(%x: memref<2x16xf32>, %w: memref<3x16x4xf32>, %y: memref<2x9xf32>, %s: memref<2x1xi32>) {
  // expected-error @below {{has starts for sums that are no integers}}
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xi32>) : memref<2x16xf32>, memref<3x16x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_starts_of_floats_with_groups(%x: memref<2x64xf32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{has starts for sums that are no integers}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) : memref<2x64xf32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_product_of_floats_read_as_words(%x: memref<2x16xf32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>) {
  // expected-error @below {{depth is 16 in lhs and 2 in panels}}
  kernel.panel_product %x, %w into %y maps [] group 32 : memref<2x16xf32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_groups_of_forty(%x: memref<2x20xi32>, %w: memref<3x2x22xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{has groups of 40 steps, no multiple of 16}}
  kernel.panel_product %x, %w into %y maps [] group 40 starts(%s : memref<2x2xi32>) : memref<2x20xi32>, memref<3x2x22xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_panels_of_five_columns(%x: memref<2x16xi32>, %w: memref<2x2x23xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>) {
  // expected-error @below {{has panels of 5 columns, an odd number}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) : memref<2x16xi32>, memref<2x2x23xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_starts_of_floats(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xf32>) {
  // expected-error @below {{starts are [rows, groups] of i32, not 'memref<2x2xf32>'}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xf32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
