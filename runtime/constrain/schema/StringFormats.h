// The formats of JSON Schema's strings and numbers, and patterns as text sets.
#pragma once

#include "runtime/constrain/automaton/TextSet.h"
#include "runtime/constrain/schema/SchemaParts.h"

#include <string>
#include <string_view>

namespace weft::constrain {

/// Returns the regular expression that a whole string of this format matches; empty if unknown.
std::string_view patternOfFormat(std::string_view format);
/// Returns the names of all known formats, for messages.
std::string knownFormats();

/// Says whether `format` is one of OpenAPI's number formats, such as "int64", which do not restrict
/// strings.
bool isFormatOfNumbers(JsonElement format);
/// Sets the least and greatest integer of a number format. Returns false if it has no bounds of its
/// own ("double").
bool boundsOfFormat(std::string_view format, double &least, double &most);

/// Returns the texts of which a substring matches `pattern`, as JSON Schema's `pattern` requires.
/// Errors: those of parseRegex() and TextSet::of().
Result<TextSet> textsOfPattern(std::string_view pattern);
/// Returns the texts of a format. Errors: the format is unknown.
Result<TextSet> textsOfFormat(std::string_view format);
/// Returns the texts of an encoding of RFC 4648, such as "base64"; nullopt for encodings that do
/// not restrict the text. Errors: the encoding is unknown.
Result<std::optional<TextSet>> textsOfEncoding(std::string_view encoding);

} // namespace weft::constrain
