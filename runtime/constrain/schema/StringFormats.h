// Patterns and formats of JSON Schema's strings, and the formats of its numbers.
#pragma once

#include "runtime/constrain/automaton/TextSet.h"
#include "runtime/constrain/schema/SchemaParts.h"

#include <string>
#include <string_view>

namespace weft::constrain {

/// The regular expression of a format, for the whole of a string; empty for others.
std::string_view patternOfFormat(std::string_view format);
/// All that are known, for messages.
std::string knownFormats();

/// "int64" and the like, as OpenAPI has them: they say nothing of strings.
bool isFormatOfNumbers(JsonElement format);
/// The integers of such a format; false where it has none of its own ("double").
bool boundsOfFormat(std::string_view format, double &least, double &most);

/// Texts that fit `pattern` anywhere, as `pattern` of JSON Schema asks. Errors: those of
/// parseRegex() and TextSet::of().
Result<TextSet> textsOfPattern(std::string_view pattern);
/// Errors: no such format.
Result<TextSet> textsOfFormat(std::string_view format);
/// "base64" and others of RFC 4648; nullopt for encodings that leave a text as it is. Errors:
/// others.
Result<std::optional<TextSet>> textsOfEncoding(std::string_view encoding);

} // namespace weft::constrain
