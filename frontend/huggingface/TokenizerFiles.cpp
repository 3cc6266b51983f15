#include "frontend/huggingface/TokenizerFiles.h"

#include "frontend/Json.h"
#include "runtime/base/Quotes.h"
#include "runtime/base/MappedFile.h"
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/formats/Tiktoken.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace weft {

using nlohmann::json;

namespace {

constexpr size_t largestConfig = size_t(64) << 20;
constexpr size_t longestChatTemplate = size_t(1) << 20;
constexpr size_t largestTokenizer = size_t(512) << 20;

/// The whole text of a file; empty where there is no such file.
Result<std::string> readTextIfThere(const std::string &file, size_t largest) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return std::string();
  Result<MappedFile> mapped = MappedFile::open(file);
  if (!mapped)
    return failFrom(mapped);
  std::span<const std::byte> bytes = mapped->bytes();
  if (bytes.size() > largest)
    return fail("'" + file + "': expected at most " + std::to_string(largest) + " bytes, found " +
                std::to_string(bytes.size()));
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

/// A JSON object from a file; an empty one where there is no such file.
Result<json> readObjectIfThere(const std::string &file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return json::object();
  Result<json> value = parseJsonFile(file, largestConfig);
  if (value && !value->is_object())
    return fail("'" + file + "': expected a JSON object");
  return value;
}

const json *member(const json &object, const char *key) {
  if (!object.is_object())
    return nullptr;
  auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

/// One token id, or nothing where `value` is not one.
std::optional<int32_t> tokenId(const json &value) {
  if (!value.is_number_integer())
    return std::nullopt;
  auto id = value.get<int64_t>();
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT32_MAX)
    return std::nullopt;
  return id < 0 || id > INT32_MAX ? std::nullopt : std::optional(static_cast<int32_t>(id));
}

/// The ids under `key`, one or a list; none where the key is absent.
Result<std::vector<int32_t>> tokenIds(const json &object, const char *key,
                                      const std::string &file) {
  std::vector<int32_t> ids;
  const json *value = member(object, key);
  if (!value)
    return ids;
  auto add = [&](const json &item) {
    std::optional<int32_t> id = tokenId(item);
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

/// A token is written as a string or as an object with its content.
std::string tokenText(const json &object, const char *key) {
  const json *value = member(object, key);
  if (value && value->is_object())
    value = member(*value, "content");
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

/// `chat_template` of a file is one template, or several with names of which one is
/// "default".
Result<std::string> chatTemplateIn(const json &object, const std::string &file) {
  const json *value = member(object, "chat_template");
  if (!value)
    return std::string();
  if (value->is_string())
    return value->get<std::string>();
  if (value->is_array()) {
    for (const json &item : *value) {
      const json *name = member(item, "name"), *source = member(item, "template");
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
  Result<json> object = readObjectIfThere(file);
  if (!object)
    return failFrom(object);
  Result<std::string> chat = chatTemplateIn(*object, file);
  if (!chat || !chat->empty())
    return chat;
  return chatTemplateIn(tokenizerConfig, directory + "/tokenizer_config.json");
}

/// Whether a post-processor puts `token` before a text.
bool putsBefore(const json &processor, const std::string &token) {
  const json *type = member(processor, "type");
  if (!type || !type->is_string())
    return false;
  const auto &name = type->get_ref<const std::string &>();
  if (name == "BertProcessing" || name == "RobertaProcessing")
    return true;
  if (name == "Sequence") {
    const json *parts = member(processor, "processors");
    return parts && parts->is_array() &&
           std::ranges::any_of(*parts, [&](const json &part) { return putsBefore(part, token); });
  }
  const json *single = member(processor, "single");
  if (name != "TemplateProcessing" || !single || !single->is_array() || single->empty())
    return false;
  const json *special = member(single->front(), "SpecialToken");
  const json *id = special ? member(*special, "id") : nullptr;
  return id && id->is_string() && *id == token;
}

/// Puts `token` before each sequence of a TemplateProcessing.
void putBefore(json &processor, const std::string &token, int32_t id) {
  auto withToken = [&](const json &pieces) {
    json result = json::array();
    for (const json &piece : pieces) {
      // It belongs before a sequence's own special tokens; those that stand between two
      // sequences (an end-of-sequence token) belong to the first.
      const json *sequence = member(piece, "Sequence");
      if (sequence) {
        const json *type = member(*sequence, "type_id");
        result.push_back({{"SpecialToken", {{"id", token}, {"type_id", type ? *type : json(0)}}}});
      }
      result.push_back(piece);
    }
    return result;
  };
  for (const char *key : {"single", "pair"})
    if (const json *pieces = member(processor, key); pieces && pieces->is_array())
      processor[key] = withToken(*pieces);
  json &tokens = processor["special_tokens"];
  if (!tokens.is_object())
    tokens = json::object();
  tokens[token] = {{"id", token}, {"ids", {id}}, {"tokens", {token}}};
}

json templateOfSequence() {
  auto sequence = [](const char *id, int type) {
    return json{{"Sequence", {{"id", id}, {"type_id", type}}}};
  };
  return {{"type", "TemplateProcessing"},
          {"single", json::array({sequence("A", 0)})},
          {"pair", json::array({sequence("A", 0), sequence("B", 1)})},
          {"special_tokens", json::object()}};
}

/// `processor` so changed that it puts `token` before a text.
json withTokenBefore(json processor, const std::string &token, int32_t id) {
  if (processor.is_object() && processor.value("type", json()) == "TemplateProcessing") {
    putBefore(processor, token, id);
    return processor;
  }
  json parts = json::array();
  if (processor.is_object() && processor.value("type", json()) == "Sequence" &&
      processor.value("processors", json()).is_array())
    parts = processor["processors"];
  else if (!processor.is_null())
    parts.push_back(std::move(processor));
  auto existing = std::ranges::find_if(parts, [](const json &part) {
    return part.is_object() && part.value("type", json()) == "TemplateProcessing";
  });
  if (existing != parts.end()) {
    putBefore(*existing, token, id);
  } else {
    json added = templateOfSequence();
    putBefore(added, token, id);
    parts.push_back(std::move(added));
  }
  if (parts.size() == 1)
    return parts.front();
  return {{"type", "Sequence"}, {"processors", std::move(parts)}};
}

/// The id of a token: the added tokens come first, as they do when text is encoded.
std::optional<int32_t> idOf(const json &tokenizer, const std::string &token) {
  if (const json *added = member(tokenizer, "added_tokens"); added && added->is_array())
    for (const json &item : *added)
      if (const json *content = member(item, "content"); content && *content == token)
        if (const json *id = member(item, "id"))
          return tokenId(*id);
  const json *model = member(tokenizer, "model");
  const json *vocabulary = model ? member(*model, "vocab") : nullptr;
  const json *id = vocabulary ? member(*vocabulary, token.c_str()) : nullptr;
  return id ? tokenId(*id) : std::nullopt;
}

/// Makes tokenizer.json add the begin-of-sequence token where it does not.
Result<std::string> addingBegin(std::string tokenizerJson, const std::string &token,
                                const std::string &file) {
  Result<json> tokenizer = parseJson(tokenizerJson, file);
  if (!tokenizer)
    return failFrom(tokenizer);
  if (!tokenizer->is_object())
    return fail("'" + file + "': expected a JSON object");
  json &processor = (*tokenizer)["post_processor"];
  if (putsBefore(processor, token))
    return tokenizerJson;
  std::optional<int32_t> id = idOf(*tokenizer, token);
  if (!id)
    return fail("'" + file + "': tokenizer_config.json asks for " + inQuotes(token) +
                " before each text, but it is no token of the vocabulary");
  processor = withTokenBefore(std::move(processor), token, *id);
  return tokenizer->dump();
}

/// The vocabulary of a directory without tokenizer.json, as the text of one: tokenizer.model, of
/// SentencePiece or (Llama 3) tiktoken, or NAME.tiktoken. `file` becomes the name of what was
/// read; the text is empty where there is nothing.
Result<std::string> convertOtherVocabulary(const std::string &directory, std::string &file) {
  std::string vocabulary = directory + "/tokenizer.model", encoding = "llama3";
  std::error_code error;
  if (!std::filesystem::exists(vocabulary, error)) {
    for (const auto &entry : std::filesystem::directory_iterator(directory, error))
      if (entry.path().extension() == ".tiktoken") {
        vocabulary = entry.path().string();
        encoding = entry.path().stem().string();
      }
  }
  Result<std::string> bytes = readTextIfThere(vocabulary, largestTokenizer);
  if (!bytes || bytes->empty())
    return bytes;
  file = vocabulary;
  Result<std::string> converted = text::looksLikeTiktoken(*bytes)
                                      ? text::tiktokenAsJson(*bytes, encoding)
                                      : text::sentencePieceAsJson(*bytes);
  if (!converted)
    return fail("'" + file + "': " + converted.error().message);
  return converted;
}

/// Whether a text is to begin with the begin-of-sequence token. Classes that read
/// tokenizer.model themselves add it unless told otherwise; tokenizer.json says it itself.
bool asksForBegin(const json &tokenizerConfig, const std::string &tokenizerFile) {
  if (const json *asked = member(tokenizerConfig, "add_bos_token"))
    return *asked == true;
  const json *type = member(tokenizerConfig, "tokenizer_class");
  if (!tokenizerFile.ends_with(".model") || !type || !type->is_string())
    return false;
  const auto &name = type->get_ref<const std::string &>();
  return name.starts_with("LlamaTokenizer") || name.starts_with("GemmaTokenizer");
}

} // namespace

Result<HuggingFaceText> readHuggingFaceText(const std::string &directory, const json &config) {
  HuggingFaceText text;
  std::string generationFile = directory + "/generation_config.json";
  Result<json> generation = readObjectIfThere(generationFile);
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
  Result<json> tokenizerConfig = readObjectIfThere(tokenizerConfigFile);
  if (!tokenizerConfig)
    return failFrom(tokenizerConfig);
  Result<std::string> chat = chatTemplate(directory, *tokenizerConfig);
  if (!chat)
    return failFrom(chat);
  text.defaults.chatTemplate = std::move(*chat);
  text.defaults.beginToken = tokenText(*tokenizerConfig, "bos_token");
  text.defaults.endToken = tokenText(*tokenizerConfig, "eos_token");

  std::string tokenizerFile = directory + "/tokenizer.json";
  Result<std::string> tokenizerJson = readTextIfThere(tokenizerFile, largestTokenizer);
  if (tokenizerJson && tokenizerJson->empty())
    tokenizerJson = convertOtherVocabulary(directory, tokenizerFile);
  if (!tokenizerJson)
    return failFrom(tokenizerJson);
  const std::string &begin = text.defaults.beginToken;
  if (!tokenizerJson->empty() && !begin.empty() && asksForBegin(*tokenizerConfig, tokenizerFile)) {
    tokenizerJson = addingBegin(std::move(*tokenizerJson), begin, tokenizerFile);
    if (!tokenizerJson)
      return failFrom(tokenizerJson);
  }
  text.tokenizerJson = std::move(*tokenizerJson);
  return text;
}

} // namespace weft
