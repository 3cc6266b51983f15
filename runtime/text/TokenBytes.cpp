#include "runtime/text/TokenBytes.h"

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

std::vector<std::string> tokenBytes(const Tokenizer &tokenizer) {
  std::vector<std::string> bytes(tokenizer.vocabularySize());
  const TokenId front = anyPlainToken(tokenizer);
  const TokenId first[] = {front};
  const std::string before = front < 0 ? "" : tokenizer.decodeBytes(first).value_or("");
  for (size_t id = 0; id < bytes.size(); ++id) {
    const TokenId pair[] = {front, static_cast<TokenId>(id)};
    const std::span<const TokenId> ids = front < 0 ? std::span(pair).subspan(1) : std::span(pair);
    auto text = tokenizer.decodeBytes(ids);
    if (text && text->starts_with(before))
      bytes[id] = text->substr(before.size());
  }
  return bytes;
}

} // namespace weft::text
