#include "runtime/text/TokenizerParts.h"
#include "runtime/text/Utf8.h"

namespace weft::text {

namespace {

/// Makes the component of field `key` unless it is absent or null.
template <typename Component>
Result<bool> makePart(const Fields &file, std::string_view key,
                      Result<std::unique_ptr<Component>> (*make)(JsonValue, std::string),
                      std::unique_ptr<Component> &part) {
  if (!file.has(key))
    return false;
  auto made = make(*file.value(key), std::string(key));
  if (!made)
    return failFrom(made);
  part = std::move(*made);
  return true;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> Tokenizer::fromJson(std::string_view json) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (auto error = parser.parse(json.data(), json.size()).get(root))
    return fail(std::string("tokenizer.json: not valid JSON: ") + simdjson::error_message(error));
  auto file = Fields::of(root, "tokenizer.json");
  if (!file)
    return failFrom(file);
  if (file->has("version")) {
    auto version = file->string("version");
    if (!version)
      return failFrom(version);
    if (*version != "1.0")
      return fail("tokenizer.json: version " + inQuotes(*version) +
                  " is not supported; supported is \"1.0\"");
  }

  auto parts = std::make_unique<Impl>();
  auto prefixed = [](Error error) {
    return fail(error.message.starts_with("tokenizer.json") ? std::move(error.message)
                                                            : "tokenizer.json: " + error.message);
  };
  if (!file->has("model"))
    return fail("tokenizer.json: model: missing");
  for (auto done : {makePart(*file, "normalizer", makeNormalizer, parts->normalizer),
                    makePart(*file, "pre_tokenizer", makePreTokenizer, parts->preTokenizer),
                    makePart(*file, "model", makeModel, parts->model),
                    makePart(*file, "post_processor", makePostProcessor, parts->postProcessor),
                    makePart(*file, "decoder", makeDecoder, parts->decoder)})
    if (!done)
      return prefixed(done.error());
  if (!parts->decoder)
    parts->decoder = makeSpaceDecoder();
  auto added = AddedTokens::read(*file, parts->model->vocabulary(), parts->normalizer.get());
  if (!added)
    return prefixed(added.error());
  parts->added = std::move(*added);
  parts->keepsBytes = parts->model->coversBytes() ||
                      (parts->preTokenizer && parts->preTokenizer->mapsBytes()) ||
                      (parts->normalizer && parts->normalizer->mapsBytes());

  std::vector<TokenId> special;
  if (parts->postProcessor)
    parts->postProcessor->appendTokens(special);
  for (TokenId id : special)
    if (!parts->added.get(id) && !parts->model->vocabulary().has(id))
      return fail("tokenizer.json: post_processor: adds the token " + std::to_string(id) +
                  ", which the vocabulary does not have");
  return std::unique_ptr<Tokenizer>(new Tokenizer(std::move(parts)));
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

std::vector<TokenId> Tokenizer::encode(std::string_view text, bool addSpecial) const {
  std::string repaired;
  if (!impl->keepsBytes && !isValidUtf8(text)) {
    repaired = repairUtf8(text);
    text = repaired;
  }

  Pieces pieces;
  impl->added.split(text, false, [&](Span span, TokenId token) {
    if (token >= 0)
      return pieces.addToken(token);
    std::string normalized(text.substr(span.begin, span.end - span.begin));
    if (impl->normalizer)
      impl->normalizer->normalize(normalized);
    impl->added.split(normalized, true, [&](Span part, TokenId partToken) {
      if (partToken >= 0)
        return pieces.addToken(partToken);
      pieces.addText(std::string_view(normalized).substr(part.begin, part.end - part.begin),
                     span.begin == 0 && part.begin == 0);
    });
  });
  if (impl->preTokenizer)
    impl->preTokenizer->apply(pieces);

  std::vector<TokenId> tokens;
  tokens.reserve(text.size() / 4 + 2);
  for (const Piece &piece : pieces.all()) {
    if (piece.token >= 0)
      tokens.push_back(piece.token);
    else
      impl->model->tokenize(pieces.textOf(piece), tokens);
  }
  if (impl->postProcessor)
    impl->postProcessor->process(tokens, addSpecial);
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
  return decodeAll(Decoding(*impl, skipSpecial, InvalidBytes::replace), ids);
}

Result<std::string> Tokenizer::decodeBytes(std::span<const TokenId> ids, bool skipSpecial) const {
  return decodeAll(Decoding(*impl, skipSpecial, InvalidBytes::keep), ids);
}

size_t Tokenizer::vocabularySize() const { return impl->size(); }

std::string_view Tokenizer::token(TokenId id) const {
  const AddedToken *added = impl->added.get(id);
  return added ? std::string_view(added->content) : impl->model->vocabulary().token(id);
}

TokenId Tokenizer::id(std::string_view token) const {
  TokenId added = impl->added.find(token);
  return added >= 0 ? added : impl->model->vocabulary().find(token);
}

bool Tokenizer::isSpecial(TokenId id) const {
  const AddedToken *added = impl->added.get(id);
  return added && added->special;
}

} // namespace weft::text
