// The components from which GgufTokenizer.cpp builds a tokenizer.json.
#pragma once

#include "frontend/gguf/GgufFile.h"

#include <nlohmann/json.hpp>
#include <unordered_map>

namespace weft {

/// The types of tokens, with the numbers of the file format.
enum class GgufTokenType { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };

/// A checked vocabulary: all tokens that are not empty are valid UTF-8, distinct, and at most 1024
/// bytes long.
struct GgufVocabulary {
  /// Tokens and types, indexed by id.
  std::vector<std::string_view> tokens;
  std::vector<GgufTokenType> types;
  /// Scores, indexed by id; empty if the file has none.
  std::vector<double> scores;
  std::unordered_map<std::string_view, int32_t> ids;

  /// Returns whether the tokenizer recognises the token in the text before it splits the rest.
  bool isAdded(int32_t id) const {
    return types[id] == GgufTokenType::Unknown || types[id] == GgufTokenType::Control ||
           types[id] == GgufTokenType::UserDefined;
  }
  /// Returns the token's entry for "added_tokens" of a tokenizer.json.
  nlohmann::json addedToken(int32_t id, bool normalized) const;
};

/// A tokenizer.json without its post-processor, and defaults of this kind of vocabulary for what
/// the file does not say.
struct GgufTokenizerParts {
  nlohmann::json tokenizer;
  bool addBegin = false, addEnd = false;
  int32_t beginId = -1;
  int32_t endId = -1;
  /// The keys of the file that override the end token and whether it is added after a text.
  const char *endKey = "tokenizer.ggml.eos_token_id";
  const char *addEndKey = "tokenizer.ggml.add_eos_token";
};

/// Converts SentencePiece BPE. Its merges are rebuilt from the scores: each way to split a piece
/// into two pieces is a merge, and a merge precedes another if its result has the higher score.
/// Results with equal scores are ordered by id. SentencePiece would merge the leftmost pair
/// instead, which no list of merges can express.
Result<GgufTokenizerParts> convertSentencePiece(const GgufVocabulary &vocabulary,
                                                const GgufFile &gguf, const std::string &file);

/// Converts BPE with a list of merges, which is byte-level in most files, with the pre-tokenizer
/// that `tokenizer.ggml.pre` names.
Result<GgufTokenizerParts> convertByteLevel(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file);

/// Converts a unigram model of SentencePiece with its compiled normalization.
Result<GgufTokenizerParts> convertUnigram(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                          const std::string &file);

/// Converts BERT's WordPiece, with [CLS] and [SEP] around a text. Text is lower-cased unless the
/// file says otherwise.
Result<GgufTokenizerParts> convertWordPiece(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file);

/// Returns a value of the file; nullptr if the key is absent. Errors: the value has another type.
template <typename T>
Result<const T *> ggufValue(const GgufFile &gguf, std::string_view key, const std::string &file) {
  auto at = gguf.values.find(key);
  if (at == gguf.values.end())
    return nullptr;
  if (auto *value = std::get_if<T>(&at->second))
    return value;
  return fail("'" + file + "': key '" + std::string(key) + "' is of the wrong type");
}

} // namespace weft
