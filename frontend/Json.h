// JSON from outside: parsed without exceptions, with a limit on its depth.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace weft {

/// Deepest nesting that parseJson() accepts; what works on the result may recurse.
inline constexpr unsigned deepestJson = 64;

/// Parses a whole text. Python's NaN and Infinity, which Hugging Face configurations
/// contain, are read as null. Errors name `file` and the place.
Result<nlohmann::json> parseJson(std::string_view text, const std::string &file);

/// The same for a file. Nothing is read where it exceeds `largest` bytes.
Result<nlohmann::json> parseJsonFile(const std::string &file, size_t largest);

/// What a parse error of the library says, without its internal name.
std::string jsonProblem(const nlohmann::detail::exception &error);

} // namespace weft
