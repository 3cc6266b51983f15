#include "frontend/gguf/GgufTokenizer.h"

#include "frontend/Json.h"
#include "frontend/gguf/GgufEndTokens.h"
#include "frontend/gguf/GgufVocabulary.h"
#include "runtime/base/Quotes.h"
#include "runtime/base/Utf8.h"

#include <algorithm>

namespace weft {

using nlohmann::json;

namespace {

constexpr size_t mostTokens = size_t(1) << 22;
constexpr size_t longestToken = 1024;

Result<GgufVocabulary> readVocabulary(const GgufFile &gguf, const std::string &file) {
  GgufVocabulary vocabulary;
  auto tokens = gguf.strings.find("tokenizer.ggml.tokens");
  if (tokens == gguf.strings.end())
    return fail("'" + file + "': expected 'tokenizer.ggml.tokens', an array of strings");
  vocabulary.tokens = tokens->second;
  size_t count = vocabulary.tokens.size();
  if (count > mostTokens)
    return fail("'" + file + "': expected at most " + std::to_string(mostTokens) +
                " tokens, found " + std::to_string(count));

  auto scores = ggufValue<std::vector<double>>(gguf, "tokenizer.ggml.scores", file);
  if (!scores)
    return failFrom(scores);
  auto types = ggufValue<std::vector<int64_t>>(gguf, "tokenizer.ggml.token_type", file);
  if (!types)
    return failFrom(types);
  auto sizeError = [&](const char *key, size_t found) {
    return fail("'" + file + "': expected 'tokenizer.ggml." + key + "' to have " +
                std::to_string(count) + " elements, one for each token, found " +
                std::to_string(found));
  };
  if (*scores && (*scores)->size() != count)
    return sizeError("scores", (*scores)->size());
  if (*types && (*types)->size() != count)
    return sizeError("token_type", (*types)->size());
  if (*scores)
    vocabulary.scores = **scores;

  for (size_t id = 0; id < count; ++id) {
    int64_t type = *types ? (**types)[id] : 1;
    vocabulary.types.push_back(type >= 1 && type <= 6 ? static_cast<GgufTokenType>(type)
                                                      : GgufTokenType::Normal);
    std::string_view token = vocabulary.tokens[id];
    if (token.empty())
      continue;
    std::string name =
        "'" + file + "': token " + std::to_string(id) + ", " + inQuotes(token) + ", ";
    if (token.size() > longestToken)
      return fail(name + "is " + std::to_string(token.size()) + " bytes long, expected at most " +
                  std::to_string(longestToken));
    if (!isValidUtf8(token))
      return fail(name + "is not UTF-8");
    auto [same, inserted] = vocabulary.ids.emplace(token, static_cast<int32_t>(id));
    if (!inserted)
      return fail(name + "is the same as token " + std::to_string(same->second));
  }
  correctTypesByText(vocabulary);
  return vocabulary;
}

/// An id of the file, -1 where the key is absent or all ones, which some writers use for
/// "none"; `otherwise` where the key is absent.
Result<int32_t> tokenId(const GgufFile &gguf, const char *key, int32_t otherwise, size_t count,
                        const std::string &file) {
  auto value = ggufValue<int64_t>(gguf, key, file);
  if (!value)
    return failFrom(value);
  if (!*value)
    return otherwise >= 0 && static_cast<size_t>(otherwise) < count ? otherwise : -1;
  int64_t id = **value;
  if (id == UINT32_MAX || id == -1)
    return -1;
  if (id < 0 || static_cast<uint64_t>(id) >= count)
    return fail("'" + file + "': expected '" + key + "' to be one of " + std::to_string(count) +
                " tokens, found " + std::to_string(id));
  return static_cast<int32_t>(id);
}

Result<bool> flag(const GgufFile &gguf, const char *key, bool otherwise, const std::string &file) {
  auto value = ggufValue<bool>(gguf, key, file);
  if (!value)
    return failFrom(value);
  return *value ? **value : otherwise;
}

/// A post-processor that puts the tokens around each text; an id of -1 is none.
json postProcessor(const GgufVocabulary &vocabulary, int32_t before, int32_t after) {
  if (before < 0 && after < 0)
    return nullptr;
  json tokens = json::object();
  auto special = [&](json &pieces, int32_t id, int type) {
    if (id < 0)
      return;
    std::string token(vocabulary.tokens[id]);
    pieces.push_back({{"SpecialToken", {{"id", token}, {"type_id", type}}}});
    tokens[token] = {{"id", token}, {"ids", {id}}, {"tokens", {token}}};
  };
  auto around = [&](json &pieces, const char *sequence, int type) {
    special(pieces, before, type);
    pieces.push_back({{"Sequence", {{"id", sequence}, {"type_id", type}}}});
    special(pieces, after, type);
  };
  json single = json::array(), pair = json::array();
  around(single, "A", 0);
  around(pair, "A", 0);
  around(pair, "B", 1);
  return {{"type", "TemplateProcessing"},
          {"single", std::move(single)},
          {"pair", std::move(pair)},
          {"special_tokens", std::move(tokens)}};
}

/// What `tokenizer.ggml.model` names.
struct Kind {
  std::string_view name;
  decltype(convertByteLevel) *convert;
};
constexpr Kind kinds[] = {{"llama", convertSentencePiece},
                          {"gpt2", convertByteLevel},
                          {"gemma4", convertByteLevel},
                          {"bert", convertWordPiece},
                          {"t5", convertUnigram}};

} // namespace

json GgufVocabulary::addedToken(int32_t id, bool normalized) const {
  return {{"id", id},
          {"content", std::string(tokens[id])},
          {"single_word", false},
          {"lstrip", false},
          {"rstrip", false},
          {"normalized", normalized},
          {"special", types[id] != GgufTokenType::UserDefined}};
}

Result<GgufText> convertGgufTokenizer(const GgufFile &gguf, const std::string &file) {
  GgufText text;
  auto chat = ggufValue<std::string>(gguf, "tokenizer.chat_template", file);
  if (!chat)
    return failFrom(chat);
  if (*chat)
    text.defaults.chatTemplate = **chat;

  auto model = ggufValue<std::string>(gguf, "tokenizer.ggml.model", file);
  if (!model)
    return failFrom(model);
  if (!*model || **model == "none" || **model == "no_vocab")
    return text;
  auto kind = std::ranges::find(kinds, **model, &Kind::name);
  if (kind == std::end(kinds))
    return fail("'" + file + "': vocabulary 'tokenizer.ggml.model' is " + inQuotes(**model) +
                "; expected 'llama' (SentencePiece BPE), 'gpt2' (byte-level BPE), 'gemma4' (BPE), "
                "'bert' (WordPiece) or 't5' (SentencePiece unigram)");

  Result<GgufVocabulary> vocabulary = readVocabulary(gguf, file);
  if (!vocabulary)
    return failFrom(vocabulary);
  Result<GgufTokenizerParts> parts = kind->convert(*vocabulary, gguf, file);
  if (!parts)
    return failFrom(parts);

  size_t count = vocabulary->tokens.size();
  auto id = [&](const char *key, int32_t otherwise) {
    return tokenId(gguf, key, otherwise, count, file);
  };
  Result<int32_t> begin = id("tokenizer.ggml.bos_token_id", parts->beginId);
  Result<int32_t> end = id(parts->endKey, parts->endId);
  Result<int32_t> turn = id("tokenizer.ggml.eot_token_id", -1);
  Result<int32_t> message = id("tokenizer.ggml.eom_token_id", -1);
  for (const Result<int32_t> *each : {&begin, &end, &turn, &message})
    if (!*each)
      return failFrom(*each);
  Result<bool> addBegin = flag(gguf, "tokenizer.ggml.add_bos_token", parts->addBegin, file);
  Result<bool> addEnd = flag(gguf, parts->addEndKey, parts->addEnd, file);
  for (const Result<bool> *each : {&addBegin, &addEnd})
    if (!*each)
      return failFrom(*each);

  text.defaults.beginId = *begin;
  if (*begin >= 0)
    text.defaults.beginToken = vocabulary->tokens[size_t(*begin)];
  if (*end >= 0)
    text.defaults.endToken = vocabulary->tokens[size_t(*end)];
  auto addEndId = [&](int32_t id) {
    if (id >= 0 && std::ranges::find(text.defaults.endIds, id) == text.defaults.endIds.end())
      text.defaults.endIds.push_back(id);
  };
  for (int32_t id : {*end, *turn, *message})
    addEndId(id);
  for (int32_t id : endTokensByText(*vocabulary))
    addEndId(id);

  json &tokenizer = parts->tokenizer;
  tokenizer["version"] = "1.0";
  tokenizer["truncation"] = nullptr;
  tokenizer["padding"] = nullptr;
  tokenizer["post_processor"] =
      postProcessor(*vocabulary, *addBegin ? *begin : -1, *addEnd ? *end : -1);
  text.tokenizerJson = tokenizer.dump();
  return text;
}

} // namespace weft
