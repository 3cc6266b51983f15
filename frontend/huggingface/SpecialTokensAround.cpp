#include "frontend/huggingface/SpecialTokensAround.h"

#include "frontend/Json.h"
#include "runtime/base/Quotes.h"

#include <algorithm>

namespace weft {

using nlohmann::json;

namespace {

enum class Side { Before, After };

std::string typeOf(const json &processor) {
  const json *type = jsonMember(processor, "type");
  return type && type->is_string() ? type->get<std::string>() : std::string();
}

json specialToken(const json &id, int type) {
  return {{"SpecialToken", {{"id", id}, {"type_id", type}}}};
}

json sequence(const char *id, int type) { return {{"Sequence", {{"id", id}, {"type_id", type}}}}; }

/// Whether a piece of a template is this token.
bool isToken(const json &piece, const std::string &token) {
  const json *special = jsonMember(piece, "SpecialToken");
  const json *id = special ? jsonMember(*special, "id") : nullptr;
  return id && *id == token;
}

bool isSequence(const json &piece) { return jsonMember(piece, "Sequence") != nullptr; }

json templateOfSequence() {
  return {{"type", "TemplateProcessing"},
          {"single", json::array({sequence("A", 0)})},
          {"pair", json::array({sequence("A", 0), sequence("B", 1)})},
          {"special_tokens", json::object()}};
}

/// BertProcessing and RobertaProcessing as the template that they are; null where `processor`
/// is not one of them, or malformed, which Tokenizer says better.
json asTemplate(const json &processor) {
  const bool isBert = typeOf(processor) == "BertProcessing";
  if (!isBert && typeOf(processor) != "RobertaProcessing")
    return nullptr;
  json result = templateOfSequence();
  for (const char *key : {"cls", "sep"}) {
    const json *token = jsonMember(processor, key);
    if (!token || !token->is_array() || token->size() != 2 || !token->front().is_string())
      return nullptr;
    const std::string text = token->front();
    result["special_tokens"][text] = {
        {"id", text}, {"ids", json::array({token->back()})}, {"tokens", {text}}};
  }
  const json &cls = processor["cls"].front(), &sep = processor["sep"].front();
  result["single"] = {specialToken(cls, 0), sequence("A", 0), specialToken(sep, 0)};
  const int second = isBert ? 1 : 0;
  result["pair"] = {specialToken(cls, 0), sequence("A", 0), specialToken(sep, 0)};
  if (!isBert)
    result["pair"].push_back(specialToken(sep, 0));
  result["pair"].push_back(sequence("B", second));
  result["pair"].push_back(specialToken(sep, second));
  return result;
}

/// The pieces of `single` of a template on one side of the sequence that have this token.
bool puts(const json &processor, Side side, const std::string &token) {
  const json *single = jsonMember(processor, "single");
  if (typeOf(processor) != "TemplateProcessing" || !single || !single->is_array())
    return false;
  auto text = std::ranges::find_if(*single, isSequence);
  auto has = [&](const json &piece) { return isToken(piece, token); };
  return side == Side::Before ? std::any_of(single->begin(), text, has)
                              : std::any_of(text, single->end(), has);
}

json with(const json &pieces, Side side, const std::string &token) {
  json result = json::array();
  for (const json &piece : pieces) {
    // It stands at the sequence itself: what the template has between two sequences keeps its
    // place.
    const json *text = jsonMember(piece, "Sequence");
    const json *type = text ? jsonMember(*text, "type_id") : nullptr;
    const json added =
        specialToken(token, type && type->is_number_integer() ? type->get<int>() : 0);
    if (text && side == Side::Before)
      result.push_back(added);
    result.push_back(piece);
    if (text && side == Side::After)
      result.push_back(added);
  }
  return result;
}

json without(const json &pieces, Side side, const std::string &token) {
  json result = json::array();
  for (auto piece = pieces.begin(); piece != pieces.end(); ++piece) {
    const bool here = side == Side::Before ? std::any_of(piece, pieces.end(), isSequence)
                                           : std::any_of(pieces.begin(), piece, isSequence);
    if (!here || !isToken(*piece, token))
      result.push_back(*piece);
  }
  return result;
}

/// The processors of a Sequence, or the one that there is.
std::vector<json> partsOf(const json &processor) {
  const json *parts = jsonMember(processor, "processors");
  if (typeOf(processor) == "Sequence" && parts && parts->is_array())
    return {parts->begin(), parts->end()};
  return processor.is_null() ? std::vector<json>() : std::vector<json>{processor};
}

json joined(std::vector<json> parts) {
  if (parts.size() == 1)
    return parts.front();
  return {{"type", "Sequence"}, {"processors", std::move(parts)}};
}

/// One side of setting the tokens around a text.
class Setter {
public:
  Setter(json &tokenizer, const std::string &file) : tokenizer(tokenizer), file(file) {}

