// Named character classes of regular expressions.
#pragma once

#include "runtime/text/regex/CharacterSet.h"

#include <optional>
#include <string_view>

namespace weft::regex {

/// Returns the class of `\s`, `\S`, `\w`, `\W`, `\d`, `\D`, `\h` or `\H`, or nothing for other
/// letters.
std::optional<CharacterSet> escapedClass(char32_t letter, bool insideClass);

/// Returns the class of `\p{name}`: a general category by its short or long name, or Han; else
/// nothing.
std::optional<CharacterSet> characterProperty(std::string_view name);

/// Returns the class of `[:name:]`, or nothing if there is none.
std::optional<CharacterSet> posixClass(std::string_view name);

} // namespace weft::regex
