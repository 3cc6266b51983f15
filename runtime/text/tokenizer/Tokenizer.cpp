#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/TokenizerParts.h"

#include <algorithm>

namespace weft::text {

namespace {

/// Makes the component of field `key` unless it is absent or null.
template <typename Component>
Result<void> makePart(const Fields &file, std::string_view key,
                      Result<std::unique_ptr<Component>> (*make)(JsonValue, std::string),
                      std::unique_ptr<Component> &part) {
  if (!file.has(key))
    return {};
  auto made = make(*file.value(key), std::string(key));
  if (!made)
    return failFrom(made);
  part = std::move(*made);
  return {};
}

} // namespace

Result<std::unique_ptr<Tokenizer>> Tokenizer::fromJson(std::string_view json) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (auto error = parser.parse(json.data(), json.size()).get(root))
    return fail("tokenizer.json: " + invalidJson(json, error));
  auto parts = std::make_unique<Impl>();
  if (auto done = parts->read(root); !done)
    return fail("tokenizer.json: " + done.error().message);
  return std::unique_ptr<Tokenizer>(new Tokenizer(std::move(parts)));
}

Result<void> Tokenizer::Impl::read(const JsonValue &root) {
  auto file = Fields::of(root, "");
  if (!file)
    return failFrom(file);
  if (file->has("version")) {
    auto version = file->string("version");
    if (!version)
      return failFrom(version);
    if (*version != "1.0")
      return fail("version: " + inQuotes(*version) + " is not supported; supported is '1.0'");
  }
  if (!file->has("model"))
    return fail("model: missing");
  for (auto done : {makePart(*file, "normalizer", makeNormalizer, normalizer),
                    makePart(*file, "pre_tokenizer", makePreTokenizer, preTokenizer),
                    makePart(*file, "model", makeModel, model),
                    makePart(*file, "post_processor", makePostProcessor, postProcessor),
                    makePart(*file, "decoder", makeDecoder, decoder)})
    if (!done)
      return done;
  if (!decoder)
    decoder = makeSpaceDecoder();
  auto tokens = AddedTokens::read(*file, model->vocabulary(), normalizer.get());
  if (!tokens)
    return failFrom(tokens);
  added = std::move(*tokens);
  keepsBytes = model->coversBytes() || (preTokenizer && preTokenizer->mapsBytes()) ||
               (normalizer && normalizer->mapsBytes());

  std::vector<TokenId> special;
  if (postProcessor)
    postProcessor->appendTokens(special);
  for (TokenId id : special)
    if (!added.get(id) && !model->vocabulary().has(id))
      return fail("post_processor: adds the token " + std::to_string(id) +
                  ", which the vocabulary does not have");
  return {};
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

bool Tokenizer::Impl::keepsBeginning(std::string_view begin) const {
  if (!normalizer || !preTokenizer || !preTokenizer->dependsOnBeginning())
    return true;
  std::string normalized(begin);
  Origins from;
  for (size_t at = 0; at < begin.size(); ++at)
    from.push_back({at, at + 1});
  normalizer->normalize(normalized, from);
  return from.empty() || from.front().begin == 0;
}

void Tokenizer::Impl::cut(std::string_view text, const Origins *origins, Pieces &pieces) const {
  added.split(text, false, [&](Span span, TokenId token) {
    if (token >= 0)
      return pieces.addToken(token, origins ? originOf(*origins, span) : span);
    std::string normalized(text.substr(span.begin, span.end - span.begin));
    const bool isFirst = span.begin == 0 && keepsBeginning(normalized);
    Origins from;
    if (origins)
      from.assign(origins->begin() + static_cast<std::ptrdiff_t>(span.begin),
                  origins->begin() + static_cast<std::ptrdiff_t>(span.end));
    if (normalizer && origins)
      normalizer->normalize(normalized, from);
    else if (normalizer)
      normalizer->normalize(normalized);
    added.split(normalized, true, [&](Span part, TokenId partToken) {
      if (partToken >= 0)
        return pieces.addToken(partToken, origins ? originOf(from, part) : part);
      const size_t size = part.end - part.begin;
      pieces.addText(std::string_view(normalized).substr(part.begin, size),
                     isFirst && part.begin == 0,
                     origins ? std::span(from).subspan(part.begin, size) : std::span<Span>());
    });
  });
  if (preTokenizer)
    preTokenizer->apply(pieces);
}

std::vector<TokenPlace> Tokenizer::encodeWithOffsets(std::string_view text, bool addSpecial) const {
  const bool repairs = !impl->keepsBytes && !isValidUtf8(text);
  std::string repaired;
  Origins origins;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = charAt(text, at);
    const Span character{at, at + c.length};
    const bool replaces = repairs && c.kind != Utf8Char::Kind::Valid;
    const std::string_view bytes = replaces ? replacementCharacter : text.substr(at, c.length);
    repaired += bytes;
    for (size_t i = 0; i < bytes.size(); ++i)
      origins.push_back(replaces ? character : Span{at + i, at + i + 1});
    at = character.end;
  }

  Pieces pieces(true);
  impl->cut(repaired, &origins, pieces);
  std::vector<TokenPlace> places;
  std::vector<TokenId> tokens;
  for (const Piece &piece : pieces.all()) {
    const Span range{piece.begin, piece.end};
    if (piece.token >= 0) {
      const Span origin = pieces.originOf(range);
      places.push_back({piece.token, origin.begin, origin.end});
      continue;
    }
    tokens.clear();
    const std::string_view word = pieces.textOf(piece);
    impl->model->tokenize(word, tokens);
    const std::vector<Span> spans = impl->model->spans(word, tokens);
    for (size_t i = 0; i < tokens.size(); ++i) {
      const Span origin =
          pieces.originOf({piece.begin + spans[i].begin, piece.begin + spans[i].end});
      places.push_back({tokens[i], origin.begin, origin.end});
    }
  }
  if (impl->postProcessor) {
    std::vector<TokenId> around{-1}; // stands for the sequence
    impl->postProcessor->process(around, addSpecial ? SpecialTokens::Around : SpecialTokens::None);
    const auto middle = std::ranges::find(around, -1);
    std::vector<TokenPlace> before;
    for (auto id = around.begin(); id != middle; ++id)
      before.push_back({*id, 0, 0});
    for (auto id = middle + 1; id != around.end(); ++id)
      places.push_back({*id, text.size(), text.size()});
    places.insert(places.begin(), before.begin(), before.end());
  }
  return places;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, bool addSpecial) const {
  return impl->encode(text, addSpecial ? SpecialTokens::Around : SpecialTokens::None);
}

