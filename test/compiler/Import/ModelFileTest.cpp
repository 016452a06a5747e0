//===- ModelFileTest.cpp - Reading whole models from files ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/compiler/Import/ImportFixtures.h"

#include <random>
#include <vector>

#include <sys/stat.h>

using namespace lmcc;
using namespace lmcc::import;
using llvm::StringRef;
using onnx::TensorProto;

using ModelFileTest = ModelFixture;

/// A model with something of everything that the scanner goes into.
static onnx::ModelProto makeRichModel() {
  onnx::ModelProto model;
  model.set_ir_version(14);
  model.add_opset_import()->set_version(25);
  auto fill = [](TensorProto &tensor, StringRef name, size_t elements) {
    tensor.set_name(name.str());
    tensor.set_data_type(TensorProto::UINT8);
    tensor.add_dims(elements);
    for (size_t i = 0; i < elements; ++i)
      tensor.mutable_raw_data()->push_back(char(name.front() + i));
  };

  onnx::GraphProto &graph = *model.mutable_graph();
  fill(*graph.add_initializer(), "small", 3);
  fill(*graph.add_initializer(), "large", 1300);
  onnx::SparseTensorProto &sparse = *graph.add_sparse_initializer();
  fill(*sparse.mutable_values(), "values", 3);
  fill(*sparse.mutable_indices(), "indices", 4);

  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("If");
  node.set_overload("second");
  fill(*node.add_attribute()->mutable_t(), "t", 1200);
  fill(*node.add_attribute()->add_tensors(), "u", 5);
  onnx::AttributeProto &branch = *node.add_attribute();
  fill(*branch.mutable_g()->add_initializer(), "g", 1100);
  fill(*branch.add_graphs()->add_initializer(), "h", 6);
  fill(*branch.mutable_sparse_tensor()->mutable_values(), "i", 7);
  fill(*branch.add_sparse_tensors()->mutable_values(), "j", 8);

  onnx::FunctionProto &function = *model.add_functions();
  function.set_name("f");
  fill(*function.add_node()->add_attribute()->mutable_t(), "k", 9);
  fill(*function.add_attribute_proto()->mutable_t(), "l", 10);
  graph.add_input()
      ->mutable_type()
      ->mutable_sequence_type()
      ->mutable_elem_type()
      ->mutable_tensor_type()
      ->set_elem_type(TensorProto::FLOAT);
  return model;
}

/// Calls `visit` for every tensor in `message`, however deep.
static void forEachTensor(const google::protobuf::Message &message,
                          llvm::function_ref<void(const TensorProto &)> visit) {
  if (message.GetDescriptor() == TensorProto::descriptor())
    visit(static_cast<const TensorProto &>(message));
  const google::protobuf::Reflection &reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor *> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor *field : fields) {
    if (!field->message_type())
      continue;
    if (!field->is_repeated()) {
      forEachTensor(reflection.GetMessage(message, field), visit);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      forEachTensor(reflection.GetRepeatedMessage(message, field, i), visit);
  }
}

TEST_F(ModelFileTest, EveryTensorIsFoundAndStaysInTheFile) {
  onnx::ModelProto original = makeRichModel();
  std::unique_ptr<ModelFile> file = open(original);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->baseName(), "model.onnx");
  EXPECT_EQ(file->model().graph().node(0).overload(), "second");

  std::vector<std::string> expected, actual;
  forEachTensor(original, [&](const TensorProto &tensor) {
    expected.push_back(tensor.raw_data());
  });
  forEachTensor(file->model(), [&](const TensorProto &tensor) {
    EXPECT_LE(tensor.raw_data().size(), inlinePayloadBytes);
    TensorBytes found = llvm::cantFail(file->bytes(tensor));
    EXPECT_EQ(found.file, 0u);
    actual.push_back(llvm::toStringRef(found.data).str());
  });
  EXPECT_EQ(expected.size(), 12u);
  EXPECT_EQ(actual, expected);
  EXPECT_EQ(file->files().size(), 1u);
}

TEST_F(ModelFileTest, SmallDataStaysReadableInTheMessage) {
  std::unique_ptr<ModelFile> file = open(makeRichModel());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->model().graph().initializer(0).raw_data(), "stu");
}

TEST_F(ModelFileTest, ReducedMessageDiffersOnlyInPayloadsAndMarkers) {
  onnx::ModelProto original = makeRichModel();
  onnx::ModelProto parsed = open(original)->model();
  auto strip = [](onnx::ModelProto &model) {
    forEachTensor(model, [](const TensorProto &tensor) {
      const_cast<TensorProto &>(tensor).clear_raw_data();
      const_cast<TensorProto &>(tensor).clear_mapped_payload();
    });
    return model.SerializeAsString();
  };
  EXPECT_EQ(strip(parsed), strip(original));
}

