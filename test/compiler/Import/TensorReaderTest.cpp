//===- TensorReaderTest.cpp - Tensor data inside a model ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/compiler/Import/ImportFixtures.h"

#include <functional>
#include <vector>

using namespace lmcc;
using namespace lmcc::import;
using onnx::TensorProto;

using TensorReaderTest = TensorFixture;

TEST_F(TensorReaderTest, LargePackedFloatsStayInTheFile) {
  setDims({300});
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    float value = 0.5f * i;
    tensor().add_float_data(value);
    expected += raw({value});
  }
  EXPECT_EQ(bytes(), expected);
  EXPECT_EQ(where.file, 0u);
  EXPECT_EQ(file->model().graph().initializer(0).float_data_size(), 0);
}

TEST_F(TensorReaderTest, TypedFieldsOfEachType) {
  struct Case {
    TensorProto::DataType type;
    std::vector<int64_t> dims;
    std::function<void(TensorProto &)> fill;
    std::string expected;
  };
  auto int32s = [](std::initializer_list<int32_t> values) {
    return [values = std::vector<int32_t>(values)](TensorProto &tensor) {
      tensor.mutable_int32_data()->Add(values.begin(), values.end());
    };
  };
  auto uint64s = [](std::initializer_list<uint64_t> values) {
    return [values = std::vector<uint64_t>(values)](TensorProto &tensor) {
      tensor.mutable_uint64_data()->Add(values.begin(), values.end());
    };
  };
  auto floats = [](TensorProto &tensor) {
    tensor.add_float_data(1.5f);
    tensor.add_float_data(-2.0f);
  };
  auto doubles = [](TensorProto &tensor) {
    tensor.add_double_data(1.5);
    tensor.add_double_data(-2.0);
  };
  auto int64s = [](TensorProto &tensor) {
    tensor.add_int64_data(INT64_MIN);
    tensor.add_int64_data(7);
  };
  std::string expectedFloats = raw<float>({1.5f, -2.0f});
  std::string expectedDoubles = raw<double>({1.5, -2.0});

  std::vector<Case> cases = {
      {TensorProto::FLOAT, {2}, floats, expectedFloats},
      {TensorProto::COMPLEX64, {1}, floats, expectedFloats},
      {TensorProto::DOUBLE, {2}, doubles, expectedDoubles},
      {TensorProto::COMPLEX128, {1}, doubles, expectedDoubles},
      {TensorProto::INT64, {2}, int64s, raw<int64_t>({INT64_MIN, 7})},
      {TensorProto::UINT64,
       {1},
       uint64s({UINT64_MAX}),
       raw<uint64_t>({UINT64_MAX})},
      {TensorProto::UINT32,
       {1},
       uint64s({UINT32_MAX}),
       raw<uint32_t>({UINT32_MAX})},
      {TensorProto::INT32,
       {2},
       int32s({INT32_MIN, 7}),
       raw<int32_t>({INT32_MIN, 7})},
      {TensorProto::INT16, {2}, int32s({-32768, 7}), raw<int16_t>({-32768, 7})},
      {TensorProto::BOOL, {2}, int32s({1, 0}), raw<uint8_t>({1, 0})},
      {TensorProto::INT8, {2}, int32s({-128, 127}), raw<int8_t>({-128, 127})},
      {TensorProto::UINT8, {2}, int32s({255, 3}), raw<uint8_t>({255, 3})},
      {TensorProto::INT4, {3}, int32s({-1, 0x05}), raw<uint8_t>({0xff, 5})},
      {TensorProto::UINT4, {3}, int32s({0xf1, 0x05}), raw<uint8_t>({0xf1, 5})},
      {TensorProto::FLOAT4E2M1, {2}, int32s({0x21}), raw<uint8_t>({0x21})},
      {TensorProto::INT2, {5}, int32s({0xe4, 1}), raw<uint8_t>({0xe4, 1})},
      {TensorProto::UINT2, {4}, int32s({0xe4}), raw<uint8_t>({0xe4})},
  };
  for (TensorProto::DataType type :
       {TensorProto::UINT16, TensorProto::FLOAT16, TensorProto::BFLOAT16})
    cases.push_back(
        {type, {2}, int32s({0xfc00, 1}), raw<uint16_t>({0xfc00, 1})});
  for (TensorProto::DataType type :
       {TensorProto::FLOAT8E4M3FN, TensorProto::FLOAT8E4M3FNUZ,
        TensorProto::FLOAT8E5M2, TensorProto::FLOAT8E5M2FNUZ,
        TensorProto::FLOAT8E8M0})
    cases.push_back({type, {2}, int32s({0x80, 1}), raw<uint8_t>({0x80, 1})});
  // All but UNDEFINED and STRING.
  EXPECT_EQ(int(cases.size()), TensorProto::DataType_ARRAYSIZE - 2);

  for (const Case &each : cases) {
    SCOPED_TRACE(TensorProto::DataType_Name(each.type));
    tensor().Clear();
    tensor().set_data_type(each.type);
    tensor().mutable_dims()->Add(each.dims.begin(), each.dims.end());
    each.fill(tensor());
    EXPECT_EQ(bytes(), each.expected);

    // The same as raw data.
    tensor().Clear();
    tensor().set_data_type(each.type);
    tensor().mutable_dims()->Add(each.dims.begin(), each.dims.end());
    tensor().set_raw_data(each.expected);
    EXPECT_EQ(bytes(), each.expected);
    EXPECT_EQ(where.file, 0u);
  }
}

