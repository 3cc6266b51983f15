#include "frontend/huggingface/AddedTokenFiles.h"

#include "frontend/Json.h"
#include "frontend/huggingface/SpecialTokensAround.h"
#include "runtime/base/Quotes.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace weft {

using nlohmann::json;

namespace {

/// In the order in which transformers gives ids to those that have none.
constexpr const char *nameKeys[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                    "pad_token", "cls_token", "mask_token"};
constexpr const char *listKeys[] = {"additional_special_tokens", "extra_special_tokens"};

/// A token is written as a string or as an object; null where `value` is neither.
json readToken(const json &value, bool special) {
  const json *content = value.is_object() ? jsonMember(value, "content") : &value;
  if (!content || !content->is_string() || content->get_ref<const std::string &>().empty())
    return nullptr;
  json token = {{"content", *content}, {"normalized", false}};
  for (const char *key : {"lstrip", "rstrip", "single_word", "normalized", "special"}) {
    const json *flag = value.is_object() ? jsonMember(value, key) : nullptr;
    if (flag && flag->is_boolean())
      token[key] = *flag;
    else if (!token.contains(key))
      token[key] = false;
  }
  if (special)
    token["special"] = true;
  return token;
}

/// The text of a token; "" where it has none.
std::string textOf(const json &token) {
  const json *content = jsonMember(token, "content");
  return content && content->is_string() ? content->get<std::string>() : std::string();
}

bool isContent(const json &token, const std::string &content) { return textOf(token) == content; }

class Reader {
public:
  explicit Reader(AddedTokenFiles &files) : files(files) {}

  Result<void> readDecoder(const json &config, const std::string &file) {
    const json *decoder = jsonMember(config, "added_tokens_decoder");
    if (!decoder)
      return {};
    if (!decoder->is_object())
      return fail("'" + file + "': expected 'added_tokens_decoder' to be an object");
    for (const auto &[key, value] : decoder->items()) {
      int32_t id = -1;
      auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
      json token = readToken(value, false);
      if (error != std::errc() || end != key.data() + key.size() || id < 0 || token.is_null())
        return fail("'" + file + "': expected 'added_tokens_decoder' to be token ids and tokens, " +
                    "found " + inQuotes(key));
      add(id, std::move(token));
    }
    return {};
  }

  /// Of tokens that have a name already, the first file's counts.
  void readSpecial(const json &config) {
    for (const char *key : nameKeys) {
      const json *value = jsonMember(config, key);
      json token = value ? readToken(*value, true) : json();
      if (!token.is_null() && files.names.emplace(key, textOf(token)).second)
        addSpecial(std::move(token));
    }
    for (const char *key : listKeys)
      if (const json *list = jsonMember(config, key); list && list->is_structured())
        for (const json &value : *list)
          if (json token = readToken(value, true); !token.is_null())
            addSpecial(std::move(token));
  }

  Result<void> readAdded(const json &added, const std::string &file) {
    for (const auto &[token, value] : added.items()) {
      std::optional<int32_t> id = jsonTokenId(value);
      if (!id)
        return fail("'" + file + "': expected " + inQuotes(token) + " to have a token id");
      const bool special = std::ranges::any_of(
          files.special, [&](const json &each) { return isContent(each, token); });
      if (json entry = readToken(token, special); !entry.is_null())
        add(*id, std::move(entry));
    }
    return {};
  }

private:
  void add(int32_t id, json token) {
    if (!contents.insert(textOf(token)).second)
      return;
    token["id"] = id;
    files.tokens.emplace(id, std::move(token));
  }
  void addSpecial(json token) {
    if (std::ranges::none_of(files.special,
                             [&](const json &each) { return isContent(each, textOf(token)); }))
      files.special.push_back(std::move(token));
  }

  AddedTokenFiles &files;
  std::set<std::string> contents;
};

/// Gives the vocabulary of the model this token under an id that it has for another.
void rename(json &model, int32_t id, const std::string &content) {
  auto vocabulary = model.find("vocab");
  if (vocabulary == model.end())
    return;
  if (vocabulary->is_array()) {
    if (size_t(id) < vocabulary->size() && (*vocabulary)[size_t(id)].is_array() &&
        !(*vocabulary)[size_t(id)].empty())
      (*vocabulary)[size_t(id)][0] = content;
    return;
  }
  // Only SentencePiece's merges name no tokens, so that one may go.
  auto ranks = model.find("token_ranks");
  if (!vocabulary->is_object() || ranks == model.end() || !ranks->is_array() ||
      size_t(id) >= ranks->size())
    return;
  for (auto entry = vocabulary->begin(); entry != vocabulary->end(); ++entry)
    if (entry.value() == id) {
      vocabulary->erase(entry);
      break;
    }
  (*vocabulary)[content] = id;
  (*ranks)[size_t(id)] = -1;
}

/// One more than the largest id.
int64_t endOfIds(const json &tokenizer) {
  int64_t end = 0;
  auto add = [&](const json &id) {
    if (std::optional<int32_t> known = jsonTokenId(id))
      end = std::max<int64_t>(end, int64_t(*known) + 1);
  };
  for (const json &token : tokenizer["added_tokens"])
    if (const json *id = jsonMember(token, "id"))
      add(*id);
  const json *model = jsonMember(tokenizer, "model");
  const json *vocabulary = model ? jsonMember(*model, "vocab") : nullptr;
  if (vocabulary && vocabulary->is_array())
    end = std::max<int64_t>(end, int64_t(vocabulary->size()));
  else if (vocabulary && vocabulary->is_object())
    for (const auto &[token, id] : vocabulary->items())
      add(id);
  return end;
}

} // namespace

