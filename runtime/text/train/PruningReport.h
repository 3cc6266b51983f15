// The pruning report, a file from which the compiler prunes a model's vocabulary.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

struct PrunedTokenizer;
struct PruningOptions;

/// Returns a JSON object: "format", the figures "before" and "after", the "removed" tokens with
/// their final and intermediate counts, the old ids "kept" in their new order, the pruned
/// "tokenizer" as text, and "source_hash".
std::string pruningReport(const PrunedTokenizer &pruned, const PruningOptions &options);

/// What the compiler needs of the report.
struct PrunedVocabulary {
  /// The old id of each new id, ascending.
  std::vector<TokenId> kept;
  std::string tokenizerJson;
  std::string sourceHash;
};

/// Reads a report. Errors: another kind of file, or ids that do not ascend.
Result<PrunedVocabulary> readPruningReport(std::string_view text);

/// Returns a hash of the tokens and their ids, independent of the tokenizer's file format.
std::string vocabularyHash(const Tokenizer &tokenizer);

} // namespace weft::text
