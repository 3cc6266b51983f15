// Resolves references within a JSON Schema ($ref, $dynamicRef).
#pragma once

#include "runtime/constrain/schema/SchemaParts.h"

#include <map>
#include <string>
#include <vector>

namespace weft::constrain {

/// An index of the identifiers and anchors of one document, which must outlive it.
class References {
public:
  explicit References(JsonElement root);

  /// Returns the schema that `reference`, used at the schema `from` (a JSON pointer), names: by
  /// JSON pointer, $anchor or $dynamicAnchor, optionally after the $id of a schema of the document.
  /// `keyword` is named in errors: a reference to another document or to nothing, or a $dynamicRef
  /// anchor that several schemas have.
  Result<Schema> resolve(std::string_view reference, const std::string &from,
                         std::string_view keyword) const;

private:
  void index(JsonElement element, const std::string &pointer, unsigned depth);
  std::string baseOf(const std::string &pointer) const;

  JsonElement root;
  std::map<std::string, std::string> ids;                  // pointers of schemas by their $id
  std::map<std::string, std::string> bases;                // $id by pointer
  std::map<std::string, std::vector<std::string>> anchors; // pointers by name
  std::map<std::string, size_t> dynamic;                   // number of $dynamicAnchors by name
};

} // namespace weft::constrain
