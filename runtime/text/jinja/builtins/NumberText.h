// Numbers as the formatting of Python writes them.
#pragma once

#include "runtime/text/jinja/Value.h"

#include <optional>
#include <string>
#include <string_view>

namespace weft::jinja {

/// What a format specification asks for:
/// [[fill]align][sign][#][0][width][,][.precision][type].
struct TextFormat {
  std::string fill = " ";
  /// '<', '>', '^', or '=' between sign and digits; 0: what suits the value.
  char align = 0;
  /// '-', '+' or ' '.
  char sign = '-';
  bool alternate = false;
  uint64_t width = 0;
  /// ',' or '_' between thousands; 0: nothing.
  char grouping = 0;
  std::optional<uint64_t> precision;
  /// 0 where none was given.
  char type = 0;
};

/// `body` in the width asked for; `fill` goes on the side that `align` says.
/// Throws TemplateError where that gets too long.
std::string padded(std::string body, const TextFormat &format, char align);

/// An integer by type b, c, d, o, x or X (0 as d), with its sign and padded.
/// Throws TemplateError for other types.
std::string integerText(int64_t value, const TextFormat &format);
/// A float by type e, E, f, F, g, G or % (0: as Python's repr, or with a
/// precision as it writes then). Throws TemplateError for other types.
std::string floatText(double value, const TextFormat &format);

} // namespace weft::jinja
