#include "frontend/gguf/GgufVocabulary.h"

#include "runtime/base/Quotes.h"

namespace weft {

using nlohmann::json;

namespace {

constexpr std::string_view wordStart = "▁";

/// A token as BERT's own vocabulary spells it: files mark those that begin a word with ▁,
/// BERT marks the others with ##; what stands in brackets is neither.
std::string berts(std::string_view token, bool added) {
  if (added || (token.size() > 1 && token.front() == '[' && token.back() == ']'))
    return std::string(token);
  if (token.starts_with(wordStart))
    return std::string(token.substr(wordStart.size()));
  return "##" + std::string(token);
}

} // namespace

Result<GgufTokenizerParts> convertWordPiece(const GgufVocabulary &vocabulary, const GgufFile &gguf,
                                            const std::string &file) {
  auto lowercase = ggufValue<bool>(gguf, "tokenizer.ggml.normalizer.lowercase", file);
  auto stripAccents = ggufValue<bool>(gguf, "tokenizer.ggml.normalizer.strip_accents", file);
  auto unknownId = ggufValue<int64_t>(gguf, "tokenizer.ggml.unknown_token_id", file);
  if (!lowercase || !stripAccents)
    return failFrom(lowercase ? stripAccents : lowercase);
  if (!unknownId)
    return failFrom(unknownId);

  json vocab = json::object(), added = json::array();
  GgufTokenizerParts parts;
  std::string unknown = "[UNK]";
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.tokens.size()); ++id) {
    std::string token = berts(vocabulary.tokens[id], vocabulary.isAdded(id));
    if (token.empty() || token == "##")
      continue;
    auto [same, inserted] = vocab.emplace(token, id);
    if (!inserted)
      return fail("'" + file + "': token " + std::to_string(id) + ", " +
                  inQuotes(vocabulary.tokens[id]) + ", is " + inQuotes(token) +
                  " to a WordPiece model, as token " + same->dump() + " is");
    if (vocabulary.isAdded(id))
      added.push_back(vocabulary.addedToken(id, false));
    if (token == "[CLS]")
      parts.beginId = id;
    if (token == "[SEP]")
      parts.endId = id;
    if (*unknownId && **unknownId == id)
      unknown = token;
  }
  if (!vocab.contains(unknown))
    return fail("'" + file + "': expected a token for unknown words, '[UNK]' or the one of " +
                "'tokenizer.ggml.unknown_token_id', found none");

  parts.tokenizer = {{"added_tokens", std::move(added)},
                     {"normalizer",
                      {{"type", "BertNormalizer"},
                       {"clean_text", true},
                       {"handle_chinese_chars", true},
                       {"strip_accents", *stripAccents ? json(**stripAccents) : json(nullptr)},
                       {"lowercase", *lowercase ? **lowercase : true}}},
                     {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                     {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
                     {"model",
                      {{"type", "WordPiece"},
                       {"unk_token", unknown},
                       {"continuing_subword_prefix", "##"},
                       {"max_input_chars_per_word", 100},
                       {"vocab", std::move(vocab)}}}};
  parts.addBegin = parts.addEnd = true;
  parts.endKey = "tokenizer.ggml.seperator_token_id"; // so spelled
  parts.addEndKey = "tokenizer.ggml.add_sep_token";
  return parts;
}

} // namespace weft
