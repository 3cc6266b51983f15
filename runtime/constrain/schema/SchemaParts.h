// Schemas that must hold together, and what they say of one keyword.
#pragma once

#include "runtime/base/Error.h"

#include <optional>
#include <set>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

namespace weft::constrain {

using JsonElement = simdjson::dom::element;

/// A schema and where it stands. Refers to the parsed document.
struct Schema {
  static constexpr size_t none = SIZE_MAX;

  JsonElement element;
  std::string pointer;    ///< JSON pointer, "" for the whole
  std::string text{};     ///< itself, where it was made of another one; "" in the document
  size_t parent = none;   ///< of its conjunction: the part that names it
  uint32_t done = 0;      ///< its keywords that are taken care of, a bit each
  bool isFlat = false;    ///< what its $ref and allOf name stands beside it
  bool isNegated = false; ///< made of a "not": it says of no property that it is known

  /// Equal for schemas that say the same of any value.
  std::string identity() const { return text.empty() ? pointer : "=" + text; }
};

/// "#/properties/age: message".
tl::unexpected<Error> schemaError(const std::string &pointer, const std::string &message);

/// The pointer of a member.
std::string below(const std::string &pointer, std::string_view key);

/// Whether a keyword says nothing of which values a schema accepts: titles, defaults, definitions,
/// and words that no draft knows.
bool isAnnotation(std::string_view keyword);

/// "null", "boolean", "object", "array", "string", "integer" (1.0 too) or "number".
std::string typeOf(JsonElement value);

/// Whether two values are the same to JSON Schema: 1 and 1.0 are, and members have no order.
bool isEqual(JsonElement a, JsonElement b);

/// Schemas of which each must accept a value; never empty.
class Conjunction {
public:
  std::vector<Schema> parts;

  /// The values of a keyword, with where each stands.
  std::vector<Schema> all(std::string_view keyword) const;
  bool has(std::string_view keyword) const;
  bool hasAny(std::initializer_list<std::string_view> keywords) const;
  const std::string &pointer() const { return parts.front().pointer; }
  /// Whether `part` is `ancestor`, or came to stand here through it, without a "not" between.
  bool isWithin(size_t part, size_t ancestor) const;

  /// The largest or the least count under a keyword. Errors: no whole number. Counts above
  /// mostRepeats are that.
  Result<std::optional<uint32_t>> count(std::string_view keyword, bool largest) const;
  /// Names under "type" that all parts allow; all seven where none says. "integer" is in
  /// "number". Errors: no such type.
  Result<std::set<std::string>> types() const;
  /// An error if a part has a keyword that is known and not supported.
  Result<void> checkKeywords() const;
};

/// The whole number of at least 0 that `value` is; at most mostRepeats.
Result<uint32_t> countOf(const Schema &value);

} // namespace weft::constrain
