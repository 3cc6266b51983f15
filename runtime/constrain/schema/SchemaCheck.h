// Whether a schema accepts a value, for values that stand in the schema itself.
#pragma once

#include "runtime/constrain/schema/References.h"

#include <set>

namespace weft::constrain {

/// Validates as the drafts say, but that formats are the narrower ones of StringFormats.h. Not
/// thread-safe. `references` must outlive it.
class SchemaCheck {
public:
  explicit SchemaCheck(const References &references) : references(references) {}

  /// Errors: keywords that need more than a value ("unevaluatedProperties"), and wrong schemas.
  Result<bool> accepts(const Schema &schema, JsonElement value);
  /// Of a text as a value.
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
  std::set<std::pair<std::string, std::string>> open; // schemas and values on the way
};

} // namespace weft::constrain
