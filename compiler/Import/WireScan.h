//===- WireScan.h - Leave tensor data in the file ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Protobuf copies every byte it parses, and stops at 2 GiB. Nearly all bytes of
// a model are tensor data that lie in the file exactly as we want them. So the
// wire bytes are walked first and the tensor data is replaced by a note of
// where it lies; protobuf parses the small rest.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_WIRESCAN_H
#define LMCC_COMPILER_IMPORT_WIRESCAN_H

#include "compiler/Import/ReadLimits.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
class Message;
} // namespace google::protobuf

namespace lmcc::import {

/// Tensor data longer than this is taken out of the message.
inline constexpr uint64_t inlinePayloadBytes = 1024;

/// Tensor data in the wire bytes of a message.
struct Payload {
  uint64_t offset; // In bytes, from the start of the wire bytes.
  uint64_t length; // In bytes, never zero.
  int field;       // raw_data, float_data or double_data of TensorProto.
};

struct ReducedMessage {
  /// The message without its large payloads. Still valid wire bytes.
  std::string wire;
  /// What the numbers in TensorProto.mapped_payload refer to.
  std::vector<Payload> payloads;
};

/// Walks `wire`, a message of our ONNX schema that `type` describes. Every
/// `raw_data` and every packed `float_data` and `double_data` of a tensor gets
/// an entry in `payloads` and the entry's number in `mapped_payload`; it stays
/// in the message too if it is at most `inlinePayloadBytes` long. Fields that
/// the schema does not name are dropped. No payload is copied or even read.
///
/// Fails, naming the byte, if a length leaves its message, a tag or number is
/// malformed, a group occurs, or a limit is exceeded.
llvm::Expected<ReducedMessage>
reduceMessage(llvm::ArrayRef<uint8_t> wire,
              const google::protobuf::Descriptor &type,
              const ReadLimits &limits);

/// Reduces `wire` and parses it into `message`. Returns the payloads.
llvm::Expected<std::vector<Payload>>
parseReduced(llvm::ArrayRef<uint8_t> wire, google::protobuf::Message &message,
             const ReadLimits &limits);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_WIRESCAN_H
