// Sets of Unicode characters and their UTF-8 encodings.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// A set of Unicode scalar values (no surrogates), as sorted ranges with gaps between them.
class CodePoints {
public:
  struct Range {
    char32_t low, high; // inclusive
    bool operator==(const Range &) const = default;
  };
  static constexpr char32_t last = 0x10FFFF;

  CodePoints() = default;
  CodePoints(std::initializer_list<Range> ranges);
  static CodePoints all();
  /// Returns the set of the characters of `characters`.
  static CodePoints of(std::u32string_view characters);

  /// Adds the characters `low` to `high`, inclusive.
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

/// A range of byte values.
struct ByteRange {
  uint8_t low, high; // inclusive
  auto operator<=>(const ByteRange &) const = default;
};

/// Passes the UTF-8 encodings of the characters low to high to `emit`, as sequences of one to four
/// byte ranges: a byte string encodes one of the characters if and only if it matches one of the
/// sequences.
void utf8Sequences(char32_t low, char32_t high,
                   const std::function<void(std::span<const ByteRange>)> &emit);

/// Removes the first character of `text` and stores it in `character`. Returns false if `text` does
/// not begin with valid UTF-8.
bool takeCharacter(std::string_view &text, char32_t &character);

} // namespace weft::constrain
