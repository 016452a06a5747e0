//===- NamesTest.cpp - Names of a model in generated text -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Names.h"

#include "gtest/gtest.h"

using namespace lmcc::emit;

namespace {

TEST(NamesTest, IdentifiersKeepWhatTheyCan) {
  EXPECT_EQ(identifierOf("input_ids", "input"), "input_ids");
  EXPECT_EQ(identifierOf("past_sequence_length + 1", "dim"),
            "past_sequence_length_1");
  EXPECT_EQ(identifierOf("model-v1.onnx", "model"), "model_v1_onnx");
}

TEST(NamesTest, IdentifiersAreNeverReserved) {
  EXPECT_EQ(identifierOf("float", "dim"), "dim_float");
  EXPECT_EQ(identifierOf("linux", "dim"), "dim_linux");
  EXPECT_EQ(identifierOf("7b", "model"), "model_7b");
  EXPECT_EQ(identifierOf("_x", "model"), "x");
  EXPECT_EQ(identifierOf("a__b_", "model"), "a_b");
}

TEST(NamesTest, IdentifiersAreAscii) {
  EXPECT_EQ(identifierOf("h\xc3\xb6he", "dim"), "h_he");
  EXPECT_EQ(identifierOf("\xe2\x80\xae", "dim"), "dim");
  EXPECT_EQ(identifierOf("", "dim"), "dim");
}

TEST(NamesTest, NothingLeavesAComment) {
  EXPECT_EQ(commentText("encoder/layer.0/MatMul"), "encoder/layer.0/MatMul");
  EXPECT_EQ(commentText("a\nb\r\t"), "a\\x0ab\\x0d\\x09");
  EXPECT_EQ(commentText("ends in \\"), "ends in \\x5c");
  EXPECT_EQ(commentText("what?\?/"), "what?\\x3f/");
  EXPECT_EQ(commentText("a*/b/*c//d"), "a*\\x2fb/\\x2ac/\\x2fd");
  EXPECT_EQ(commentText("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

TEST(NamesTest, LongNamesEnd) {
  std::string text = commentText(std::string(100000, 'x'));
  EXPECT_EQ(text, std::string(200, 'x') + "...");
}

TEST(NamesTest, EveryNameIsHandedOutOnce) {
  UniqueNames names;
  names.reserve("exp");
  EXPECT_EQ(names.pick("exp"), "exp_2");
  EXPECT_EQ(names.pick("x"), "x");
  EXPECT_EQ(names.pick("x"), "x_2");
  EXPECT_EQ(names.number("x"), "x0");
  EXPECT_EQ(names.number("x"), "x1");
}

TEST(NamesTest, MacrosOfNamesDifferToo) {
  UniqueNames names;
  EXPECT_EQ(names.pick("batch"), "batch");
  EXPECT_EQ(names.pick("Batch"), "Batch_2");
}

TEST(NamesTest, NumberedNamesAvoidOthers) {
  UniqueNames names;
  EXPECT_EQ(names.pick("x10"), "x10");
  EXPECT_EQ(names.number("x1"), "x11");
}

} // namespace
