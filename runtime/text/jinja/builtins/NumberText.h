// Writes numbers by Python's format specifications.
#pragma once

#include "runtime/text/jinja/Value.h"

#include <optional>
#include <string>
#include <string_view>

namespace weft::jinja {

/// A parsed format specification: [[fill]align][sign][#][0][width][,][.precision][type].
struct TextFormat {
  std::string fill = " ";
  /// '<', '>', '^', or '=' (padding between sign and digits); 0: the default for the value.
  char align = 0;
  /// '-', '+' or ' '.
  char sign = '-';
  bool alternate = false;
  uint64_t width = 0;
  /// ',' or '_' between thousands; 0: no separator.
  char grouping = 0;
  std::optional<uint64_t> precision;
  /// 0 if not given.
  char type = 0;
};

/// Pads `body` with `fill` to the width, on the side that `align` says. Throws TemplateError if the
/// result is too long.
std::string padded(std::string body, const TextFormat &format, char align);

/// Formats an integer by type b, c, d, o, x or X (0 means d), with sign and padding. Throws
/// TemplateError for other types.
std::string integerText(int64_t value, const TextFormat &format);
/// Formats a float by type e, E, f, F, g, G or % (0: like Python's repr, or as Python does with a
/// precision). Throws TemplateError for other types.
std::string floatText(double value, const TextFormat &format);

} // namespace weft::jinja
