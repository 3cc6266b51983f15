#include "frontend/huggingface/TokenizerFiles.h"

#include "frontend/Json.h"
#include "frontend/huggingface/AddedTokenFiles.h"
#include "frontend/huggingface/SlowVocabularies.h"
#include "frontend/huggingface/SpecialTokensAround.h"
#include "runtime/base/MappedFile.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace weft {

using nlohmann::json;

namespace {

constexpr size_t longestChatTemplate = size_t(1) << 20;

/// The ids under `key`, one or a list; none where the key is absent.
Result<std::vector<int32_t>> tokenIds(const json &object, const char *key,
                                      const std::string &file) {
  std::vector<int32_t> ids;
  const json *value = jsonMember(object, key);
  if (!value)
    return ids;
  auto add = [&](const json &item) {
    std::optional<int32_t> id = jsonTokenId(item);
    if (id && std::ranges::find(ids, *id) == ids.end())
      ids.push_back(*id);
    return id.has_value();
  };
  bool good = value->is_array() ? std::ranges::all_of(*value, add) : add(*value);
  if (!good)
    return fail("'" + file + "': expected '" + key +
                "' to be a token id or a list of them, found " +
                inQuotes(value->dump(-1, ' ', true, json::error_handler_t::replace)));
  return ids;
}

/// `chat_template` of a file is one template, or several with names of which one is
/// "default".
Result<std::string> chatTemplateIn(const json &object, const std::string &file) {
  const json *value = jsonMember(object, "chat_template");
  if (!value)
    return std::string();
  if (value->is_string())
    return value->get<std::string>();
  if (value->is_array()) {
    for (const json &item : *value) {
      const json *name = jsonMember(item, "name"), *source = jsonMember(item, "template");
      if (name && *name == "default" && source && source->is_string())
        return source->get<std::string>();
    }
    return std::string();
  }
  return fail("'" + file + "': expected 'chat_template' to be a string or a list of templates");
}

/// A file of its own comes before what tokenizer_config.json has.
Result<std::string> chatTemplate(const std::string &directory, const json &tokenizerConfig) {
  Result<std::string> jinja =
      readTextIfThere(directory + "/chat_template.jinja", longestChatTemplate);
  if (!jinja || !jinja->empty())
    return jinja;
  const std::string file = directory + "/chat_template.json";
  Result<json> object = parseJsonObjectIfThere(file);
  if (!object)
    return failFrom(object);
  Result<std::string> chat = chatTemplateIn(*object, file);
  if (!chat || !chat->empty())
    return chat;
  return chatTemplateIn(tokenizerConfig, directory + "/tokenizer_config.json");
}

std::optional<bool> flag(const json &config, const char *key) {
  const json *value = jsonMember(config, key);
  return value && value->is_boolean() ? std::optional(value->get<bool>()) : std::nullopt;
}

/// The tokenizer of a directory while it is put together: as text, and parsed once that is
/// needed.
struct TokenizerText {
  std::string text, file;
  bool isSlow = false, isSentencePiece = false;
  json parsed;

