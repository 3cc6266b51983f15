#include "runtime/text/formats/Protobuf.h"

#include <bit>

namespace weft::text {

float ProtobufField::asFloat() const { return std::bit_cast<float>(static_cast<uint32_t>(value)); }

std::optional<uint64_t> ProtobufReader::varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= uint64_t(byte & 0x7F) << shift;
    if (byte < 0x80)
      return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> ProtobufReader::take(uint64_t size) {
  if (size > rest.size())
    return std::nullopt;
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

Result<std::optional<ProtobufField>> ProtobufReader::next() {
  if (rest.empty())
    return std::optional<ProtobufField>();
  const auto key = varint();
  if (!key || *key >> 3 == 0 || *key >> 3 > UINT32_MAX)
    return fail("expected a protobuf field, found bytes that are none");
  ProtobufField field;
  field.number = static_cast<uint32_t>(*key >> 3);
  enum Type { Numeric = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5 };
  std::optional<std::string_view> fixed;
  switch (*key & 7) {
  case Numeric:
    if (const auto value = varint()) {
      field.value = *value;
      return field;
    }
    break;
  case Delimited:
    if (const auto size = varint())
      if (const auto bytes = take(*size)) {
        field.bytes = *bytes;
        return field;
      }
    break;
  case Fixed64:
    fixed = take(8);
    break;
  case Fixed32:
    fixed = take(4);
    break;
  default:
    return fail("protobuf field " + std::to_string(field.number) + " is of wire type " +
                std::to_string(*key & 7) + ", expected 0, 1, 2 or 5");
  }
  if (!fixed)
    return fail("protobuf field " + std::to_string(field.number) + " ends after the file does");
  for (size_t i = fixed->size(); i-- > 0;)
    field.value = field.value << 8 | static_cast<unsigned char>((*fixed)[i]);
  return field;
}

} // namespace weft::text
