#include "runtime/text/Bpe.h"

#include "runtime/text/Utf8.h"

#include <algorithm>

namespace weft::text {

Result<std::unique_ptr<Model>> Bpe::make(const Fields &fields, unsigned) {
  auto bpe = std::make_unique<Bpe>();
  auto vocab = Vocabulary::read(fields, "vocab");
  if (!vocab)
    return failFrom(vocab);
  bpe->vocab = std::move(*vocab);
  if (auto done = bpe->readOptions(fields); !done)
    return failFrom(done);
  bpe->prepareCharacters();
  if (auto done = bpe->readMerges(fields); !done)
    return failFrom(done);
  return bpe;
}

Result<bool> Bpe::readOptions(const Fields &fields) {
  for (std::string_view key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!fields.has(key))
      continue;
    auto text = fields.string(key);
    if (!text)
      return failFrom(text);
    if (!text->empty())
      return fail(fields.path(key) + ": " + inQuotes(*text) +
                  " is not supported; supported is null or an empty text");
  }
  if (fields.has("dropout")) {
    double dropout = 0;
    if (fields.value("dropout")->get(dropout) || dropout != 0)
      return fail(fields.path("dropout") +
                  ": only null or 0 is supported; dropout makes tokens random and is for training");
  }
  struct Flag {
    std::string_view key;
    bool *flag;
  };
  for (Flag option : {Flag{"fuse_unk", &fuseUnknown}, Flag{"byte_fallback", &byteFallback},
                      Flag{"ignore_merges", &ignoreMerges}}) {
    auto flag = fields.boolean(option.key, false);
    if (!flag)
      return failFrom(flag);
    *option.flag = *flag;
  }
  if (fields.has("unk_token")) {
    auto token = fields.string("unk_token");
    if (!token)
      return failFrom(token);
    unknown = vocab.find(*token);
    if (unknown < 0)
      return fail(fields.path("unk_token") + ": " + inQuotes(*token) + " is not in the vocabulary");
  }
  return true;
}

Result<bool> Bpe::readMerges(const Fields &fields) {
  auto list = fields.array("merges");
  if (!list)
    return failFrom(list);
  merges.reset(list->size());
  uint32_t rank = 0;
  std::string joined;
  for (JsonValue value : *list) {
    auto here = [&] { return fields.path("merges") + "[" + std::to_string(rank) + "]"; };
    std::string_view left, right, line;
    simdjson::dom::array pair;
    if (!value.get(line)) {
      if (line.starts_with("#version")) // the first line of a merges.txt
        continue;
      size_t space = line.find(' ');
      if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
        return fail(here() + ": expected two tokens with a space between, found " + inQuotes(line));
      left = line.substr(0, space);
      right = line.substr(space + 1);
    } else if (value.get(pair) || pair.size() != 2 || pair.at(0).get(left) ||
               pair.at(1).get(right)) {
      return fail(here() + ": expected \"a b\" or [\"a\", \"b\"]");
    }
    joined.assign(left).append(right);
    Merge merge{rank, vocab.find(joined)};
    const TokenId leftToken = vocab.find(left), rightToken = vocab.find(right);
    if (leftToken < 0 || rightToken < 0 || merge.token < 0)
      return fail(here() + ": " +
                  inQuotes(leftToken < 0    ? left
                           : rightToken < 0 ? right
                                            : std::string_view(joined)) +
                  " is not in the vocabulary");
    merges.add(leftToken, rightToken, merge);
    if (!left.empty() && !right.empty())
      noteBorder(left, right);
    ++rank;
  }
  return true;
}

void Bpe::noteBorder(std::string_view left, std::string_view right) {
  size_t last = left.size() - 1;
  while (last > 0 && (static_cast<unsigned char>(left[last]) & 0xC0) == 0x80)
    --last;
  const Utf8Char end = charAt(left, last), start = charAt(right, 0);
  merges.addBorder(characterToken(end.code, left.substr(last)),
                   characterToken(start.code, right.substr(0, start.length)));
  // These tokens begin a word without being characters, so their letters say nothing.
  for (std::string_view token : {left, right})
    if (token == vocab.token(unknown) || (byteFallback && token.starts_with("<0x")))
      merges.joinAnything();
}

void Bpe::prepareCharacters() {
  std::string bytes;
  for (char32_t code = 0; code < lowCharacters.size(); ++code) {
    bytes.clear();
    appendUtf8(bytes, code);
    lowCharacters[code] = vocab.find(bytes);
  }
  coversAllBytes = byteFallback;
  for (unsigned byte = 0; byte < 256; ++byte) {
    constexpr char digits[] = "0123456789ABCDEF";
    const char name[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
    byteTokens[byte] = byteFallback ? vocab.find({name, sizeof(name)}) : -1;
    coversAllBytes &= byteTokens[byte] >= 0;
  }
}

TokenId Bpe::characterToken(char32_t code, std::string_view bytes) const {
  return code < lowCharacters.size() ? lowCharacters[code] : vocab.find(bytes);
}

bool Bpe::appendBytes(std::string_view bytes, std::vector<TokenId> &tokens) const {
  for (char byte : bytes)
    if (byteTokens[static_cast<unsigned char>(byte)] < 0)
      return false;
  for (char byte : bytes)
    tokens.push_back(byteTokens[static_cast<unsigned char>(byte)]);
  return true;
}

void Bpe::appendCharacters(std::string_view word, std::vector<TokenId> &tokens) const {
  bool pending = false; // an unknown token that may yet grow
  for (size_t at = 0; at < word.size();) {
    Utf8Char c = charAt(word, at);
    const std::string_view bytes = word.substr(at, c.length);
    at += c.length;
    const bool valid = c.kind == Utf8Char::Kind::valid;
    const TokenId token = valid ? characterToken(c.code, bytes) : -1;
    if (token >= 0) {
      if (pending)
        tokens.push_back(unknown);
      pending = false;
      tokens.push_back(token);
    } else if (!appendBytes(bytes, tokens) && unknown >= 0) {
      if (pending && !fuseUnknown)
        tokens.push_back(unknown);
      pending = true;
    }
  }
  if (pending)
    tokens.push_back(unknown);
}

void Bpe::tokenize(std::string_view word, std::vector<TokenId> &tokens) const {
  if (ignoreMerges) {
    if (TokenId whole = vocab.find(word); whole >= 0) {
      tokens.push_back(whole);
      return;
    }
  }
  const size_t begin = tokens.size();
  appendCharacters(word, tokens);
  applyMerges(merges, tokens, begin);
}

} // namespace weft::text
