// JSON Schema as a grammar of the documents that it accepts.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <string_view>

namespace weft::constrain {

/// What may stand between the tokens of a document.
enum class WhiteSpace {
  Compact,  ///< nothing
  Flexible, ///< nothing, a space, or a line end with up to 20 spaces or tabs
};

/// Every text of the grammar is a document that `schema` (the text of one, drafts 7 to
/// 2020-12) accepts; docs/constrained-output.md lists the keywords, and where the grammar has
/// fewer texts than the schema (the order of properties, for one). Errors: no JSON, keywords
/// that are not supported and values that they cannot have, by name and JSON pointer.
Result<Grammar> grammarOfJsonSchema(std::string_view schema,
                                    WhiteSpace space = WhiteSpace::Flexible);

} // namespace weft::constrain
