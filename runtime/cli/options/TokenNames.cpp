#include "runtime/cli/options/TokenNames.h"

#include "runtime/text/tokenizer/decode/TokenBytes.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace weft::cli {

namespace {

/// A token that stands for one byte ("<0x41>") beside one that is spelled so.
bool isByteToken(std::string_view token) {
  return token.size() == 6 && token.starts_with("<0x") && token.ends_with('>');
}

Result<int32_t> tokenOfText(const char *option, const std::string &text,
                            const text::Tokenizer &tokenizer) {
  const text::TokenBytes bytes(tokenizer);
  std::vector<int32_t> found;
  for (int32_t id = 0; id < int32_t(tokenizer.vocabularySize()); ++id)
    if (bytes.of(id, false) == text)
      found.push_back(id);
  const std::vector<int32_t> encoded = tokenizer.encode(text, false);
  const bool isOne = encoded.size() == 1;
  if (isOne && (found.empty() || std::ranges::find(found, encoded.front()) != found.end()))
    return encoded.front();
  const auto whole =
      std::ranges::find_if(found, [&](int32_t id) { return !isByteToken(tokenizer.token(id)); });
  if (!found.empty())
    return whole == found.end() ? found.front() : *whole;
  return fail(fmt::format("{}: expected a text that is one token, found \"{}\", which is {} "
                          "tokens: {}",
                          option, text, encoded.size(), fmt::join(encoded, " ")));
}

} // namespace

Result<int32_t> tokenNamed(const char *option, const std::string &name, bool isId,
                           const text::Tokenizer &tokenizer, uint32_t vocabulary) {
  auto id = isId ? Result<int32_t>(int32_t(std::stol(name))) : tokenOfText(option, name, tokenizer);
  if (id && uint32_t(*id) >= vocabulary)
    return fail(fmt::format("{}: expected a token below {}, found {}", option, vocabulary, *id));
  return id;
}

} // namespace weft::cli