TEST_F(ModelFileTest, UnknownFieldsAreDropped) {
  onnx::ModelProto model = makeRichModel();
  // Training, which may hold weights of its own.
  model.GetReflection()->MutableUnknownFields(&model)->AddLengthDelimited(
      20, std::string(5000, 'x'));
  std::unique_ptr<ModelFile> file = open(model);
  ASSERT_TRUE(file);
  EXPECT_TRUE(
      file->model().GetReflection()->GetUnknownFields(file->model()).empty());
}

TEST_F(ModelFileTest, TextFormatByExtension) {
  for (const char *name : {"m.textproto", "m.pbtxt", "m.txtpb"}) {
    std::string path = folder.write(name, R"(
      ir_version: 10
      training_info { anything { at_all: 1 } }
      graph {
        node { op_type: "Relu" input: "x" output: "y" }
        initializer { name: "w" data_type: 2 dims: 3 raw_data: "\001\000\377" }
      })");
    auto file = llvm::cantFail(ModelFile::open(path));
    const onnx::GraphProto &graph = file->model().graph();
    EXPECT_EQ(graph.node(0).op_type(), "Relu");
    TensorBytes found = llvm::cantFail(file->bytes(graph.initializer(0)));
    EXPECT_EQ(found.data.vec(), (std::vector<uint8_t>{1, 0, 255}));
    EXPECT_EQ(file->files()[found.file].name, std::string(name) + "#1");
  }
}

TEST_F(ModelFileTest, TextFormatErrorsNameLineAndColumn) {
  EXPECT_SAYS(refusal("graph {\n  nod {}\n}", "m.textproto"),
              "line 2, column 7: ");
  EXPECT_SAYS(refusal("graph {", "m.textproto"), "m.textproto': line 1");
  EXPECT_SAYS(refusal("graph { name: \"", "m.textproto"), "line 1");
}

TEST_F(ModelFileTest, TextFormatNestingIsLimited) {
  auto nest = [](StringRef open, StringRef close, unsigned levels) {
    std::string text = "graph { node { attribute { ";
    for (unsigned i = 0; i < levels; ++i)
      text += open;
    for (unsigned i = 0; i < levels; ++i)
      text += close;
    return text + "} } }";
  };
  EXPECT_SAYS(
      refusal(nest("g { node { attribute { ", "} } } ", 20000), "m.textproto"),
      "too deep");
  // What is stepped over is limited as well.
  EXPECT_SAYS(refusal("training_info { " + nest("a { ", "} ", 200000) + "}",
                      "m.textproto"),
              "too deep");
}

TEST_F(ModelFileTest, NoSuchFile) {
  EXPECT_SAYS(refusalOf(folder.path("absent.onnx")), "absent.onnx': No such");
  EXPECT_SAYS(refusalOf(folder.path("absent/m.onnx")), "cannot open folder");
}

TEST_F(ModelFileTest, OnlyRegularFiles) {
  EXPECT_SAYS(refusalOf(folder.makeFolder("sub")), "it is a folder");
  EXPECT_SAYS(refusalOf("/dev/zero"), "it is a device");
  std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_SAYS(refusalOf(pipe), "it is a named pipe");
}

TEST_F(ModelFileTest, LinkToTheModelIsFollowed) {
  folder.write("blob", makeRichModel().SerializeAsString());
  folder.link("blob", "linked.onnx");
  auto file = llvm::cantFail(ModelFile::open(folder.path("linked.onnx")));
  EXPECT_EQ(file->baseName(), "linked.onnx");
}

TEST_F(ModelFileTest, EmptyFile) {
  EXPECT_SAYS(refusal(""), "the file is empty");
}

TEST_F(ModelFileTest, NoGraph) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  EXPECT_SAYS(refusal(model.SerializeAsString()), "it has no graph");
  EXPECT_SAYS(refusal("ir_version: 8", "m.textproto"), "it has no graph");
}

