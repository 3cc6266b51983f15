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
  JsonElement element;
  std::string pointer; ///< JSON pointer, "" for the whole
  std::string_view done{}; ///< "anyOf" or "oneOf" where its alternatives are taken care of
  bool isFlat = false;     ///< what its $ref and allOf name stands beside it
};

/// "#/properties/age: message".
tl::unexpected<Error> schemaError(const std::string &pointer, const std::string &message);

/// The pointer of a member.
std::string below(const std::string &pointer, std::string_view key);

/// The schema that a $ref names within `root`. Errors: other documents, anchors, nothing there.
Result<Schema> resolve(JsonElement root, std::string_view reference, const std::string &from);

/// Schemas of which each must accept a value; never empty.
class Conjunction {
public:
  std::vector<Schema> parts;

  /// The values of a keyword, with where each stands.
  std::vector<Schema> all(std::string_view keyword) const;
  bool has(std::string_view keyword) const { return !all(keyword).empty(); }
  bool hasAny(std::initializer_list<std::string_view> keywords) const;
  const std::string &pointer() const { return parts.front().pointer; }

  /// The largest or the least count under a keyword. Errors: no whole number, or above
  /// mostRepeats.
  Result<std::optional<uint32_t>> count(std::string_view keyword, bool largest) const;
  /// Names under "type" that all parts allow; all seven where none says. "integer" is in
  /// "number". Errors: no such type.
  Result<std::set<std::string>> types() const;
  /// An error if a part has a keyword that is known and not supported.
  Result<void> checkKeywords() const;
};

} // namespace weft::constrain
