#include "runtime/text/tokenizer/decode/TokenBytes.h"

namespace weft::text {

namespace {

/// A token to stand in front, so that nothing is the beginning of a text: one that adds the
/// same twice as once. -1: there is none.
TokenId anyPlainToken(const Tokenizer &tokenizer) {
  const auto size = static_cast<TokenId>(tokenizer.vocabularySize());
  for (TokenId id = 0; id < size; ++id) {
    const TokenId twice[] = {id, id};
    const auto one = tokenizer.decodeBytes({twice, 1}), two = tokenizer.decodeBytes(twice);
    if (one && two && !one->empty() && *two == *one + *one && (*one)[0] > ' ')
      return id;
  }
  return -1;
}

} // namespace

TokenBytes::TokenBytes(const Tokenizer &tokenizer)
    : tokenizer(tokenizer), front(anyPlainToken(tokenizer)) {
  if (front >= 0)
    before = tokenizer.decodeBytes({&front, 1}).value_or("");
}

std::string TokenBytes::of(TokenId id, bool skipSpecial) const {
  const TokenId pair[] = {front, id};
  const auto text = tokenizer.decodeBytes(std::span(pair).subspan(front < 0), skipSpecial);
  return text && text->starts_with(before) ? text->substr(before.size()) : "";
}

std::vector<std::string> tokenBytes(const Tokenizer &tokenizer) {
  const TokenBytes bytes(tokenizer);
  std::vector<std::string> all(tokenizer.vocabularySize());
  for (size_t id = 0; id < all.size(); ++id)
    all[id] = bytes.of(static_cast<TokenId>(id));
  return all;
}

} // namespace weft::text