TEST_F(TensorReaderTest, Scalar) {
  tensor().add_float_data(2.5f);
  EXPECT_EQ(bytes(), raw<float>({2.5f}));
}

TEST_F(TensorReaderTest, ZeroElementsNeedNoData) {
  setDims({3, 0});
  EXPECT_EQ(bytes(), "");
  tensor().set_raw_data("");
  EXPECT_EQ(bytes(), "");
}

TEST_F(TensorReaderTest, UnpackedFloats) {
  // Old writers put a tag before each value.
  std::string value = raw<float>({1.5f});
  std::string initializer = "\x10\x01\x08\x02\x25" + value + "\x25" + value;
  std::string graph =
      "\x2a" + std::string(1, char(initializer.size())) + initializer;
  std::string wire = "\x3a" + std::string(1, char(graph.size())) + graph;
  ASSERT_TRUE(model.ParseFromString(wire));
  auto opened =
      llvm::cantFail(ModelFile::open(folder.write("unpacked.onnx", wire)));
  TensorBytes found =
      llvm::cantFail(opened->bytes(opened->model().graph().initializer(0)));
  EXPECT_EQ(llvm::toStringRef(found.data), raw<float>({1.5f, 1.5f}));
}

TEST_F(TensorReaderTest, LengthMustMatchTheShape) {
  setDims({2, 3});
  tensor().set_raw_data(std::string(20, 'x'));
  EXPECT_EQ(tensorRefusal(), "tensor 'w': shape [2, 3] of FLOAT takes 24 "
                             "bytes, but raw_data has 20");
  tensor().set_raw_data(std::string(2000, 'x'));
  EXPECT_SAYS(tensorRefusal(), "but raw_data has 2000");
  tensor().clear_raw_data();
  EXPECT_SAYS(tensorRefusal(), "takes 24 bytes, but it has no data");
  tensor().add_float_data(1);
  EXPECT_SAYS(tensorRefusal(), "takes 24 bytes, but float_data has 4");
  setDims({0});
  EXPECT_SAYS(tensorRefusal(), "takes 0 bytes, but float_data has 4");
}

TEST_F(TensorReaderTest, SmallTypesRoundUp) {
  tensor().set_data_type(TensorProto::INT4);
  setDims({3});
  tensor().set_raw_data("x");
  EXPECT_SAYS(tensorRefusal(), "[3] of INT4 takes 2 bytes, but raw_data has 1");
  tensor().set_data_type(TensorProto::UINT2);
  setDims({5});
  EXPECT_SAYS(tensorRefusal(), "[5] of UINT2 takes 2 bytes");
}

TEST_F(TensorReaderTest, ShapesThatCannotBe) {
  setDims({2, -1});
  EXPECT_SAYS(tensorRefusal(), "shape [2, -1] of FLOAT has a negative axis");
  setDims({INT64_MAX, 2});
  EXPECT_SAYS(tensorRefusal(), "has more bits than 63-bit sizes hold");
  setDims({int64_t(1) << 31, int64_t(1) << 30});
  EXPECT_SAYS(tensorRefusal(), "has more bits than 63-bit sizes hold");
  setDims({0, INT64_MAX, 2}); // Who multiplies the last two must be safe.
  EXPECT_SAYS(tensorRefusal(), "has more bits than 63-bit sizes hold");
  setDims({1, 2, 3, 4, 5, 6, 7, 8, 9, -10});
  EXPECT_SAYS(tensorRefusal(), "[1, 2, 3, 4, 5, 6, 7, 8, ... (10 axes)]");
}

TEST_F(TensorReaderTest, UnknownTypes) {
  for (int type : {0, 27, -1}) {
    tensor().set_data_type(type);
    EXPECT_SAYS(tensorRefusal(), "tensor 'w': has no known element type");
  }
  EXPECT_SAYS(tensorRefusal(), "(element type -1)");
  tensor().set_data_type(TensorProto::STRING);
  tensor().add_string_data("text");
  EXPECT_SAYS(tensorRefusal(), "has strings, which cannot be compiled");
}