TEST_F(ModelFileTest, Garbage) {
  EXPECT_SAYS(refusal("version https://git-lfs.github.com/spec/v1"),
              "not a valid ONNX model: byte 0: field 14 of ModelProto has wire "
              "type 6, which does not exist");
  EXPECT_SAYS(refusal(StringRef("\0\0\0", 3)), "field of number 0");
  EXPECT_SAYS(refusal("\x0b"), "is a group, which ONNX never uses");
  EXPECT_SAYS(refusal("\x0c"), "is a group, which ONNX never uses");
  EXPECT_SAYS(refusal(std::string(11, '\x80')), "is cut off or too long");
  EXPECT_SAYS(refusal("\x08" + std::string(9, '\xff') + "\x02"),
              "is cut off or too long");
  EXPECT_SAYS(refusal("\x3a\x7f"),
              "field 7 of ModelProto is 127 bytes long, but only 0 bytes are");
  EXPECT_SAYS(refusal("\x3a" + std::string(9, '\xff') + "\x01"),
              "is 18446744073709551615 bytes long");
  EXPECT_SAYS(refusal("\x09\x01\x02"), "is 8 bytes long, but only 2");
}

TEST_F(ModelFileTest, MalformedPackedArray) {
  // A packed int64_data of one byte that promises another.
  EXPECT_SAYS(refusal("\x3a\x05\x2a\x03\x3a\x01\x80"), "malformed");
  // Packed float_data of three bytes.
  EXPECT_SAYS(refusal("\x3a\x07\x2a\x05\x22\x03"
                      "abc"),
              "float_data has 3 bytes, not a multiple of 4");
}

TEST_F(ModelFileTest, NestingIsLimited) {
  onnx::ModelProto model;
  onnx::TypeProto *type = model.mutable_graph()->add_input()->mutable_type();
  for (unsigned i = 0; i < 48; ++i) // Two levels each, and three before.
    type = type->mutable_sequence_type()->mutable_elem_type();
  EXPECT_TRUE(open(model));
  type->mutable_sequence_type()->mutable_elem_type();
  EXPECT_SAYS(refusal(model.SerializeAsString()),
              "is nested more than 100 levels deep");
}

TEST_F(ModelFileTest, EntriesAreLimited) {
  onnx::ModelProto model;
  for (unsigned i = 0; i < 9; ++i)
    model.mutable_graph()->add_node();
  ReadLimits limits;
  limits.entries = 10;
  EXPECT_TRUE(open(model, limits));
  model.mutable_graph()->add_node();
  EXPECT_SAYS(refusal(model.SerializeAsString(), "m.onnx", limits),
              "more than 10 messages and strings");
}

TEST_F(ModelFileTest, ParsedBytesAreLimited) {
  ReadLimits limits;
  limits.parsedBytes = 2000;
  onnx::ModelProto model = makeRichModel();
  EXPECT_TRUE(open(model, limits)); // Payloads do not count.
  model.set_doc_string(std::string(3000, 'd'));
  EXPECT_SAYS(refusal(model.SerializeAsString(), "m.onnx", limits),
              "needs more than 2000 bytes without its tensor data");
  EXPECT_SAYS(refusal(std::string(2001, ' '), "m.textproto", limits),
              "has 2001 bytes of text, but at most 2000 can be read");
  limits.parsedBytes = 20; // Less than the lengths alone.
  EXPECT_SAYS(refusal(makeRichModel().SerializeAsString(), "m.onnx", limits),
              "without its tensor data");
}

TEST_F(ModelFileTest, TruncationAtEveryByteIsAnErrorOrASmallerModel) {
  std::string wire = makeRichModel().SerializeAsString();
  for (size_t length = 0; length < wire.size(); ++length) {
    auto file = ModelFile::open(
        folder.write("cut.onnx", StringRef(wire).take_front(length)));
    if (!file) {
      EXPECT_NE(llvm::toString(file.takeError()), "");
      continue;
    }
    forEachTensor((*file)->model(), [&](const TensorProto &tensor) {
      llvm::consumeError((*file)->bytes(tensor).takeError());
    });
  }
}

TEST_F(ModelFileTest, FlippedBitsNeverDoHarm) {
  std::string wire = makeRichModel().SerializeAsString();
  std::mt19937 random(20240229);
  std::uniform_int_distribution<size_t> position(0, wire.size() - 1);
  for (unsigned round = 0; round < 4000; ++round) {
    std::string flipped = wire;
    for (unsigned flips = 0; flips <= round % 4; ++flips)
      flipped[position(random)] ^= char(1 << (random() % 8));
    auto file = ModelFile::open(folder.write("flipped.onnx", flipped));
    if (!file) {
      llvm::consumeError(file.takeError());
      continue;
    }
    forEachTensor((*file)->model(), [&](const TensorProto &tensor) {
      if (auto bytes = (*file)->bytes(tensor))
        EXPECT_LE(bytes->offset + bytes->data.size(),
                  (*file)->files()[bytes->file].data.size());
      else
        llvm::consumeError(bytes.takeError());
    });
  }
}
