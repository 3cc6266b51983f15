#include "runtime/text/tokenizer/model/WordPiece.h"

#include "runtime/base/Utf8.h"

namespace weft::text {

Result<std::unique_ptr<SubwordModel>> WordPiece::make(const Fields &fields, unsigned) {
  auto made = std::make_unique<WordPiece>();
  auto vocab = Vocabulary::read(fields, "vocab");
  if (!vocab)
    return failFrom(vocab);
  made->vocab = std::move(*vocab);
  auto unknown = readUnknown(fields, made->vocab, "[UNK]");
  if (!unknown)
    return failFrom(unknown);
  made->unknown = *unknown;
  auto longest = fields.count("max_input_chars_per_word", 100);
  if (!longest)
    return failFrom(longest);
  made->longestWord = *longest;
  std::string &prefix = made->prefix;
  prefix = "##";
  if (fields.has("continuing_subword_prefix")) {
    auto read = fields.string("continuing_subword_prefix");
    if (!read)
      return failFrom(read);
    prefix = *read;
  }

  std::vector<Trie::Entry> beginnings, continuations;
  for (TokenId id = 0; static_cast<size_t>(id) < made->vocab.size(); ++id) {
    const std::string_view token = made->vocab.token(id);
    if (token.empty())
      continue;
    beginnings.push_back({token, id});
    if (token.starts_with(prefix) && token.size() > prefix.size())
      continuations.push_back({token.substr(prefix.size()), id});
  }
  made->beginnings = Trie::of(std::move(beginnings));
  made->continuations = Trie::of(std::move(continuations));
  return made;
}

std::string_view WordPiece::spelling(TokenId token, bool first, bool) const {
  std::string_view text = vocab.token(token);
  if (!first && text.starts_with(prefix))
    text.remove_prefix(prefix.size());
  return text;
}

void WordPiece::tokenize(std::string_view word, std::vector<TokenId> &tokens) const {
  size_t characters = 0;
  for (size_t at = 0; at < word.size(); at += charAt(word, at).length)
    ++characters;
  if (characters > longestWord) {
    tokens.push_back(unknown);
    return;
  }
  const size_t begin = tokens.size();
  for (size_t at = 0; at < word.size();) {
    size_t longest = 0;
    TokenId found = unknown;
    (at ? continuations : beginnings)
        .findPrefixes(word.substr(at), [&](size_t size, TokenId token) {
          longest = size;
          found = token;
        });
    if (longest == 0)
      tokens.resize(begin);
    tokens.push_back(found);
    if (longest == 0)
      return;
    at += longest;
  }
}

} // namespace weft::text
