// Classes of characters that regular expressions have names for.
#pragma once

#include "runtime/text/regex/CharacterSet.h"

#include <optional>
#include <string_view>

namespace weft::regex {

/// The class that `\s`, `\S`, `\w`, `\W`, `\d`, `\D`, `\h`, `\H` stand for.
std::optional<CharacterSet> escapedClass(char32_t letter, bool insideClass);

/// What `\p{name}` stands for: a general category by its short or long name, or Han.
std::optional<CharacterSet> characterProperty(std::string_view name);

/// What `[:name:]` stands for.
std::optional<CharacterSet> posixClass(std::string_view name);

} // namespace weft::regex
