// The formats of JSON Schema's strings.
#pragma once

#include <string>
#include <string_view>

namespace weft::constrain {

/// The regular expression of a format, for the whole of a string; empty for others.
std::string_view patternOfFormat(std::string_view format);
/// All that are known, for messages.
std::string knownFormats();

} // namespace weft::constrain
