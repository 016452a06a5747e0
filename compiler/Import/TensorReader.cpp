//===- TensorReader.cpp - The bytes of a tensor ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorReader.h"

#include "compiler/Import/ElementType.h"
#include "compiler/Import/Onnx.pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <optional>
#include <string>
#include <type_traits>

using namespace lmcc;
using namespace lmcc::import;
using google::protobuf::RepeatedField;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
using onnx::TensorProto;

static_assert(llvm::endianness::native == llvm::endianness::little,
              "tensor data is used as it lies in the file");

namespace {
/// A field that holds tensor data inside the message.
struct DataField {
  int number;
  uint64_t bytes; // As dense data.
};

/// What `external_data` says.
struct ExternalReference {
  StringRef location;
  uint64_t offset = 0;
  /// In bytes. Absent means up to the end of the file.
  std::optional<uint64_t> length;
};
} // namespace

/// Text from the model, safe to print.
static std::string quote(StringRef text) {
  std::string quoted;
  llvm::raw_string_ostream os(quoted);
  os << '\'';
  os.write_escaped(text);
  os << '\'';
  return quoted;
}

static std::string describe(const TensorProto &tensor) {
  return tensor.name().empty() ? "unnamed tensor"
                               : "tensor " + quote(tensor.name());
}

static const std::string &fieldName(int number) {
  return TensorProto::descriptor()->FindFieldByNumber(number)->name();
}

static llvm::ArrayRef<int64_t> dimsOf(const TensorProto &tensor) {
  return llvm::ArrayRef(tensor.dims().data(), tensor.dims_size());
}

static Error failure(const TensorProto &tensor, const Twine &message) {
  return llvm::createStringError(describe(tensor) + ": " + message);
}

static Error lengthMismatch(const TensorProto &tensor, uint64_t expected,
                            uint64_t actual, const Twine &where) {
  return failure(tensor, describeShape(tensor.data_type(), dimsOf(tensor)) +
                             " takes " + Twine(expected) + " bytes, but " +
                             where + " has " + Twine(actual));
}

/// The fields of `tensor` that hold data inside the message. What an integer
/// takes as dense data depends on the `layout` of the element type.
static llvm::SmallVector<DataField, 2> inlineFields(const TensorProto &tensor,
                                                    ElementLayout layout) {
  llvm::SmallVector<DataField, 2> fields;
  auto append = [&](int number, uint64_t values, uint64_t valueBytes) {
    if (values != 0)
      fields.push_back({number, values * valueBytes});
  };
  append(TensorProto::kRawDataFieldNumber, tensor.raw_data().size(), 1);
  append(TensorProto::kFloatDataFieldNumber, tensor.float_data_size(),
         sizeof(float));
  append(TensorProto::kInt32DataFieldNumber, tensor.int32_data_size(),
         layout.valueBytes);
  append(TensorProto::kStringDataFieldNumber, tensor.string_data_size(), 1);
  append(TensorProto::kInt64DataFieldNumber, tensor.int64_data_size(),
         layout.valueBytes);
  append(TensorProto::kDoubleDataFieldNumber, tensor.double_data_size(),
         sizeof(double));
  append(TensorProto::kUint64DataFieldNumber, tensor.uint64_data_size(),
         layout.valueBytes);
  return fields;
}

/// Whether `value` is what a number of `bytes` bytes can be. Writers disagree
/// about the sign of small types, so signed fields may use either range.
template <typename Value> static bool fitsBytes(Value value, unsigned bytes) {
  if constexpr (std::is_floating_point_v<Value>)
    return true;
  else if constexpr (std::is_signed_v<Value>)
    return llvm::isIntN(bytes * 8, value) ||
           (value >= 0 && llvm::isUIntN(bytes * 8, uint64_t(value)));
  else
    return llvm::isUIntN(bytes * 8, value);
}

/// Writes the low `valueBytes` bytes of each value to `out`.
template <typename Value>
static Error decodeValues(const TensorProto &tensor,
                          const RepeatedField<Value> &values,
                          unsigned valueBytes, char *out) {
  for (auto [index, value] : llvm::enumerate(values)) {
    if (!fitsBytes(value, valueBytes))
      return failure(tensor, "value " + std::to_string(value) + " at index " +
                                 Twine(index) + " does not fit " +
                                 elementTypeName(tensor.data_type()));
    std::memcpy(out, &value, valueBytes);
    out += valueBytes;
  }
  return Error::success();
}

/// Writes the data of field `number` to `out`, which has the right size.
static Error decodeField(const TensorProto &tensor, int number,
                         unsigned valueBytes, char *out) {
  switch (number) {
  case TensorProto::kFloatDataFieldNumber:
    return decodeValues(tensor, tensor.float_data(), valueBytes, out);
  case TensorProto::kDoubleDataFieldNumber:
    return decodeValues(tensor, tensor.double_data(), valueBytes, out);
  case TensorProto::kInt32DataFieldNumber:
    return decodeValues(tensor, tensor.int32_data(), valueBytes, out);
  case TensorProto::kInt64DataFieldNumber:
    return decodeValues(tensor, tensor.int64_data(), valueBytes, out);
  case TensorProto::kUint64DataFieldNumber:
    return decodeValues(tensor, tensor.uint64_data(), valueBytes, out);
  default:
    std::memcpy(out, tensor.raw_data().data(), tensor.raw_data().size());
    return Error::success();
  }
}

