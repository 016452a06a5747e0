// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

// A difference is written with a negative coefficient.
// expected-error @below {{expected '>'}}
func.func private @minus_is_no_operator(tensor<?xf32, #graph.dims<a - b>>)

// -----

// expected-error @below {{integer value too large}}
func.func private @number_of_more_than_64_bits(tensor<?xf32, #graph.dims<99999999999999999999>>)

// -----

// expected-error @below {{expected valid keyword or string}}
func.func private @sum_without_second_term(tensor<?xf32, #graph.dims<a + >>)

// -----

// expected-error @below {{expected ')'}}
func.func private @parenthesis_closed_too_late(tensor<?x?xf32, #graph.dims<(a + b, c)>>)

// -----

// expected-error @below {{expected ','}}
func.func private @symbol_without_upper_bound() attributes {graph.symbols = [#graph.symbol<"n", 0>]}
