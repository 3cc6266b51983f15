#include "runtime/generate/grammar/CodePoints.h"

#include <algorithm>

namespace weft::grammar {

namespace {

constexpr char32_t firstSurrogate = 0xD800, lastSurrogate = 0xDFFF;

/// The bytes of a character; returns how many.
unsigned encode(char32_t c, uint8_t bytes[4]) {
  if (c < 0x80) {
    bytes[0] = uint8_t(c);
    return 1;
  }
  const unsigned count = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (unsigned i = count - 1; i > 0; --i, c >>= 6)
    bytes[i] = uint8_t(0x80 | (c & 0x3F));
  bytes[0] = uint8_t((0xF00 >> count) | c);
  return count;
}

} // namespace

CodePoints::CodePoints(std::initializer_list<Range> list) {
  for (const Range &range : list)
    add(range.low, range.high);
}

CodePoints CodePoints::all() { return {{0, last}}; }

CodePoints CodePoints::of(std::u32string_view characters) {
  CodePoints set;
  for (char32_t character : characters)
    set.add(character, character);
  return set;
}

void CodePoints::add(char32_t low, char32_t high) {
  if (low <= lastSurrogate && high >= firstSurrogate) {
    if (low < firstSurrogate)
      add(low, firstSurrogate - 1);
    if (high > lastSurrogate)
      add(lastSurrogate + 1, high);
    return;
  }
  if (low > high)
    return;
  auto begin = std::ranges::find_if(ranges, [&](const Range &r) { return r.high + 1 >= low; });
  auto end = begin;
  for (; end != ranges.end() && end->low <= high + 1; ++end) {
    low = std::min(low, end->low);
    high = std::max(high, end->high);
  }
  begin = ranges.erase(begin, end);
  ranges.insert(begin, {low, high});
}

void CodePoints::add(const CodePoints &other) {
  for (const Range &range : other.ranges)
    add(range.low, range.high);
}

CodePoints CodePoints::inverted() const {
  CodePoints rest;
  char32_t next = 0;
  for (const Range &range : ranges) {
    if (range.low > next)
      rest.add(next, range.low - 1);
    next = range.high + 1;
  }
  if (next <= last)
    rest.add(next, last);
  return rest;
}

CodePoints CodePoints::without(const CodePoints &other) const {
  CodePoints keptOut = inverted();
  keptOut.add(other);
  return keptOut.inverted();
}

bool CodePoints::contains(char32_t character) const {
  return std::ranges::any_of(
      ranges, [&](const Range &r) { return r.low <= character && character <= r.high; });
}

void utf8Sequences(char32_t low, char32_t high,
                   const std::function<void(std::span<const ByteRange>)> &emit) {
  auto cutAfter = [&](char32_t end) {
    utf8Sequences(low, end, emit);
    utf8Sequences(end + 1, high, emit);
  };
  for (char32_t border : {0x7F, 0x7FF, 0xFFFF})
    if (low <= border && border < high)
      return cutAfter(border);
  // Cut until the last bytes run through all their values wherever the first ones differ.
  if (high >= 0x80)
    for (unsigned bits = 6; bits <= 18; bits += 6) {
      const char32_t tail = (char32_t(1) << bits) - 1;
      if ((low & ~tail) == (high & ~tail))
        continue;
      if (low & tail)
        return cutAfter(low | tail);
      if ((high & tail) != tail)
        return cutAfter((high & ~tail) - 1);
    }
  uint8_t first[4], second[4];
  const unsigned count = encode(low, first);
  encode(high, second);
  ByteRange bytes[4];
  for (unsigned i = 0; i < count; ++i)
    bytes[i] = {first[i], second[i]};
  emit({bytes, count});
}

void appendUtf8(std::string &text, char32_t character) {
  uint8_t bytes[4];
  const unsigned count = encode(character, bytes);
  text.append(reinterpret_cast<const char *>(bytes), count);
}

bool takeCharacter(std::string_view &text, char32_t &character) {
  if (text.empty())
    return false;
  const auto first = uint8_t(text[0]);
  const unsigned count = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (count == 0 || count > text.size())
    return false;
  character = count == 1 ? first : first & (0x7Fu >> count);
  for (unsigned i = 1; i < count; ++i)
    character = character << 6 | (uint8_t(text[i]) & 0x3Fu);
  uint8_t again[4]; // also finds overlong forms and bytes out of place
  if (character > CodePoints::last || (character >= firstSurrogate && character <= lastSurrogate) ||
      encode(character, again) != count || !std::equal(again, again + count, (const uint8_t *)text.data()))
    return false;
  text.remove_prefix(count);
  return true;
}

} // namespace weft::grammar