/// Whether `fields`, all places that hold data of `tensor`, are one, the right
/// one, and `size` bytes long.
static Error checkFields(const TensorProto &tensor,
                         llvm::ArrayRef<DataField> fields, ElementLayout layout,
                         uint64_t size) {
  if (fields.empty())
    return failure(tensor, describeShape(tensor.data_type(), dimsOf(tensor)) +
                               " takes " + Twine(size) +
                               " bytes, but it has no data");
  if (fields.size() > 1)
    return failure(tensor, "has data in " + fieldName(fields[0].number) +
                               " and again in " + fieldName(fields[1].number));

  DataField field = fields.front();
  if (field.number != TensorProto::kRawDataFieldNumber &&
      field.number != layout.typedField)
    return failure(tensor, "has its " + elementTypeName(tensor.data_type()) +
                               " data in " + fieldName(field.number) +
                               "; it belongs in raw_data or " +
                               fieldName(layout.typedField));
  if (field.bytes != size)
    return lengthMismatch(tensor, size, field.bytes, fieldName(field.number));
  return Error::success();
}

TensorBytes TensorReader::slice(unsigned file, uint64_t offset,
                                uint64_t size) const {
  return {file, offset, sourceFiles.list()[file].data.slice(offset, size)};
}

Expected<TensorBytes> TensorReader::bytes(const TensorProto &tensor) {
  Expected<uint64_t> size = denseBytes(tensor.data_type(), dimsOf(tensor));
  if (!size)
    return failure(tensor, llvm::toString(size.takeError()));
  if (tensor.has_segment())
    return failure(tensor, "is split into segments, which no reader joins; "
                           "write it as one tensor");
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return externalBytes(tensor, *size);
  return inlineBytes(tensor, *size);
}

/// The data of `tensor` that the scanner found in the file.
Expected<llvm::SmallVector<Payload, 1>>
TensorReader::mappedPayloads(const TensorProto &tensor) const {
  llvm::SmallVector<Payload, 1> found;
  for (uint32_t index : tensor.mapped_payload()) {
    // A text model can write the marker as it likes.
    if (index >= payloads.size())
      return failure(tensor, "sets mapped_payload, which is reserved");
    found.push_back(payloads[index]);
  }
  return found;
}

Expected<TensorBytes> TensorReader::inlineBytes(const TensorProto &tensor,
                                                uint64_t size) {
  Expected<llvm::SmallVector<Payload, 1>> mapped = mappedPayloads(tensor);
  if (!mapped)
    return mapped.takeError();
  ElementLayout layout = *layoutOf(tensor.data_type());
  llvm::SmallVector<DataField, 2> fields = inlineFields(tensor, layout);
  for (const Payload &payload : *mapped) {
    // A short payload is in the message as well. Only then do they agree.
    bool alsoInline = llvm::any_of(fields, [&](const DataField &field) {
      return field.number == payload.field && field.bytes == payload.length;
    });
    if (!alsoInline)
      fields.push_back({payload.field, payload.length});
  }
  if (fields.empty() && size == 0)
    return slice(/*file=*/0, /*offset=*/0, size);
  if (Error error = checkFields(tensor, fields, layout, size))
    return error;
  if (mapped->size() > 1)
    return failure(tensor, "has its data more than once");
  if (!mapped->empty())
    return slice(/*file=*/0, mapped->front().offset, size);
  std::unique_ptr<llvm::WritableMemoryBuffer> decoded =
      llvm::WritableMemoryBuffer::getNewUninitMemBuffer(size);
  if (!decoded)
    return failure(tensor, "no memory for " + Twine(size) + " bytes");
  if (Error error = decodeField(tensor, fields[0].number, layout.valueBytes,
                                decoded->getBufferStart()))
    return error;
  return slice(sourceFiles.addDecoded(std::move(decoded)), 0, size);
}

/// Reads the key-value pairs of `external_data`. Keys we do not know are hints
/// for other readers.
static Expected<ExternalReference>
parseExternalReference(const TensorProto &tensor) {
  ExternalReference reference;
  llvm::SmallVector<StringRef, 4> seen;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    if (key != "location" && key != "offset" && key != "length")
      continue;
    if (llvm::is_contained(seen, key))
      return failure(tensor, "external data has '" + key + "' twice");
    seen.push_back(key);

    uint64_t number = 0;
    if (key == "location")
      reference.location = value;
    else if (value.getAsInteger(10, number))
      return failure(tensor, "external data has " + key + " " + quote(value) +
                                 ", which is not a number of bytes");
    else if (key == "offset")
      reference.offset = number;
    else
      reference.length = number;
  }
  if (!llvm::is_contained(seen, "location"))
    return failure(tensor, "external data has no 'location'");
  return reference;
}

Expected<TensorBytes> TensorReader::externalBytes(const TensorProto &tensor,
                                                  uint64_t size) {
  if (!inlineFields(tensor, *layoutOf(tensor.data_type())).empty() ||
      tensor.mapped_payload_size() != 0)
    return failure(tensor, "has external data and also data in the model");
  Expected<ExternalReference> reference = parseExternalReference(tensor);
  if (!reference)
    return reference.takeError();

  std::string what = "external data " + quote(reference->location) + " of " +
                     describe(tensor) + ": ";
  Expected<unsigned> file = sourceFiles.openExternal(reference->location);
  if (!file)
    return llvm::createStringError(what + llvm::toString(file.takeError()));

  uint64_t offset = reference->offset;
  uint64_t fileSize = sourceFiles.list()[*file].data.size();
  if (offset > fileSize)
    return llvm::createStringError(what + "offset " + Twine(offset) +
                                   " exceeds the file size " + Twine(fileSize));
  uint64_t length = reference->length.value_or(fileSize - offset);
  if (length > fileSize - offset)
    return llvm::createStringError(what + "offset " + Twine(offset) +
                                   " + length " + Twine(length) +
                                   " exceeds the file size " + Twine(fileSize));
  if (length != size)
    return lengthMismatch(tensor, size, length,
                          "external data " + quote(reference->location));
  return slice(*file, offset, size);
}
