// What the references of a JSON Schema name.
#pragma once

#include "runtime/constrain/schema/SchemaParts.h"

#include <map>
#include <string>
#include <vector>

namespace weft::constrain {

/// The identifiers and anchors of one document, which must outlive it.
class References {
public:
  explicit References(JsonElement root);

  /// What `reference` at the schema `from` (a pointer) names: by JSON pointer, by $anchor or
  /// $dynamicAnchor, behind nothing or the $id of a schema of the document. `keyword` is for
  /// errors: other documents, nothing there, and anchors of $dynamicRef that several schemas have.
  Result<Schema> resolve(std::string_view reference, const std::string &from,
                         std::string_view keyword) const;

private:
  void index(JsonElement element, const std::string &pointer, unsigned depth);
  std::string baseOf(const std::string &pointer) const;

  JsonElement root;
  std::map<std::string, std::string> ids;                  // pointers of schemas with $id, by it
  std::map<std::string, std::string> bases;                // $id by pointer
  std::map<std::string, std::vector<std::string>> anchors; // pointers by name
  std::map<std::string, size_t> dynamic;                   // how many $dynamicAnchor of a name
};

} // namespace weft::constrain
