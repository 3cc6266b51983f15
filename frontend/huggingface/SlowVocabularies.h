// Converts the vocabularies of directories without a tokenizer.json to one.
#pragma once

#include "runtime/base/Error.h"

#include <nlohmann/json.hpp>
#include <string>

namespace weft {

/// A vocabulary, converted to the text of a tokenizer.json.
struct SlowVocabulary {
  /// Empty if the directory has no vocabulary.
  std::string tokenizerJson;
  /// The file from which it was read.
  std::string file;
  /// Whether SentencePiece made it: then a text begins with a begin token unless the settings say
  /// otherwise.
  bool isSentencePiece = false;
};

/// Reads the first that exists of `tokenizer.model` (SentencePiece, or tiktoken as for Llama 3),
/// NAME.tiktoken, and `vocab.json` with `merges.txt`, as the class and the settings in
/// `tokenizerConfig` require. Errors: a malformed file, or one of the last two without the other;
/// the message names the file.
Result<SlowVocabulary> readSlowVocabulary(const std::string &directory,
                                          const nlohmann::json &tokenizerConfig);

} // namespace weft