std::string AddedTokenFiles::named(std::string_view name) const {
  auto at = names.find(name);
  return at == names.end() ? std::string() : at->second;
}

bool AddedTokenFiles::areAllIn(std::string_view tokenizerJson) const {
  auto isIn = [&](const json &token) {
    const std::string text = token["content"].dump();
    return tokenizerJson.find("\"content\":" + text) != std::string_view::npos ||
           tokenizerJson.find("\"content\": " + text) != std::string_view::npos;
  };
  return std::ranges::all_of(tokens, [&](const auto &item) { return isIn(item.second); }) &&
         std::ranges::all_of(special, isIn);
}

Result<AddedTokenFiles> readAddedTokenFiles(const std::string &directory,
                                            const json &tokenizerConfig) {
  const std::string mapFile = directory + "/special_tokens_map.json";
  const std::string addedFile = directory + "/added_tokens.json";
  Result<json> map = parseJsonObjectIfThere(mapFile), added = parseJsonObjectIfThere(addedFile);
  if (!map || !added)
    return failFrom(map ? added : map);
  AddedTokenFiles files;
  Reader reader(files);
  if (auto read = reader.readDecoder(tokenizerConfig, directory + "/tokenizer_config.json"); !read)
    return failFrom(read);
  reader.readSpecial(tokenizerConfig);
  reader.readSpecial(*map);
  if (auto read = reader.readAdded(*added, addedFile); !read)
    return failFrom(read);
  return files;
}

bool addTokens(json &tokenizer, const AddedTokenFiles &files, int64_t vocabulary, bool replaces) {
  json &added = tokenizer["added_tokens"];
  const bool wasThere = added.is_array();
  if (!wasThere)
    added = json::array();
  std::map<std::string, size_t> places;
  std::set<int32_t> ids;
  for (size_t i = 0; i < added.size(); ++i) {
    const json *content = jsonMember(added[i], "content"), *id = jsonMember(added[i], "id");
    if (content && content->is_string())
      places.emplace(content->get<std::string>(), i);
    if (std::optional<int32_t> known = id ? jsonTokenId(*id) : std::nullopt)
      ids.insert(*known);
  }
  bool changed = false;
  auto put = [&](json token) {
    changed = true;
    if (replaces) // those who read such files look for the tokens in the text as it is
      token["normalized"] = false;
    auto [place, isNew] = places.emplace(textOf(token), added.size());
    if (isNew)
      added.push_back(std::move(token));
    else
      added[place->second] = std::move(token);
  };

  for (const auto &[id, token] : files.tokens) {
    const std::string content = textOf(token);
    if (!replaces && (places.contains(content) || ids.contains(id)))
      continue;
    if (replaces && idOfToken(tokenizer, content) != id) {
      // Whatever else has that id among the added tokens goes, too.
      std::erase_if(added.get_ref<json::array_t &>(), [&](const json &each) {
        const json *other = jsonMember(each, "id");
        return other && jsonTokenId(*other) == id;
      });
      places.clear();
      for (size_t i = 0; i < added.size(); ++i)
        places.emplace(textOf(added[i]), i);
      rename(tokenizer["model"], id, content);
    }
    put(token);
  }
  int64_t next = -1;
  for (json token : files.special) {
    auto place = places.find(textOf(token));
    if (place != places.end()) {
      json &known = added[place->second];
      if (known.value("special", json(false)) != true && replaces)
        known["special"] = true;
      continue;
    }
    std::optional<int32_t> id = idOfToken(tokenizer, textOf(token));
    if (!id) {
      if (next < 0)
        next = endOfIds(tokenizer);
      if (next >= vocabulary)
        continue;
      id = static_cast<int32_t>(next++);
    }
    token["id"] = *id;
    put(std::move(token));
  }
  if (!changed && !wasThere)
    tokenizer.erase("added_tokens");
  return changed;
}

} // namespace weft
