// Translates a JSON Schema into a grammar of the documents that it accepts.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <string_view>

namespace weft::constrain {

/// The white space allowed between the tokens of a document.
enum class WhiteSpace {
  Compact,  ///< nothing
  Flexible, ///< nothing, a space, or a line end with up to 20 spaces or tabs
};

/// Returns a grammar whose every text is a document that `schema` (JSON text; drafts 7 to 2020-12)
/// accepts. docs/constrained-output.md lists the keywords and the documents that the schema accepts
/// but the grammar does not (by the order of properties, for one). Errors: invalid JSON,
/// unsupported keywords and invalid values of keywords, with name and JSON pointer.
Result<Grammar> grammarOfJsonSchema(std::string_view schema,
                                    WhiteSpace space = WhiteSpace::Flexible);

} // namespace weft::constrain
