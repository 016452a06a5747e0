// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// Equal sizes are one attribute, so each function below says how one spelling
// is printed.

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @axes_stay_in_their_order(
// CHECK-SAME:      tensor<?x?x128xf32, #graph.dims<sequence, batch, 128>>
func.func private @axes_stay_in_their_order(tensor<?x?x128xf32, #graph.dims<sequence, batch, 128>>)

// CHECK-LABEL: @terms_of_a_sum_are_sorted_by_name(
// CHECK-SAME:      #graph.dims<past + sequence>
func.func private @terms_of_a_sum_are_sorted_by_name(tensor<?xf32, #graph.dims<sequence + past>>)

// CHECK-LABEL: @factors_of_a_product_are_sorted_by_name(
// CHECK-SAME:      #graph.dims<batch * sequence>
func.func private @factors_of_a_product_are_sorted_by_name(tensor<?xf32, #graph.dims<sequence * batch>>)

// CHECK-LABEL: @products_come_before_symbols_and_those_before_numbers(
// CHECK-SAME:      #graph.dims<m * n + k + 7>
func.func private @products_come_before_symbols_and_those_before_numbers(tensor<?xf32, #graph.dims<7 + k + n * m>>)

// CHECK-LABEL: @the_coefficient_comes_last(
// CHECK-SAME:      #graph.dims<batch * 6>
func.func private @the_coefficient_comes_last(tensor<?xf32, #graph.dims<3 * batch * 2>>)

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @numbers_are_computed(
// CHECK-SAME:      tensor<10xf32, #graph.dims<10>>
func.func private @numbers_are_computed(tensor<10xf32, #graph.dims<2 * (3 + 9) + -14>>)

// CHECK-LABEL: @divisions_of_numbers_are_computed(
// CHECK-SAME:      #graph.dims<2, 3, 1>
func.func private @divisions_of_numbers_are_computed(
    tensor<2x3x1xf32, #graph.dims<7 floordiv 3, 7 ceildiv 3, 7 mod 3>>)

// CHECK-LABEL: @like_terms_are_added(
// CHECK-SAME:      #graph.dims<n * 3>
func.func private @like_terms_are_added(tensor<?xf32, #graph.dims<n + n * 2>>)

// CHECK-LABEL: @products_are_multiplied_out(
// CHECK-SAME:      #graph.dims<m * m + (m * n) * 2 + n * n>
func.func private @products_are_multiplied_out(tensor<?xf32, #graph.dims<(n + m) * (n + m)>>)

// CHECK-LABEL: @terms_that_cancel_take_their_symbol_along(
// CHECK-SAME:      tensor<?x4xf32, #graph.dims<m, 4>>
func.func private @terms_that_cancel_take_their_symbol_along(tensor<?x4xf32, #graph.dims<n + m + n * -1, 4>>)

// CHECK-LABEL: @a_difference_is_a_sum_with_a_negative_term(
// CHECK-SAME:      #graph.dims<n * -1 + 5>
func.func private @a_difference_is_a_sum_with_a_negative_term(tensor<?xf32, #graph.dims<5 + -1 * n>>)

// CHECK-LABEL: @divisions_without_rest_vanish(
// CHECK-SAME:      #graph.dims<n>
func.func private @divisions_without_rest_vanish(tensor<?xf32, #graph.dims<(n * 4) floordiv 4>>)

// CHECK-LABEL: @other_divisions_stay(
// CHECK-SAME:      #graph.dims<(n + 3) floordiv 4, n ceildiv 4, n mod 4>
func.func private @other_divisions_stay(
    tensor<?x?x?xf32, #graph.dims<(3 + n) floordiv 4, n ceildiv 4, n mod 4>>)

// CHECK-LABEL: @divisions_come_last_in_a_sum(
// CHECK-SAME:      #graph.dims<m * 3 + ((n + 1) floordiv 2) * 3>
func.func private @divisions_come_last_in_a_sum(tensor<?xf32, #graph.dims<((1 + n) floordiv 2 + m) * 3>>)

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

// A file may name a size by an expression; that is one symbol and no sum.
// CHECK-LABEL: @names_with_spaces_and_signs_are_quoted(
// CHECK-SAME:      #graph.dims<"past_sequence_length + 1", past_sequence_length + 1>
func.func private @names_with_spaces_and_signs_are_quoted(
    tensor<?x?xf32, #graph.dims<"past_sequence_length + 1", past_sequence_length + 1>>)

// CHECK-LABEL: @quotes_that_are_not_needed_go(
// CHECK-SAME:      #graph.dims<_batch, sequence2>
func.func private @quotes_that_are_not_needed_go(tensor<?x?xf32, #graph.dims<"_batch", "sequence2">>)

// CHECK-LABEL: @operators_as_names_are_quoted(
// CHECK-SAME:      #graph.dims<"ceildiv", "floordiv", "mod">
func.func private @operators_as_names_are_quoted(
    tensor<?x?x?xf32, #graph.dims<"ceildiv", "floordiv", "mod">>)

// CHECK-LABEL: @odd_names(
// CHECK-SAME:      #graph.dims<"", "8x", "a\22b", "tab\09">
func.func private @odd_names(tensor<?x?x?x?xf32, #graph.dims<"", "8x", "a\22b", "tab\09">>)

// CHECK-LABEL: @quoted_names_are_sorted_like_others(
// CHECK-SAME:      #graph.dims<"a - b" + b + "c d">
func.func private @quoted_names_are_sorted_like_others(tensor<?xf32, #graph.dims<"c d" + b + "a - b">>)

//===----------------------------------------------------------------------===//
// What else holds sizes
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @no_axes(
// CHECK-SAME:      tensor<f32, #graph.dims<>>
func.func private @no_axes(tensor<f32, #graph.dims<>>)

// Bounds are part of the function, both included.
// CHECK-LABEL: @bounds(
// CHECK-SAME:      graph.symbols = [#graph.symbol<"batch size", 1, 64>, #graph.symbol<"n", 0, 0>]
func.func private @bounds(tensor<?x?xf32, #graph.dims<"batch size", n>>)
    attributes {graph.symbols = [#graph.symbol<"batch size", 1, 64>, #graph.symbol<"n", 0, 0>]}

// Two spellings of one size agree without further proof.
// CHECK-LABEL: @equal_spellings(
func.func @equal_spellings(%x: tensor<?xf32, #graph.dims<past + sequence>>,
                           %y: tensor<?xf32, #graph.dims<sequence + past>>)
    -> tensor<?xf32, #graph.dims<2 * past + sequence + -1 * past>> {
  // CHECK: graph.add
  %0 = graph.add %x, %y
     : tensor<?xf32, #graph.dims<sequence + past>>, tensor<?xf32, #graph.dims<past + sequence>>
    -> tensor<?xf32, #graph.dims<past + sequence>>
  return %0 : tensor<?xf32, #graph.dims<past + sequence>>
}
