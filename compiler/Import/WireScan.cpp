//===- WireScan.cpp - Leave tensor data in the file -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walk follows the descriptors of our own schema, so that it knows no
// message by itself, only the fields that carry payloads.
//
// Replacing a payload changes the length of every message around it. Lengths
// are therefore written with a fixed width of five bytes, which the format
// allows, and filled in when the message is complete: one buffer, no copies.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/WireScan.h"

#include "compiler/Import/Onnx.pb.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/LEB128.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

using namespace lmcc;
using namespace lmcc::import;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {
/// The low three bits of a tag.
enum class WireType : unsigned {
  Varint = 0,
  Fixed64 = 1,
  LengthDelimited = 2,
  StartGroup = 3,
  EndGroup = 4,
  Fixed32 = 5,
};

/// Where one field of a message lies. All positions are bytes from the start.
struct Field {
  uint64_t begin;   // Of the tag.
  uint64_t content; // Of what follows the tag, and the length if it has one.
  uint64_t end;
  int number;
  WireType wireType;
};

/// Bytes that the length of a nested message takes in the reduced message.
constexpr unsigned lengthBytes = 5;

/// The longest varint, that of a negative number.
constexpr unsigned maxVarintBytes = 10;

class Reducer {
public:
  Reducer(llvm::ArrayRef<uint8_t> wire, const ReadLimits &limits)
      : wire(wire), limits(limits) {}

  Error reduce(const Descriptor &type) {
    return reduceFields(0, wire.size(), type, /*depth=*/0);
  }

  ReducedMessage result;

private:
  Expected<uint64_t> readVarint(uint64_t &position, uint64_t limit);
  Expected<Field> readField(uint64_t position, uint64_t limit,
                            const Descriptor &type);
  Expected<uint64_t> contentBytes(Field &field, uint64_t limit,
                                  const Descriptor &type);

  Error reduceFields(uint64_t begin, uint64_t end, const Descriptor &type,
                     unsigned depth);
  Error reduceField(const Field &field, const Descriptor &type, unsigned depth);
  Error reduceNested(const Field &field, const Descriptor &type,
                     unsigned depth);
  Error reducePayload(const Field &field, const FieldDescriptor &declared);

  Error copy(uint64_t begin, uint64_t end);
  void appendVarint(uint64_t value);

  /// Every entry is charged, since each becomes an object of its own.
  Error chargeEntry(const Field &field);

  static Error failure(uint64_t position, const Twine &message) {
    return llvm::createStringError("byte " + Twine(position) + ": " + message);
  }

  llvm::ArrayRef<uint8_t> wire;
  const ReadLimits &limits;
  uint64_t entries = 0;
};
} // namespace

/// The bytes of one element if `field` holds tensor data as it should lie in
/// memory: dense and of fixed width. Zero for any other field.
static unsigned payloadElementBytes(const FieldDescriptor &field) {
  if (field.containing_type() != onnx::TensorProto::descriptor())
    return 0;
  switch (field.number()) {
  case onnx::TensorProto::kRawDataFieldNumber: return 1;
  case onnx::TensorProto::kFloatDataFieldNumber: return sizeof(float);
  case onnx::TensorProto::kDoubleDataFieldNumber: return sizeof(double);
  default: return 0;
  }
}

/// Whether `field` is ours alone. A file that has it is lying.
static bool isMarker(const FieldDescriptor &field) {
  return field.containing_type() == onnx::TensorProto::descriptor() &&
         field.number() == onnx::TensorProto::kMappedPayloadFieldNumber;
}

Expected<uint64_t> Reducer::readVarint(uint64_t &position, uint64_t limit) {
  // Bounded on our side too: the decoder shifts by seven for each byte it gets.
  uint64_t longest = std::min<uint64_t>(limit - position, maxVarintBytes);
  const uint8_t *begin = wire.data() + position;
  unsigned length = 0;
  const char *problem = nullptr;
  uint64_t value =
      llvm::decodeULEB128(begin, &length, begin + longest, &problem);
  if (problem)
    return failure(position, "a number is cut off or too long");
  position += length;
  return value;
}

Expected<Field> Reducer::readField(uint64_t position, uint64_t limit,
                                   const Descriptor &type) {
  Field field;
  field.begin = field.content = position;
  Expected<uint64_t> tag = readVarint(field.content, limit);
  if (!tag)
    return tag.takeError();
  uint64_t number = *tag >> 3;
  if (number == 0 || number > uint64_t(FieldDescriptor::kMaxNumber))
    return failure(position, type.name() + " has a field of number " +
                                 Twine(number) + ", which cannot be");
  field.number = int(number);
  field.wireType = WireType(*tag & 7);

  Expected<uint64_t> length = contentBytes(field, limit, type);
  if (!length)
    return length.takeError();
  uint64_t left = limit - field.content;
  if (*length > left)
    return failure(position, "field " + Twine(number) + " of " + type.name() +
                                 " is " + Twine(*length) +
                                 " bytes long, but only " + Twine(left) +
                                 " bytes are left");
  field.end = field.content + *length;
  return field;
}

