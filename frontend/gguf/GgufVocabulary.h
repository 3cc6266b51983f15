// The parts from which GgufTokenizer.cpp puts a tokenizer.json together.
#pragma once

#include "frontend/gguf/GgufFile.h"

#include <nlohmann/json.hpp>
#include <unordered_map>

namespace weft {

/// The types of tokens, numbered as in the file.
enum class GgufTokenType { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };

/// A vocabulary of which everything is checked: the tokens that are not empty are UTF-8,
/// different, and no longer than 1024 bytes.
struct GgufVocabulary {
  /// By id.
  std::vector<std::string_view> tokens;
  std::vector<GgufTokenType> types;
  /// By id, or empty.
  std::vector<double> scores;
  std::unordered_map<std::string_view, int32_t> ids;

  /// Whether the tokenizer recognises the token in the text before it splits the rest.
  bool isAdded(int32_t id) const {
    return types[id] == GgufTokenType::Unknown || types[id] == GgufTokenType::Control ||
           types[id] == GgufTokenType::UserDefined;
  }
  /// An entry of "added_tokens".
  nlohmann::json addedToken(int32_t id, bool normalized) const;
};

/// A tokenizer.json without its post-processor, and what the kind of vocabulary implies
/// where the file does not say it.
struct GgufTokenizerParts {
  nlohmann::json tokenizer;
  bool addBegin = false, addEnd = false;
  int32_t beginId = -1;
  int32_t endId = -1;
  /// The keys that say otherwise of what stands behind a text.
  const char *endKey = "tokenizer.ggml.eos_token_id";
  const char *addEndKey = "tokenizer.ggml.add_eos_token";
};

/// SentencePiece BPE. Its merges are rebuilt from the scores: each way to cut a piece into
/// two pieces is a merge, and a merge comes before another if its result has the higher
/// score. Where two results have the same score, the order is that of their ids; Sentence-
/// Piece would merge the leftmost pair, which no list of merges can express.
Result<GgufTokenizerParts> convertSentencePiece(const GgufVocabulary &vocabulary,
                                                const GgufFile &gguf, const std::string &file);

/// BPE with a list of merges, most often byte by byte, with the pre-tokenizer that
/// `tokenizer.ggml.pre` names.
Result<GgufTokenizerParts> convertByteLevel(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file);

/// A unigram model of SentencePiece, with its compiled normalization.
Result<GgufTokenizerParts> convertUnigram(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                          const std::string &file);

/// BERT's WordPiece, between [CLS] and [SEP]; in lower case unless the file says otherwise.
Result<GgufTokenizerParts> convertWordPiece(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file);

/// A value of the file, nullptr where the key is absent. A wrong type is an error.
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
