#include "frontend/gguf/GgufVocabulary.h"

#include "runtime/text/formats/SentencePieceStages.h"

#include <algorithm>
#include <cmath>

namespace weft {

using nlohmann::json;

namespace {

/// The bytes of an array of numbers, which may be signed or not; empty where there is none.
Result<std::string> bytesAt(const GgufFile &gguf, const char *key, const std::string &file) {
  auto numbers = ggufValue<std::vector<int64_t>>(gguf, key, file);
  if (!numbers)
    return failFrom(numbers);
  std::string bytes;
  if (*numbers)
    for (int64_t number : **numbers) {
      if (number < -128 || number > 255)
        return fail("'" + file + "': expected '" + key + "' to be bytes, found " +
                    std::to_string(number));
      bytes += static_cast<char>(number);
    }
  return bytes;
}

/// -1 where the vocabulary has none.
Result<int64_t> unknownId(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                          const std::string &file) {
  auto named = ggufValue<int64_t>(gguf, "tokenizer.ggml.unknown_token_id", file);
  if (!named)
    return failFrom(named);
  if (*named && **named >= 0 && static_cast<uint64_t>(**named) < vocabulary.tokens.size())
    return **named;
  auto typed = std::ranges::find(vocabulary.types, GgufTokenType::Unknown);
  return typed == vocabulary.types.end() ? -1 : typed - vocabulary.types.begin();
}

} // namespace

Result<GgufTokenizerParts> convertUnigram(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                          const std::string &file) {
  if (vocabulary.scores.empty())
    return fail("'" + file +
                "': expected 'tokenizer.ggml.scores', the logarithms of the probabilities of a "
                "'t5' vocabulary");
  text::SentencePieceStages stages;
  stages.removeExtraSpaces = true;
  struct Option {
    const char *key;
    bool *value;
  };
  for (Option option :
       {Option{"tokenizer.ggml.add_space_prefix", &stages.addPrefix},
        Option{"tokenizer.ggml.remove_extra_whitespaces", &stages.removeExtraSpaces}}) {
    auto value = ggufValue<bool>(gguf, option.key, file);
    if (!value)
      return failFrom(value);
    if (*value)
      *option.value = **value;
  }
  Result<std::string> table = bytesAt(gguf, "tokenizer.ggml.precompiled_charsmap", file);
  if (!table)
    return failFrom(table);
  stages.table = *table;
  Result<int64_t> unknown = unknownId(vocabulary, gguf, file);
  if (!unknown)
    return failFrom(unknown);

  json vocab = json::array(), added = json::array();
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.tokens.size()); ++id) {
    std::string_view token = vocabulary.tokens[id];
    double score = vocabulary.scores[id];
    if (!std::isfinite(score))
      return fail("'" + file + "': the score of token " + std::to_string(id) + " is not finite");
    if (token.empty())
      return fail("'" + file + "': token " + std::to_string(id) + " is empty");
    vocab.push_back({std::string(token), score});
    if (vocabulary.isAdded(id))
      added.push_back(vocabulary.addedToken(id, false));
  }

  GgufTokenizerParts parts;
  parts.tokenizer = {{"added_tokens", std::move(added)},
                     {"normalizer", stages.normalizer()},
                     {"pre_tokenizer", nullptr},
                     {"decoder", stages.decoder()},
                     {"model",
                      {{"type", "Unigram"},
                       {"unk_id", *unknown < 0 ? json(nullptr) : json(*unknown)},
                       {"byte_fallback", false},
                       {"single_precision", true},
                       {"vocab", std::move(vocab)}}}};
  parts.addEnd = true;
  parts.endId = 1;
  return parts;
}

} // namespace weft
