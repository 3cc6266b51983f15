#include "runtime/text/tokenizer/normalize/Precompiled.h"

#include "runtime/base/Base64.h"
#include "runtime/base/Utf8.h"
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
  auto longestMatch = fields.boolean("longest_match", false);
  if (!longestMatch)
    return failFrom(longestMatch);
  auto made = std::make_unique<Precompiled>();
  made->longestMatch = *longestMatch;
  if (auto done = made->read(*table, path); !done)
    return failFrom(done);
  return made;
}

Result<void> Precompiled::read(std::string_view table, const std::string &path) {
  uint32_t size = 0;
  if (table.size() >= sizeof(size))
    std::memcpy(&size, table.data(), sizeof(size));
  if (table.size() < sizeof(size) || size % 4 || size < 4 || size > table.size() - sizeof(size))
    return fail(path + ": expected the size of a trie, then the trie, found " +
                std::to_string(table.size()) + " bytes that are none");
  units.resize(size / 4);
  std::memcpy(units.data(), table.data() + sizeof(size), size);
  pool = table.substr(sizeof(size) + size);
  return {};
}

Precompiled::Match Precompiled::find(std::string_view text, bool longest) const {
  auto offsetOf = [](uint32_t unit) { return unit >> 10 << ((unit & 1 << 9) >> 6); };
  Match match;
  uint32_t place = offsetOf(units[0]);
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    place ^= byte;
    if (byte == 0 || place >= units.size())
      break;
    const uint32_t unit = units[place];
    if ((unit & (1u << 31 | 0xFF)) != byte)
      break;
    place ^= offsetOf(unit);
    if (place >= units.size())
      break;
    if (!(unit >> 8 & 1))
      continue;
    const uint32_t begin = units[place] & ~(1u << 31);
    if (begin >= pool.size())
      break;
    match = {at + 1, begin};
    if (!longest)
      break;
  }
  return match;
}

bool Precompiled::replace(std::string_view text, std::string &out) const {
  const Match match = find(text, false);
  if (match.length)
    out += pool.c_str() + match.place;
  return match.length > 0;
}

std::string Precompiled::replacedByLongest(std::string_view text) const {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Match match = find(text.substr(at), true);
    const size_t length = match.length ? match.length : charAt(text, at).length;
    if (match.length)
      out += pool.c_str() + match.place;
    else
      out += text.substr(at, length);
    at += length;
  }
  return out;
}

void Precompiled::normalize(std::string &text) const {
  if (longestMatch) {
    text = replacedByLongest(text);
    return;
  }
  constexpr size_t longestWhole = 5;
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t end = unicode::graphemeEnd(text, at);
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
