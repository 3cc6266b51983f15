// Parses JSON from outside without exceptions and with a limit on its depth.
//
// A checkpoint's JSON is read with nlohmann's library, because configurations are small, are
// changed and written again (a tokenizer.json is built here), and contain Python's NaN. The
// runtime's reader, runtime/text/tokenizer/Json.h, only reads, on every start. It uses simdjson,
// which parses a large tokenizer.json in a tenth of the time.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// The deepest nesting that parseJson() accepts, so that code that recurses over the result is
/// safe.
inline constexpr unsigned deepestJson = 64;

/// Parses a whole text. Python's NaN and Infinity, which Hugging Face configurations contain, are
/// read as null. Errors: invalid JSON; the message names `file` and the place.
Result<nlohmann::json> parseJson(std::string_view text, const std::string &file);

/// The same for a file. Errors also: the file is larger than `largest` bytes; then nothing is read.
Result<nlohmann::json> parseJsonFile(const std::string &file, size_t largest);

/// Returns the JSON object in a file, or an empty object if the file does not exist. Errors: those
/// of parseJsonFile(), and JSON that is not an object.
Result<nlohmann::json> parseJsonObjectIfThere(const std::string &file);

/// The largest file that parseJsonObjectIfThere() reads, in bytes.
inline constexpr size_t largestJsonSettings = size_t(64) << 20;

/// Returns the member `key` of an object; nullptr if there is none, if it is null, or if `object`
/// is not an object.
const nlohmann::json *jsonMember(const nlohmann::json &object, const char *key);
/// Returns `value` as a token id, or nothing if it is not one.
std::optional<int32_t> jsonTokenId(const nlohmann::json &value);

/// Returns the message of a parse error of the library, without the library's prefix.
std::string jsonProblem(const nlohmann::detail::exception &error);

} // namespace weft
