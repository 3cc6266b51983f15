// Sets of schemas that must all accept a value (allOf), and their keywords.
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

/// A schema and its place. Refers to the parsed document, which must outlive it.
struct Schema {
  static constexpr size_t none = SIZE_MAX;

  JsonElement element;
  std::string pointer;  ///< JSON pointer, "" for the whole document
  std::string text{};   ///< its JSON text if it was derived from another schema; "" in the document
  size_t parent = none; ///< index in its Conjunction of the schema that refers to it
  uint32_t done = 0;    ///< a bit for each of its keywords that was handled
  bool isFlat = false;  ///< whether its $ref and allOf were added to the Conjunction
  bool isNegated = false; ///< derived from a "not": it evaluates no properties

  /// Returns a string that is equal for schemas that accept the same values.
  std::string identity() const { return text.empty() ? pointer : "=" + text; }
};

/// Returns the error "#/properties/age: message".
tl::unexpected<Error> schemaError(const std::string &pointer, const std::string &message);

/// Returns the JSON pointer of the member `key` of `pointer`.
std::string below(const std::string &pointer, std::string_view key);

/// Says whether a keyword does not affect which values a schema accepts: titles, defaults,
/// definitions, and keywords that no draft knows.
bool isAnnotation(std::string_view keyword);

/// Returns "null", "boolean", "object", "array", "string", "integer" (also for 1.0) or "number".
std::string typeOf(JsonElement value);

/// Says whether two values are equal in JSON Schema: 1 equals 1.0, and the order of members does
/// not matter.
bool isEqual(JsonElement a, JsonElement b);

/// Schemas that must all accept a value; never empty.
class Conjunction {
public:
  std::vector<Schema> parts;

  /// Returns the values of a keyword in all schemas, with their places.
  std::vector<Schema> all(std::string_view keyword) const;
  bool has(std::string_view keyword) const;
  bool hasAny(std::initializer_list<std::string_view> keywords) const;
  const std::string &pointer() const { return parts.front().pointer; }
  /// Says whether schema `part` is schema `ancestor` or was added because of it, without a "not" in
  /// between.
  bool isWithin(size_t part, size_t ancestor) const;

  /// Returns the largest or smallest count under a keyword, or nullopt. Counts above mostRepeats
  /// become mostRepeats. Errors: a value is no whole number.
  Result<std::optional<uint32_t>> count(std::string_view keyword, bool largest) const;
  /// Returns the types that all schemas allow; all seven if none has "type". "integer" is part of
  /// "number". Errors: an unknown type.
  Result<std::set<std::string>> types() const;
  /// Returns an error if a schema has a keyword that the drafts define but Weft does not support.
  Result<void> checkKeywords() const;
};

/// Returns the whole number `value`, at least 0, limited to mostRepeats. Errors: it is not one.
Result<uint32_t> countOf(const Schema &value);

} // namespace weft::constrain
