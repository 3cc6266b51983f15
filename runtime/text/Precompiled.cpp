#include "runtime/text/Precompiled.h"

#include "runtime/text/Base64.h"
#include "runtime/text/Utf8.h"
#include "runtime/text/unicode/Unicode.h"

#include <cstring>

namespace weft::text {

Result<std::unique_ptr<Normalizer>> Precompiled::make(const Fields &fields, unsigned) {
  auto encoded = fields.string("precompiled_charsmap");
  if (!encoded)
    return failFrom(encoded);
  const std::string path = fields.path("precompiled_charsmap");
  auto table = decodeBase64(*encoded);
  if (!table)
    return fail(path + ": expected Base64");
  auto made = std::make_unique<Precompiled>();
  if (auto done = made->read(*table, path); !done)
    return failFrom(done);
  return made;
}

Result<bool> Precompiled::read(std::string_view table, const std::string &path) {
  uint32_t size = 0;
  if (table.size() >= sizeof(size))
    std::memcpy(&size, table.data(), sizeof(size));
  if (table.size() < sizeof(size) || size % 4 || size < 4 || size > table.size() - sizeof(size))
    return fail(path + ": expected the size of a trie, then the trie, found " +
                std::to_string(table.size()) + " bytes that are none");
  units.resize(size / 4);
  std::memcpy(units.data(), table.data() + sizeof(size), size);
  pool = table.substr(sizeof(size) + size);
  return true;
}

bool Precompiled::replace(std::string_view text, std::string &out) const {
  auto offsetOf = [](uint32_t unit) { return unit >> 10 << ((unit & 1 << 9) >> 6); };
  uint32_t place = offsetOf(units[0]);
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    place ^= byte;
    if (byte == 0 || place >= units.size())
      return false;
    const uint32_t unit = units[place];
    if ((unit & (1u << 31 | 0xFF)) != byte)
      return false;
    place ^= offsetOf(unit);
    if (place >= units.size())
      return false;
    if (!(unit >> 8 & 1))
      continue;
    const uint32_t begin = units[place] & ~(1u << 31);
    if (begin >= pool.size())
      return false;
    out += pool.c_str() + begin;
    return true;
  }
  return false;
}

void Precompiled::normalize(std::string &text) const {
  constexpr size_t longestWhole = 5;
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t end = graphemeEnd(text, at);
    const std::string_view grapheme = std::string_view(text).substr(at, end - at);
    if (grapheme.size() > longestWhole || !replace(grapheme, out))
      for (size_t i = 0; i < grapheme.size();) {
        const std::string_view character = grapheme.substr(i, charAt(grapheme, i).length);
        if (!replace(character, out))
          out += character;
        i += character.size();
      }
    at = end;
  }
  text = std::move(out);
}

} // namespace weft::text
