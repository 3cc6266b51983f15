// Sets of Unicode characters, and what they are in UTF-8.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// A set of Unicode scalar values (no surrogates), as ranges in order with gaps between.
class CodePoints {
public:
  struct Range {
    char32_t low, high; // both in
    bool operator==(const Range &) const = default;
  };
  static constexpr char32_t last = 0x10FFFF;

  CodePoints() = default;
  CodePoints(std::initializer_list<Range> ranges);
  static CodePoints all();
  static CodePoints of(std::u32string_view characters);

  void add(char32_t low, char32_t high);
  void add(const CodePoints &other);
  CodePoints inverted() const;
  CodePoints without(const CodePoints &other) const;
  bool contains(char32_t character) const;
  bool empty() const { return ranges.empty(); }
  std::span<const Range> list() const { return ranges; }

private:
  std::vector<Range> ranges;
};

struct ByteRange {
  uint8_t low, high; // both in
  auto operator<=>(const ByteRange &) const = default;
};

/// Gives the UTF-8 of low to high as sequences of one to four byte ranges; a text of bytes
/// is in the set just if one of the sequences fits it byte for byte.
void utf8Sequences(char32_t low, char32_t high,
                   const std::function<void(std::span<const ByteRange>)> &emit);

/// The character that `text` begins with, which is cut off. False: no UTF-8.
bool takeCharacter(std::string_view &text, char32_t &character);

} // namespace weft::constrain