/// How many bytes the content of `field` claims to have. Steps over the length
/// of a length-delimited field.
Expected<uint64_t> Reducer::contentBytes(Field &field, uint64_t limit,
                                         const Descriptor &type) {
  switch (field.wireType) {
  case WireType::Varint: {
    uint64_t end = field.content;
    if (Expected<uint64_t> value = readVarint(end, limit); !value)
      return value.takeError();
    return end - field.content;
  }
  case WireType::Fixed64: return 8;
  case WireType::Fixed32: return 4;
  case WireType::LengthDelimited: return readVarint(field.content, limit);
  case WireType::StartGroup:
  case WireType::EndGroup:
    return failure(field.begin, "field " + Twine(field.number) + " of " +
                                    type.name() +
                                    " is a group, which ONNX never uses");
  }
  return failure(field.begin, "field " + Twine(field.number) + " of " +
                                  type.name() + " has wire type " +
                                  Twine(unsigned(field.wireType)) +
                                  ", which does not exist");
}

Error Reducer::reduceFields(uint64_t begin, uint64_t end,
                            const Descriptor &type, unsigned depth) {
  for (uint64_t position = begin; position != end;) {
    Expected<Field> field = readField(position, end, type);
    if (!field)
      return field.takeError();
    if (Error error = reduceField(*field, type, depth))
      return error;
    position = field->end;
  }
  return Error::success();
}

Error Reducer::reduceField(const Field &field, const Descriptor &type,
                           unsigned depth) {
  const FieldDescriptor *declared = type.FindFieldByNumber(field.number);
  if (!declared || isMarker(*declared))
    return Error::success();
  if (field.wireType != WireType::LengthDelimited)
    return copy(field.begin, field.end);

  if (Error error = chargeEntry(field))
    return error;
  if (const Descriptor *nested = declared->message_type())
    return reduceNested(field, *nested, depth + 1);
  if (payloadElementBytes(*declared) != 0 && field.content != field.end)
    return reducePayload(field, *declared);
  return copy(field.begin, field.end);
}

Error Reducer::reduceNested(const Field &field, const Descriptor &type,
                            unsigned depth) {
  if (depth > limits.nesting)
    return failure(field.begin, type.name() + " is nested more than " +
                                    Twine(limits.nesting) + " levels deep");
  appendVarint(uint64_t(field.number) << 3 |
               uint64_t(WireType::LengthDelimited));
  size_t lengthAt = result.wire.size();
  result.wire.append(lengthBytes, '\0');
  if (Error error = reduceFields(field.content, field.end, type, depth))
    return error;
  uint64_t length = result.wire.size() - lengthAt - lengthBytes;
  llvm::encodeULEB128(length,
                      reinterpret_cast<uint8_t *>(&result.wire[lengthAt]),
                      /*PadTo=*/lengthBytes);
  return Error::success();
}

Error Reducer::reducePayload(const Field &field,
                             const FieldDescriptor &declared) {
  uint64_t length = field.end - field.content;
  unsigned elementBytes = payloadElementBytes(declared);
  if (length % elementBytes != 0)
    return failure(field.begin, declared.name() + " has " + Twine(length) +
                                    " bytes, not a multiple of " +
                                    Twine(elementBytes));
  if (length <= inlinePayloadBytes)
    if (Error error = copy(field.begin, field.end))
      return error;
  appendVarint(uint64_t(onnx::TensorProto::kMappedPayloadFieldNumber) << 3 |
               uint64_t(WireType::Varint));
  appendVarint(result.payloads.size());
  result.payloads.push_back({field.content, length, field.number});
  return Error::success();
}

Error Reducer::copy(uint64_t begin, uint64_t end) {
  // Written so that nothing can overflow: what is already there never exceeds
  // the limit by more than a few markers.
  uint64_t size = result.wire.size();
  if (end - begin > limits.parsedBytes - std::min(size, limits.parsedBytes))
    return failure(begin, "the model needs more than " +
                              Twine(limits.parsedBytes) +
                              " bytes without its tensor data; keep tensors in "
                              "raw_data or in external data");
  result.wire.append(reinterpret_cast<const char *>(wire.data() + begin),
                     end - begin);
  return Error::success();
}

void Reducer::appendVarint(uint64_t value) {
  uint8_t encoded[maxVarintBytes];
  unsigned length = llvm::encodeULEB128(value, encoded);
  result.wire.append(reinterpret_cast<const char *>(encoded), length);
}

Error Reducer::chargeEntry(const Field &field) {
  if (++entries > limits.entries)
    return failure(field.begin, "more than " + Twine(limits.entries) +
                                    " messages and strings");
  return Error::success();
}

Expected<ReducedMessage>
lmcc::import::reduceMessage(llvm::ArrayRef<uint8_t> wire,
                            const Descriptor &type, const ReadLimits &limits) {
  Reducer reducer(wire, limits);
  if (Error error = reducer.reduce(type))
    return error;
  // Lengths and markers are not charged one by one: the entries bound them.
  if (reducer.result.wire.size() > limits.parsedBytes)
    return llvm::createStringError(
        "needs " + Twine(reducer.result.wire.size()) +
        " bytes without its tensor data, but at most " +
        Twine(limits.parsedBytes) + " can be read");
  return std::move(reducer.result);
}

Expected<std::vector<Payload>>
lmcc::import::parseReduced(llvm::ArrayRef<uint8_t> wire,
                           google::protobuf::Message &message,
                           const ReadLimits &limits) {
  Expected<ReducedMessage> reduced =
      reduceMessage(wire, *message.GetDescriptor(), limits);
  if (!reduced)
    return reduced.takeError();

  google::protobuf::LogSilencer silencer;
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(reduced->wire.data()),
      int(reduced->wire.size()));
  stream.SetRecursionLimit(int(limits.nesting));
  if (!message.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    return llvm::createStringError("a number or an array in " +
                                   message.GetDescriptor()->name() +
                                   " is malformed");
  return std::move(reduced->payloads);
}
