// Sets of code points.
#pragma once

#include "runtime/text/unicode/GeneralCategory.h"

#include <string_view>
#include <vector>

namespace weft::regex {

/// A set of code points, as sorted ranges.
class CharacterSet {
public:
  struct Range {
    /// `end` is exclusive.
    char32_t begin, end;
  };
  static constexpr char32_t codesEnd = 0x110000;

  CharacterSet() = default;
  static CharacterSet of(char32_t code) { return range(code, code); }
  /// Returns the code points `first` to `last`, inclusive.
  static CharacterSet range(char32_t first, char32_t last);
  static CharacterSet ofCategories(unicode::CategorySet categories);
  /// Returns the characters with the property White_Space.
  static CharacterSet whitespace();
  /// Returns Oniguruma's `\w`; outside a class it includes Latin-1's superscripts and fractions.
  static CharacterSet word(bool insideClass);
  /// Returns the script Han of Unicode 16.
  static CharacterSet han();

  /// Returns the ranges in order, with gaps between them.
  const std::vector<Range> &ranges() const { return list; }
  bool contains(char32_t code) const;
  CharacterSet &operator|=(const CharacterSet &other);
  CharacterSet &operator&=(const CharacterSet &other);
  CharacterSet complement() const;
  friend CharacterSet operator|(CharacterSet a, const CharacterSet &b) { return a |= b; }

private:
  std::vector<Range> list;
};

} // namespace weft::regex
