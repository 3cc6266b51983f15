// What pruning a tokenizer did, as a file that the compiler reads.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

struct PrunedTokenizer;
struct PruningOptions;

/// A JSON object: "format", the figures "before" and "after", the tokens "removed" with how
/// often each was final and intermediate, the old ids "kept" in their new order, the pruned
/// "tokenizer" as text, and "source_hash".
std::string pruningReport(const PrunedTokenizer &pruned, const PruningOptions &options);

/// What the compiler needs of it.
struct PrunedVocabulary {
  /// Ascending.
  std::vector<TokenId> kept;
  std::string tokenizerJson;
  std::string sourceHash;
};

/// Errors name what was expected and found: another file, ids that do not ascend.
Result<PrunedVocabulary> readPruningReport(std::string_view text);

/// A number for the tokens and their ids, whatever the file that tells them.
std::string vocabularyHash(const Tokenizer &tokenizer);

} // namespace weft::text
