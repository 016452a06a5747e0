// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

// Signs, zeros, words of columns and orders: C9 to C12.

func.func @c9_signs_of_other_rows(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %s: memref<2x1xi32>, %signs: memref<3x5xi32>) {
  // expected-error @below {{signs are i32 of the shape of lhs, not 'memref<3x5xi32>'}}
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xi32>) signs(%signs : memref<3x5xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c9_signs_without_starts(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %signs: memref<2x5xi32>) {
  // expected-error @below {{has signs, which go with starts and no groups}}
  kernel.panel_product %x, %w into %y maps [] signs(%signs : memref<2x5xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c9_signs_of_groups(%x: memref<2x16xi32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %s: memref<2x2xi32>, %signs: memref<2x16xi32>) {
  // expected-error @below {{has signs, which go with starts and no groups}}
  kernel.panel_product %x, %w into %y maps [] group 32 starts(%s : memref<2x2xi32>) signs(%signs : memref<2x16xi32>) : memref<2x16xi32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c1_depth_of_column_words(%x: memref<2x9xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // expected-error @below {{depth is 9 in lhs and 2 in panels}}
  kernel.panel_product %x, %w into %y maps [] column_words 4 : memref<2x9xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_part_of_a_column(%x: memref<2x6xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // expected-error @below {{has panels of 16 words, of columns with 3 each}}
  kernel.panel_product %x, %w into %y maps [] column_words 3 : memref<2x6xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_no_words(%x: memref<2x6xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // expected-error @below {{has panels of 16 words, of columns with 0 each}}
  kernel.panel_product %x, %w into %y maps [] column_words 0 : memref<2x6xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_starts_of_column_words(%x: memref<2x8xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>, %s: memref<2x1xi32>) {
  // expected-error @below {{has words of columns, which are those of weights, without groups, and start at 0}}
  kernel.panel_product %x, %w into %y maps [] column_words 4 starts(%s : memref<2x1xi32>) : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_any_column_words(%x: memref<2x8xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // expected-error @below {{has words of columns, which are those of weights, without groups, and start at 0}}
  kernel.panel_product %x, %w into %y maps [] full_range column_words 4 : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_column_words_continue(%x: memref<2x8xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>) {
  // expected-error @below {{has words of columns, which are those of weights, without groups, and start at 0}}
  kernel.panel_product %x, %w into %y maps [] continues column_words 4 : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c11_column_words_of_floats(%x: memref<2x8xf32>, %w: memref<3x2x16xf32>, %y: memref<2x9xf32>) {
  // expected-error @below {{has words of columns, which are those of weights, without groups, and start at 0}}
  kernel.panel_product %x, %w into %y maps [] column_words 4 : memref<2x8xf32>, memref<3x2x16xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c11_column_words_of_groups(%x: memref<2x16xf32>, %w: memref<3x2x12xi32>, %y: memref<2x9xf32>) {
  // expected-error @below {{has words of columns, which are those of weights, without groups, and start at 0}}
  kernel.panel_product %x, %w into %y maps [] column_words 4 group 32 : memref<2x16xf32>, memref<3x2x12xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c12_order_of_few_steps(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<3x5xi16>) {
  // expected-error @below {{orders are [count, 1 + depth] of i16, not 'memref<3x5xi16>'}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<3x5xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_of_other_panels(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<2x6xi16>) {
  // expected-error @below {{orders are [count, 1 + depth] of i16, not 'memref<2x6xi16>'}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<2x6xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_in_words(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<3x6xi32>) {
  // expected-error @below {{orders are [count, 1 + depth] of i16, not 'memref<3x6xi32>'}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<3x6xi32>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_in_a_row(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<18xi16>) {
  // expected-error @below {{orders are [count, 1 + depth] of i16, not 'memref<18xi16>'}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<18xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_far_apart(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<3x6xi16, strided<[12, 2]>>) {
  // expected-error @below {{orders are [count, 1 + depth] of i16, not 'memref<3x6xi16, strided<[12, 2]>>'}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<3x6xi16, strided<[12, 2]>>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_of_any_bytes(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %o: memref<3x6xi16>) {
  // expected-error @below {{has an order, which is that of words of weights, without groups, and without starts or with signs}}
  kernel.panel_product %x, %w into %y maps [] full_range order(%o : memref<3x6xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_of_unsigned_panels(%x: memref<2x5xi32>, %w: memref<3x5x4xi32>, %y: memref<2x9xi32>, %s: memref<2x1xi32>, %o: memref<3x6xi16>) {
  // expected-error @below {{has an order, which is that of words of weights, without groups, and without starts or with signs}}
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xi32>) order(%o : memref<3x6xi16>) : memref<2x5xi32>, memref<3x5x4xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_of_floats(%x: memref<2x5xf32>, %w: memref<3x5x4xf32>, %y: memref<2x9xf32>, %o: memref<3x6xi16>) {
  // expected-error @below {{has an order, which is that of words of weights, without groups, and without starts or with signs}}
  kernel.panel_product %x, %w into %y maps [] order(%o : memref<3x6xi16>) : memref<2x5xf32>, memref<3x5x4xf32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c12_order_of_column_words(%x: memref<2x8xi32>, %w: memref<3x2x16xi32>, %y: memref<2x9xi32>, %o: memref<3x3xi16>) {
  // expected-error @below {{has an order, which is that of words of weights, without groups, and without starts or with signs}}
  kernel.panel_product %x, %w into %y maps [] column_words 4 order(%o : memref<3x3xi16>) : memref<2x8xi32>, memref<3x2x16xi32>, memref<2x9xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// -----

func.func @c12_order_of_groups(%x: memref<2x64xf32>, %w: memref<3x2x18xi32>, %y: memref<2x9xf32>, %o: memref<3x3xi16>) {
  // expected-error @below {{has an order, which is that of words of weights, without groups, and without starts or with signs}}
  kernel.panel_product %x, %w into %y maps [] group 32 order(%o : memref<3x3xi16>) : memref<2x64xf32>, memref<3x2x18xi32>, memref<2x9xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