  Result<bool> set(Side side, const std::string &token, std::optional<bool> wanted) {
    if (token.empty() || !wanted)
      return false;
    json &processor = tokenizer["post_processor"];
    std::vector<json> parts = partsOf(processor);
    bool found = false;
    for (json &part : parts) {
      json isPair = asTemplate(part);
      if (*wanted && !isPair.is_null())
        found = true; // such a processor's own tokens are the ones that are meant
      if (!puts(isPair.is_null() ? part : isPair, side, token))
        continue;
      found = true;
      if (!isPair.is_null() && !*wanted)
        part = std::move(isPair);
      if (!*wanted)
        change(part, without, side, token);
    }
    if (found == *wanted)
      return false;
    if (*wanted) {
      std::optional<int32_t> id = idOfToken(tokenizer, token);
      if (!id)
        return fail("'" + file + "': tokenizer_config.json asks for " + inQuotes(token) +
                    (side == Side::Before ? " before" : " after") +
                    " each text, but it is no token of the vocabulary");
      auto existing = std::ranges::find(parts, "TemplateProcessing", typeOf);
      if (existing == parts.end())
        existing = parts.insert(existing, templateOfSequence());
      change(*existing, with, side, token);
      json &tokens = (*existing)["special_tokens"];
      if (!tokens.is_object())
        tokens = json::object();
      tokens[token] = {{"id", token}, {"ids", {*id}}, {"tokens", {token}}};
    }
    processor = joined(std::move(parts));
    return true;
  }

private:
  template <typename Change>
  static void change(json &part, Change changed, Side side, const std::string &token) {
    for (const char *key : {"single", "pair"})
      if (const json *pieces = jsonMember(part, key); pieces && pieces->is_array())
        part[key] = changed(*pieces, side, token);
  }

  json &tokenizer;
  const std::string &file;
};

} // namespace

std::optional<int32_t> idOfToken(const json &tokenizer, const std::string &token) {
  if (const json *added = jsonMember(tokenizer, "added_tokens"); added && added->is_array())
    for (const json &item : *added)
      if (const json *content = jsonMember(item, "content"); content && *content == token)
        if (const json *id = jsonMember(item, "id"))
          return jsonTokenId(*id);
  const json *model = jsonMember(tokenizer, "model");
  const json *vocabulary = model ? jsonMember(*model, "vocab") : nullptr;
  if (vocabulary && vocabulary->is_array()) { // of Unigram, by id
    for (size_t id = 0; id < vocabulary->size(); ++id)
      if (const json &entry = (*vocabulary)[id];
          entry.is_array() && !entry.empty() && entry.front() == token)
        return static_cast<int32_t>(id);
    return std::nullopt;
  }
  const json *id = vocabulary ? jsonMember(*vocabulary, token.c_str()) : nullptr;
  return id ? jsonTokenId(*id) : std::nullopt;
}

Result<bool> putTokensAround(json &tokenizer, const SpecialTokensAround &wanted,
                             const std::string &file) {
  Setter setter(tokenizer, file);
  Result<bool> begin = setter.set(Side::Before, wanted.begin, wanted.addBegin);
  if (!begin)
    return begin;
  Result<bool> end = setter.set(Side::After, wanted.end, wanted.addEnd);
  return end ? *begin || *end : end;
}

} // namespace weft
