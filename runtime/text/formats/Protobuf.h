// Reads the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding).
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::text {

/// One field of a message. The reader has to know the field's type.
struct ProtobufField {
  uint32_t number = 0;
  /// The value of a varint or a fixed-length number.
  uint64_t value = 0;
  /// The content of a string or a message; points into the message that is read.
  std::string_view bytes;

  /// Returns `value` as the bits of an f32.
  float asFloat() const;
};

/// Reads the fields of a message one after the other. The bytes must outlive it.
class ProtobufReader {
public:
  explicit ProtobufReader(std::string_view message) : rest(message) {}
  /// Returns the next field, or nothing at the end. Errors: malformed bytes.
  Result<std::optional<ProtobufField>> next();

private:
  std::optional<uint64_t> varint();
  std::optional<std::string_view> take(uint64_t size);
  std::string_view rest;
};

} // namespace weft::text