  Result<void> parse() {
    if (!parsed.is_null())
      return {};
    Result<json> read = parseJson(text, file);
    if (!read)
      return failFrom(read);
    if (!read->is_object())
      return fail("'" + file + "': expected a JSON object");
    parsed = std::move(*read);
    return {};
  }
};

Result<TokenizerText> readVocabulary(const std::string &directory, const json &config) {
  TokenizerText tokenizer;
  tokenizer.file = directory + "/tokenizer.json";
  Result<std::string> text = readTextIfThere(tokenizer.file, largestTokenizer);
  if (!text)
    return failFrom(text);
  tokenizer.text = std::move(*text);
  if (!tokenizer.text.empty())
    return tokenizer;
  Result<SlowVocabulary> slow = readSlowVocabulary(directory, config);
  if (!slow)
    return failFrom(slow);
  return TokenizerText{
      std::move(slow->tokenizerJson), std::move(slow->file), true, slow->isSentencePiece, {}};
}

/// What is to stand around a text. The classes that read a SentencePiece model themselves begin
/// it with a token unless told otherwise, and so do files that name no class, as GGUF does; a
/// tokenizer.json says it itself.
SpecialTokensAround tokensAround(const json &config, const TokenizerText &tokenizer,
                                 const TextDefaults &defaults) {
  SpecialTokensAround around{defaults.beginToken, defaults.endToken, flag(config, "add_bos_token"),
                             flag(config, "add_eos_token")};
  const json *type = jsonMember(config, "tokenizer_class");
  const std::string name = type && type->is_string() ? type->get<std::string>() : "";
  const bool begins = name.empty() || name.starts_with("LlamaTokenizer") ||
                      name.starts_with("CodeLlamaTokenizer") || name.starts_with("GemmaTokenizer");
  if (tokenizer.isSlow && !around.addBegin && tokenizer.file.ends_with(".model") && begins &&
      (tokenizer.isSentencePiece || !name.empty()))
    around.addBegin = true;
  if (tokenizer.isSentencePiece && !around.addEnd && name.starts_with("T5Tokenizer"))
    around.addEnd = true;
  return around;
}

/// The tokens that begin and end a text where no file names them, as SentencePiece calls them.
void nameDefaultTokens(const json &tokenizer, TextDefaults &defaults) {
  struct Default {
    std::string *token;
    std::initializer_list<const char *> names;
  };
  for (const Default &each : {Default{&defaults.beginToken, {"<s>", "<bos>"}},
                              Default{&defaults.endToken, {"</s>", "<eos>"}}})
    for (const char *name : each.names)
      if (each.token->empty() && idOfToken(tokenizer, name))
        *each.token = name;
}

/// The id of a token by the files beside the vocabulary, or else by the vocabulary.
std::optional<int32_t> idOf(const std::string &token, const AddedTokenFiles &files,
                            TokenizerText &tokenizer) {
  for (const auto &[id, known] : files.tokens)
    if (known["content"] == token)
      return id;
  return !token.empty() && tokenizer.parse() ? idOfToken(tokenizer.parsed, token) : std::nullopt;
}

/// Brings in what the files beside the vocabulary say. `rows` is the size of the model's
/// vocabulary, 0 where it is not known. A tokenizer.json that is none stays as it is unless
/// something is to be put into it: the model computes without one.
Result<void> complete(TokenizerText &tokenizer, const AddedTokenFiles &files,
                      const json &tokenizerConfig, int64_t rows, TextDefaults &defaults) {
  bool changed = false;
  if (tokenizer.isSlow || (!files.areAllIn(tokenizer.text) && tokenizer.parse())) {
    if (auto parsed = tokenizer.parse(); !parsed)
      return parsed;
    changed = addTokens(tokenizer.parsed, files, rows, tokenizer.isSlow);
  }
  if (tokenizer.isSentencePiece)
    nameDefaultTokens(tokenizer.parsed, defaults);
  const SpecialTokensAround around = tokensAround(tokenizerConfig, tokenizer, defaults);
  if ((around.addBegin && !around.begin.empty()) || (around.addEnd && !around.end.empty())) {
    if (auto parsed = tokenizer.parse(); !parsed)
      return parsed;
    Result<bool> put = putTokensAround(tokenizer.parsed, around, tokenizer.file);
    if (!put)
      return failFrom(put);
    changed |= *put;
  }
  if (auto id = idOf(defaults.endToken, files, tokenizer);
      id && (rows == 0 || *id < rows) &&
      std::ranges::find(defaults.endIds, *id) == defaults.endIds.end())
    defaults.endIds.push_back(*id);
  if (changed)
    tokenizer.text = tokenizer.parsed.dump();
  return {};
}

} // namespace

Result<std::string> readTextIfThere(const std::string &file, size_t largest) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return std::string();
  Result<MappedFile> mapped = MappedFile::open(file, largest);
  if (!mapped)
    return failFrom(mapped);
  return std::string(mapped->text());
}

Result<HuggingFaceText> readHuggingFaceText(const std::string &directory, const json &config) {
  HuggingFaceText text;
  std::string generationFile = directory + "/generation_config.json";
  Result<json> generation = parseJsonObjectIfThere(generationFile);
  if (!generation)
    return failFrom(generation);
  auto ids = [&](const char *key) -> Result<std::vector<int32_t>> {
    Result<std::vector<int32_t>> found = tokenIds(*generation, key, generationFile);
    return found && found->empty() ? tokenIds(config, key, directory + "/config.json") : found;
  };
  Result<std::vector<int32_t>> endIds = ids("eos_token_id"), beginIds = ids("bos_token_id");
  if (!endIds)
    return failFrom(endIds);
  if (!beginIds)
    return failFrom(beginIds);
  text.defaults.endIds = *endIds;
  if (!beginIds->empty())
    text.defaults.beginId = beginIds->front();

  std::string tokenizerConfigFile = directory + "/tokenizer_config.json";
  Result<json> tokenizerConfig = parseJsonObjectIfThere(tokenizerConfigFile);
  if (!tokenizerConfig)
    return failFrom(tokenizerConfig);
  Result<std::string> chat = chatTemplate(directory, *tokenizerConfig);
  if (!chat)
    return failFrom(chat);
  text.defaults.chatTemplate = std::move(*chat);
  Result<AddedTokenFiles> files = readAddedTokenFiles(directory, *tokenizerConfig);
  if (!files)
    return failFrom(files);
  text.defaults.beginToken = files->named("bos_token");
  text.defaults.endToken = files->named("eos_token");

  Result<TokenizerText> tokenizer = readVocabulary(directory, *tokenizerConfig);
  if (!tokenizer)
    return failFrom(tokenizer);
  const json *rows = jsonMember(config, "vocab_size");
  if (!tokenizer->text.empty())
    if (auto done =
            complete(*tokenizer, *files, *tokenizerConfig,
                     rows && rows->is_number_integer() ? rows->get<int64_t>() : 0, text.defaults);
        !done)
      return failFrom(done);
  text.tokenizerJson = std::move(tokenizer->text);
  return text;
}

} // namespace weft
