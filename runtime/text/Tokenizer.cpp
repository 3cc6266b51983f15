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
  auto parts = std::make_unique<Impl>();
  if (auto done = parts->read(root); !done)
    return fail("tokenizer.json: " + done.error().message);
  return std::unique_ptr<Tokenizer>(new Tokenizer(std::move(parts)));
}

Result<bool> Tokenizer::Impl::read(const JsonValue &root) {
  auto file = Fields::of(root, "");
  if (!file)
    return failFrom(file);
  if (file->has("version")) {
    auto version = file->string("version");
    if (!version)
      return failFrom(version);
    if (*version != "1.0")
      return fail("version: " + inQuotes(*version) + " is not supported; supported is \"1.0\"");
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
  return true;
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
