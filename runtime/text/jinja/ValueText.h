// Converts values to text (as Python does) and to and from JSON.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <cstdint>

namespace weft::jinja {

/// Returns Python's str(value), or "" if it is undefined.
std::string toText(const Value &value);
/// Returns Python's repr(value), except that unprintable characters are not escaped.
std::string represent(const Value &value);

/// Options of Python's json.dumps.
struct JsonStyle {
  /// Whether to escape characters beyond ASCII as \u.
  bool asciiOnly = false;
  bool sortKeys = false;
  /// Spaces by which each level is indented; -1 writes everything on one line.
  int indent = -1;
  /// The most bytes; toJson() throws TemplateError if the text is longer.
  uint64_t longest = uint64_t(64) << 20;
  std::string betweenItems = ", ";
  std::string afterKey = ": ";
};

/// Returns `value` as JSON. Throws TemplateError for kinds that JSON does not have.
std::string toJson(const Value &value, const JsonStyle &style);

/// Parses JSON, such as the messages and tools of a conversation. Errors: invalid JSON, or too deep
/// nesting.
Result<Value> valueFromJson(std::string_view json);

} // namespace weft::jinja