std::vector<TokenId> Tokenizer::encodePrompt(std::string_view text) const {
  return impl->encode(text, SpecialTokens::Before);
}

std::vector<TokenId> Tokenizer::Impl::encode(std::string_view text, SpecialTokens special) const {
  std::string repaired;
  if (!keepsBytes && !isValidUtf8(text)) {
    repaired = repairUtf8(text);
    text = repaired;
  }

  Pieces pieces;
  cut(text, nullptr, pieces);
  std::vector<TokenId> tokens;
  tokens.reserve(text.size() / 4 + 2);
  for (const Piece &piece : pieces.all()) {
    if (piece.token >= 0)
      tokens.push_back(piece.token);
    else
      model->tokenize(pieces.textOf(piece), tokens);
  }
  if (postProcessor)
    postProcessor->process(tokens, special);
  return tokens;
}

namespace {

Result<std::string> decodeAll(Decoding decoding, std::span<const TokenId> ids) {
  for (TokenId id : ids)
    if (auto done = decoding.push(id); !done)
      return failFrom(done);
  decoding.finish();
  return decoding.take();
}

} // namespace

Result<std::string> Tokenizer::decode(std::span<const TokenId> ids, bool skipSpecial) const {
  return decodeAll(Decoding(*impl, skipSpecial, InvalidBytes::Replace), ids);
}

Result<std::string> Tokenizer::decodeBytes(std::span<const TokenId> ids, bool skipSpecial) const {
  return decodeAll(Decoding(*impl, skipSpecial, InvalidBytes::Keep), ids);
}

size_t Tokenizer::vocabularySize() const { return impl->size(); }

std::string_view Tokenizer::token(TokenId id) const {
  if (const AddedToken *added = impl->added.get(id))
    return added->content;
  const bool known = id >= 0 && static_cast<size_t>(id) < impl->model->size();
  return known ? impl->model->vocabulary().token(id) : std::string_view();
}

TokenId Tokenizer::id(std::string_view token) const {
  if (TokenId added = impl->added.find(token); added >= 0)
    return added;
  const TokenId id = impl->model->vocabulary().find(token);
  return id >= 0 && static_cast<size_t>(id) < impl->model->size() ? id : -1;
}

bool Tokenizer::isSpecial(TokenId id) const {
  const AddedToken *added = impl->added.get(id);
  return added && added->special;
}

} // namespace weft::text
