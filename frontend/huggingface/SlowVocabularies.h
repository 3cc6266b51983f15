// Vocabularies of directories without a tokenizer.json, converted to one.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <string>

namespace weft {

/// A vocabulary as the text of a tokenizer.json.
struct SlowVocabulary {
  /// Empty where the directory has none.
  std::string tokenizerJson;
  /// The file that it was read from.
  std::string file;
  /// Whether SentencePiece made it: such a text begins with a token unless told otherwise.
  bool isSentencePiece = false;
};

/// Reads `tokenizer.model` (SentencePiece, or tiktoken as of Llama 3), NAME.tiktoken, or
/// `vocab.json` with `merges.txt`, whichever is there first, as the class and the settings in
/// `tokenizerConfig` want it. Errors name the file; one of the last two without the other is
/// one.
Result<SlowVocabulary> readSlowVocabulary(const std::string &directory,
                                          const nlohmann::json &tokenizerConfig);

} // namespace weft
