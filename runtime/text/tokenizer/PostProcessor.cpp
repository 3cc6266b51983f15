#include "runtime/text/tokenizer/PostProcessor.h"

namespace weft::text {

namespace {

using Made = Result<std::unique_ptr<PostProcessor>>;
std::span<const Maker<PostProcessor>> makers();

class SequencePostProcessor : public PostProcessor {
public:
  static Made make(const Fields &fields, unsigned depth) {
    auto parts = makeComponents(makers(), fields, "processors", depth);
    if (!parts)
      return failFrom(parts);
    auto sequence = std::make_unique<SequencePostProcessor>();
    sequence->parts = std::move(*parts);
    return sequence;
  }
  void process(std::vector<TokenId> &tokens, SpecialTokens added) const override {
    for (const auto &part : parts)
      part->process(tokens, added);
  }
  void appendTokens(std::vector<TokenId> &tokens) const override {
    for (const auto &part : parts)
      part->appendTokens(tokens);
  }

private:
  std::vector<std::unique_ptr<PostProcessor>> parts;
};

/// Trims the offsets of tokens, which Weft does not keep: nothing to do.
class ByteLevelPostProcessor : public PostProcessor {
public:
  static Made make(const Fields &, unsigned) { return std::make_unique<ByteLevelPostProcessor>(); }
  void process(std::vector<TokenId> &, SpecialTokens) const override {}
};

/// The sequence with fixed tokens before and after it. A template that repeats the sequence
/// is refused: chained, it would grow without bound.
class Template : public PostProcessor {
public:
  static Made make(const Fields &fields, unsigned) {
    auto special = fields.object("special_tokens");
    if (!special)
      return failFrom(special);
    auto pieces = fields.array("single");
    if (!pieces)
      return failFrom(pieces);
    auto made = std::make_unique<Template>();
    bool sequenceSeen = false;
    for (size_t i = 0; i < pieces->size(); ++i) {
      const std::string path = fields.path("single") + "[" + std::to_string(i) + "]";
      auto piece = Fields::of((*pieces)[i], path);
      if (!piece)
        return failFrom(piece);
      if (piece->has("Sequence")) {
        auto sequence = piece->object("Sequence");
        if (!sequence)
          return failFrom(sequence);
        auto id = sequence->string("id");
        if (!id)
          return failFrom(id);
        if (*id != "A" || sequenceSeen)
          return fail(path + ": expected the sequence A, once, found " + inQuotes(*id));
        sequenceSeen = true;
        continue;
      }
      auto token = piece->object("SpecialToken");
      if (!token)
        return failFrom(token);
      auto ids = readToken(*token, *special);
      if (!ids)
        return failFrom(ids);
      auto &side = sequenceSeen ? made->after : made->before;
      side.insert(side.end(), ids->begin(), ids->end());
    }
    if (!sequenceSeen)
      return fail(fields.path("single") + ": expected the sequence A, found none");
    return made;
  }

  /// RobertaProcessing and BertProcessing: one token before, one after.
  static Made makePair(const Fields &fields, unsigned) {
    auto made = std::make_unique<Template>();
    for (std::string_view key : {"cls", "sep"}) {
      auto pair = fields.array(key);
      if (!pair)
        return failFrom(pair);
      if (pair->size() != 2)
        return fail(fields.path(key) + ": expected a token and its id");
      auto id = asTokenId((*pair)[1], fields.path(key) + "[1]");
      if (!id)
        return failFrom(id);
      (key == "cls" ? made->before : made->after).push_back(*id);
    }
    return made;
  }

  void process(std::vector<TokenId> &tokens, SpecialTokens added) const override {
    if (added != SpecialTokens::None)
      tokens.insert(tokens.begin(), before.begin(), before.end());
    if (added == SpecialTokens::Around)
      tokens.insert(tokens.end(), after.begin(), after.end());
  }
  void appendTokens(std::vector<TokenId> &tokens) const override {
    tokens.insert(tokens.end(), before.begin(), before.end());
    tokens.insert(tokens.end(), after.begin(), after.end());
  }

private:
  /// The ids that the table of special tokens has for the token that a piece names.
  static Result<std::vector<TokenId>> readToken(const Fields &piece, const Fields &special) {
    auto name = piece.string("id");
    if (!name)
      return failFrom(name);
    auto entry = special.object(*name);
    if (!entry)
      return fail(piece.path("id") + ": " + inQuotes(*name) + " is not in " + special.path());
    auto values = entry->array("ids");
    if (!values)
      return failFrom(values);
    std::vector<TokenId> ids;
    for (JsonValue value : *values) {
      auto id = asTokenId(value, entry->path("ids"));
      if (!id)
        return failFrom(id);
      ids.push_back(*id);
    }
    return ids;
  }

  std::vector<TokenId> before, after;
};

std::span<const Maker<PostProcessor>> makers() {
  static constexpr Maker<PostProcessor> all[] = {
      {"Sequence", SequencePostProcessor::make}, {"ByteLevel", ByteLevelPostProcessor::make},
      {"TemplateProcessing", Template::make},    {"RobertaProcessing", Template::makePair},
      {"BertProcessing", Template::makePair},
  };
  return all;
}

} // namespace

Result<std::unique_ptr<PostProcessor>> makePostProcessor(JsonValue value, std::string path) {
  return makeComponent(makers(), value, std::move(path));
}

} // namespace weft::text
