// Values as text: Python's, JSON's.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/jinja/Value.h"

#include <cstdint>

namespace weft::jinja {

/// Python's str(value); nothing where it is undefined.
std::string toText(const Value &value);
/// Python's repr(value), but that characters it could not print stay as they
/// are.
std::string represent(const Value &value);

/// How Python's json.dumps writes.
struct JsonStyle {
  /// Characters beyond ASCII as \u escapes.
  bool asciiOnly = false;
  bool sortKeys = false;
  /// What a level is indented by; -1 writes everything on one line.
  int indent = -1;
  /// Throws TemplateError where the text gets longer.
  uint64_t longest = uint64_t(64) << 20;
  std::string betweenItems = ", ";
  std::string afterKey = ": ";
};

/// Throws TemplateError where there is something that JSON does not have.
std::string toJson(const Value &value, const JsonStyle &style);

/// A JSON text as a value: what messages and tools of a conversation come as.
/// Errors: no JSON, or nested too deeply.
Result<Value> valueFromJson(std::string_view json);

} // namespace weft::jinja
