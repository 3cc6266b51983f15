#include "runtime/constrain/automaton/CodePoints.h"

#include "runtime/base/Utf8.h"

#include <algorithm>

namespace weft::constrain {

namespace {

constexpr char32_t firstSurrogate = 0xD800, lastSurrogate = 0xDFFF;

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
  std::string first, second;
  appendUtf8(first, low);
  appendUtf8(second, high);
  const size_t count = first.size();
  ByteRange bytes[4];
  for (size_t i = 0; i < count; ++i)
    bytes[i] = {uint8_t(first[i]), uint8_t(second[i])};
  emit({bytes, count});
}

bool takeCharacter(std::string_view &text, char32_t &character) {
  if (text.empty())
    return false;
  const Utf8Char next = charAt(text, 0);
  if (next.kind != Utf8Char::Kind::Valid)
    return false;
  character = next.code;
  text.remove_prefix(next.length);
  return true;
}

} // namespace weft::constrain
