// Validates values that are part of the schema itself, such as those of enum and const.
#pragma once

#include "runtime/constrain/schema/References.h"

#include <set>

namespace weft::constrain {

/// Validates by the rules of the drafts, except that formats are the narrower ones of
/// StringFormats.h. `references` must outlive it. Not thread-safe.
class SchemaCheck {
public:
  explicit SchemaCheck(const References &references) : references(references) {}

  /// Says whether `schema` accepts `value`. Errors: keywords that depend on more than the value
  /// ("unevaluatedProperties"), and invalid schemas.
  Result<bool> accepts(const Schema &schema, JsonElement value);
  /// Says whether `schema` accepts the string `text`.
  Result<bool> acceptsText(const Schema &schema, const std::string &text);

private:
  Result<bool> keyword(const Schema &schema, std::string_view key, const Schema &said,
                       JsonElement value);
  Result<bool> number(std::string_view key, const Schema &said, JsonElement value);
  Result<bool> string(std::string_view key, const Schema &said, std::string_view text);
  Result<bool> array(const Schema &schema, std::string_view key, const Schema &said,
                     simdjson::dom::array value);
  Result<bool> object(const Schema &schema, std::string_view key, const Schema &said,
                      simdjson::dom::object value);
  Result<uint32_t> countAccepted(const Schema &said, std::string_view key, JsonElement value);

  const References &references;
  std::set<std::pair<std::string, std::string>>
      open; // schemas and values being checked, to detect cycles
};

} // namespace weft::constrain