TEST_F(TensorReaderTest, DataInTwoPlaces) {
  setDims({1});
  tensor().set_raw_data("abcd");
  tensor().add_float_data(1);
  EXPECT_SAYS(tensorRefusal(), "has data in raw_data and again in float_data");
  tensor().clear_raw_data();
  tensor().add_int64_data(1);
  EXPECT_SAYS(tensorRefusal(),
              "has data in float_data and again in int64_data");
  tensor().set_raw_data(std::string(2000, 'x'));
  EXPECT_SAYS(tensorRefusal(), "and again in");
}

TEST_F(TensorReaderTest, DataInPieces) {
  // A message that comes twice is merged: arrays are joined, and of raw_data
  // the last one stays. No writer does that.
  auto wrap = [](char tag, const std::string &content) {
    return std::string(1, tag) + char(content.size()) + content;
  };
  auto refusalOfTwice = [&](const TensorProto &tensor) {
    onnx::AttributeProto attribute;
    *attribute.mutable_t() = tensor;
    std::string wire = attribute.SerializeAsString();
    std::string path = folder.write(
        "pieces.onnx", wrap('\x3a', wrap('\x0a', wrap('\x2a', wire + wire))));
    auto opened = llvm::cantFail(ModelFile::open(path));
    auto found =
        opened->bytes(opened->model().graph().node(0).attribute(0).t());
    return llvm::toString(found.takeError());
  };
  TensorProto twice;
  twice.set_data_type(TensorProto::FLOAT);
  twice.add_float_data(1);
  EXPECT_SAYS(refusalOfTwice(twice),
              "has data in float_data and again in float_data");
  twice.clear_float_data();
  twice.set_raw_data("abcd");
  EXPECT_SAYS(refusalOfTwice(twice), "has its data more than once");
}

TEST_F(TensorReaderTest, DataInTheWrongField) {
  setDims({1});
  tensor().add_int32_data(1);
  EXPECT_SAYS(tensorRefusal(), "has its FLOAT data in int32_data; it belongs "
                               "in raw_data or float_data");
  tensor().clear_int32_data();
  tensor().add_string_data("abcd");
  EXPECT_SAYS(tensorRefusal(), "has its FLOAT data in string_data");
  tensor().Clear();
  tensor().set_data_type(TensorProto::INT8);
  setDims({1200});
  for (unsigned i = 0; i < 300; ++i)
    tensor().add_float_data(i);
  EXPECT_SAYS(tensorRefusal(), "has its INT8 data in float_data");
}

TEST_F(TensorReaderTest, ValuesMustFitTheirType) {
  setDims({2});
  tensor().add_int32_data(1);
  tensor().add_int32_data(256);
  tensor().set_data_type(TensorProto::UINT8);
  EXPECT_SAYS(tensorRefusal(), "value 256 at index 1 does not fit UINT8");
  tensor().set_int32_data(1, -129);
  EXPECT_SAYS(tensorRefusal(), "value -129 at index 1 does not fit UINT8");
  tensor().set_int32_data(1, 65536);
  tensor().set_data_type(TensorProto::FLOAT16);
  EXPECT_SAYS(tensorRefusal(), "value 65536 at index 1 does not fit FLOAT16");
  tensor().clear_int32_data();
  setDims({1});
  tensor().add_uint64_data(UINT64_MAX);
  tensor().set_data_type(TensorProto::UINT32);
  EXPECT_SAYS(tensorRefusal(),
              "value 18446744073709551615 at index 0 does not fit UINT32");
}

TEST_F(TensorReaderTest, Segments) {
  setDims({1});
  tensor().set_raw_data("abcd");
  tensor().mutable_segment()->set_end(1);
  EXPECT_SAYS(tensorRefusal(), "is split into segments");
}

TEST_F(TensorReaderTest, MarkerOfAFileIsIgnored) {
  setDims({1});
  tensor().add_mapped_payload(0);
  EXPECT_SAYS(tensorRefusal(), "has no data");
  auto text = llvm::cantFail(ModelFile::open(folder.write(
      "m.textproto",
      "graph { initializer { data_type: 1 dims: 1 mapped_payload: 0 } }")));
  auto found = text->bytes(text->model().graph().initializer(0));
  ASSERT_FALSE(found);
  EXPECT_SAYS(llvm::toString(found.takeError()),
              "unnamed tensor: sets mapped_payload, which is reserved");
}

TEST_F(TensorReaderTest, NamesAreEscaped) {
  tensor().set_name("a\n'\x1b[31m");
  EXPECT_SAYS(tensorRefusal(), "tensor 'a\\n'\\033[31m': ");
}
