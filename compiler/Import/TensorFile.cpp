//===- TensorFile.cpp - One tensor in a file of its own -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorFile.h"

#include "compiler/Import/ElementType.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorReader.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

#include <utility>

using namespace lmcc;
using namespace lmcc::import;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static Expected<DenseTensor> readTensor(StringRef path,
                                        const ReadLimits &limits) {
  Expected<SourceFiles> files = SourceFiles::open(path, limits);
  if (!files)
    return files.takeError();
  onnx::TensorProto proto;
  Expected<std::vector<Payload>> payloads =
      parseReduced(files->list().front().data, proto, limits);
  if (!payloads)
    return llvm::createStringError("not a valid ONNX tensor: " +
                                   llvm::toString(payloads.takeError()));

  TensorReader reader(std::move(*files), std::move(*payloads));
  Expected<TensorBytes> bytes = reader.bytes(proto);
  if (!bytes)
    return bytes.takeError();
  return DenseTensor{proto.name(),
                     proto.data_type(),
                     {proto.dims().begin(), proto.dims().end()},
                     bytes->data.vec()};
}

Expected<DenseTensor> lmcc::import::readTensorFile(StringRef path,
                                                   const ReadLimits &limits) {
  Expected<DenseTensor> tensor = readTensor(path, limits);
  if (!tensor)
    return llvm::createFileError(path, tensor.takeError());
  return tensor;
}

static Expected<std::string> serialize(StringRef name, int32_t elementType,
                                       llvm::ArrayRef<int64_t> dims,
                                       llvm::ArrayRef<uint8_t> bytes) {
  Expected<uint64_t> size = denseBytes(elementType, dims);
  if (!size)
    return size.takeError();
  if (bytes.size() != *size)
    return llvm::createStringError(
        describeShape(elementType, dims) + " takes " + Twine(*size) +
        " bytes, but there are " + Twine(bytes.size()));
  onnx::TensorProto proto;
  proto.set_name(name.str());
  proto.set_data_type(elementType);
  proto.mutable_dims()->Add(dims.begin(), dims.end());
  // The rest of the message is measured before the copy is made.
  if (bytes.size() + proto.ByteSizeLong() + /*tag and length=*/6 > INT32_MAX)
    return llvm::createStringError("a tensor of " + Twine(bytes.size()) +
                                   " bytes is too long for one message");
  proto.set_raw_data(bytes.data(), bytes.size());
  return proto.SerializeAsString();
}

Error lmcc::import::writeTensorFile(StringRef path, StringRef name,
                                    int32_t elementType,
                                    llvm::ArrayRef<int64_t> dims,
                                    llvm::ArrayRef<uint8_t> bytes) {
  Expected<std::string> wire = serialize(name, elementType, dims, bytes);
  if (!wire)
    return llvm::createFileError(path, wire.takeError());
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
    os << *wire;
    return Error::success();
  });
}
