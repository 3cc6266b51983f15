// The wire format of Protocol Buffers, as far as reading it goes
// (https://protobuf.dev/programming-guides/encoding).
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::text {

/// One field of a message. What its value means is for the reader to know.
struct ProtobufField {
  uint32_t number = 0;
  /// Of a varint or a fixed-length number.
  uint64_t value = 0;
  /// Of a string or a message.
  std::string_view bytes;

  /// `value` as the bits of a 32-bit number.
  float asFloat() const;
};

/// Reads the fields of a message one after the other. The bytes must outlive it.
class ProtobufReader {
public:
  explicit ProtobufReader(std::string_view message) : rest(message) {}
  /// The next field; nothing at the end. Bytes that are no field are an error.
  Result<std::optional<ProtobufField>> next();

private:
  std::optional<uint64_t> varint();
  std::optional<std::string_view> take(uint64_t size);
  std::string_view rest;
};

} // namespace weft::text
