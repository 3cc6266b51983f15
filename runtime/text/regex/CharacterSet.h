// Sets of code points.
#pragma once

#include "runtime/text/unicode/GeneralCategory.h"

#include <string_view>
#include <vector>

namespace weft::regex {

class CharacterSet {
public:
  struct Range {
    /// Without `end`.
    char32_t begin, end;
  };
  static constexpr char32_t codesEnd = 0x110000;

  CharacterSet() = default;
  static CharacterSet of(char32_t code) { return range(code, code); }
  /// With `last`.
  static CharacterSet range(char32_t first, char32_t last);
  static CharacterSet ofCategories(unicode::CategorySet categories);
  /// Property White_Space.
  static CharacterSet whitespace();
  /// `\w` as Oniguruma means it; outside a class it counts Latin-1's superscripts and
  /// fractions too.
  static CharacterSet word(bool insideClass);
  /// Script Han, Unicode 16.
  static CharacterSet han();

  /// In order, apart from one another.
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
