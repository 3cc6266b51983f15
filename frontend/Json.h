// JSON from outside: parsed without exceptions, with a limit on its depth.
//
// A checkpoint's JSON is read with nlohmann's library: configurations are small, are changed and
// written again (a tokenizer.json is put together here), and contain Python's NaN. The runtime's
// reader, runtime/text/tokenizer/Json.h, only reads, on every start, and is over simdjson, which
// takes a large tokenizer.json in a tenth of the time.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <optional>
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

/// The JSON object in a file, an empty one where there is no such file. Errors: those of
/// parseJsonFile(); anything else than an object.
Result<nlohmann::json> parseJsonObjectIfThere(const std::string &file);

/// Largest file of settings that parseJsonObjectIfThere() reads.
inline constexpr size_t largestJsonSettings = size_t(64) << 20;

/// The member `key` of an object; nullptr where there is none, where it is null, and where
/// `object` is none.
const nlohmann::json *jsonMember(const nlohmann::json &object, const char *key);
/// One token id, or nothing where `value` is not one.
std::optional<int32_t> jsonTokenId(const nlohmann::json &value);

/// What a parse error of the library says, without its internal name.
std::string jsonProblem(const nlohmann::detail::exception &error);

} // namespace weft
