#include "runtime/text/tokenizer/model/Bpe.h"

#include "runtime/base/Utf8.h"

#include <algorithm>

namespace weft::text {

Result<std::unique_ptr<SubwordModel>> Bpe::make(const Fields &fields, unsigned) {
  auto bpe = std::make_unique<Bpe>();
  auto vocab = Vocabulary::read(fields, "vocab");
  if (!vocab)
    return failFrom(vocab);
  bpe->vocab = std::move(*vocab);
  if (auto done = bpe->readOptions(fields); !done)
    return failFrom(done);
  bpe->prepareCharacters();
  if (auto done = fields.has("token_ranks") ? bpe->readTokenRanks(fields) : bpe->readMerges(fields);
      !done)
    return failFrom(done);
  if (auto done = bpe->readResidues(fields); !done)
    return failFrom(done);
  return bpe;
}

Result<void> Bpe::readOptions(const Fields &fields) {
  struct Affix {
    std::string_view key;
    std::string *text;
  };
  for (Affix option : {Affix{"continuing_subword_prefix", &continuingPrefix},
                       Affix{"end_of_word_suffix", &endSuffix}}) {
    if (!fields.has(option.key))
      continue;
    auto text = fields.string(option.key);
    if (!text)
      return failFrom(text);
    *option.text = *text;
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
  return {};
}

Result<void> Bpe::readMerges(const Fields &fields) {
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
    joined.assign(left).append(right.substr(std::min(continuingPrefix.size(), right.size())));
    Merge merge{rank, vocab.find(joined)};
    const TokenId leftToken = vocab.find(left), rightToken = vocab.find(right);
    if (leftToken < 0 || rightToken < 0 || merge.token < 0)
      return fail(here() + ": " +
                  inQuotes(leftToken < 0    ? left
                           : rightToken < 0 ? right
                                            : std::string_view(joined)) +
                  " is not in the vocabulary");
    merges.add(leftToken, rightToken, merge);
    if (hasAffixes())
      merges.joinAnything(); // the tokens of characters depend on where they stand
    else if (!left.empty() && !right.empty())
      noteBorder(left, right);
    ++rank;
  }
  return {};
}

Result<void> Bpe::readTokenRanks(const Fields &fields) {
  constexpr size_t most = size_t(1) << 22; // some ten times what published vocabularies give
  std::vector<uint32_t> ranks(vocab.size(), Merge::never);
  std::string_view ids;
  if (!fields.value("token_ranks")->get(ids)) {
    if (ids != "ids")
      return fail(fields.path("token_ranks") + ": expected \"ids\" or a list, found " +
                  inQuotes(ids));
    for (size_t id = 0; id < ranks.size(); ++id)
      ranks[id] = static_cast<uint32_t>(id);
  } else {
    auto list = fields.array("token_ranks");
    if (!list)
      return failFrom(list);
    for (size_t id = 0; id < std::min(list->size(), ranks.size()); ++id) {
      int64_t rank = -1;
      if ((*list)[id].get(rank) || rank < -1 || rank >= Merge::never)
        return fail(fields.path("token_ranks") + "[" + std::to_string(id) +
                    "]: expected a rank, or -1 for a token that does not merge");
      ranks[id] = rank < 0 ? Merge::never : static_cast<uint32_t>(rank);
    }
  }

  auto find = [&](std::string_view part) {
    const TokenId token = vocab.find(part);
    return token >= 0 && ranks[static_cast<size_t>(token)] != Merge::never ? token : -1;
  };
  struct Found {
    TokenId left, right;
    Merge merge;
  };
  std::vector<Found> found;
  for (size_t id = 0; id < ranks.size(); ++id) {
    const std::string_view token = vocab.token(static_cast<TokenId>(id));
    if (ranks[id] == Merge::never)
      continue;
    for (size_t cut = 1; cut < token.size(); ++cut) {
      if (isContinuation(token[cut]))
        continue; // inside a character no token ends
      const TokenId left = find(token.substr(0, cut)), right = find(token.substr(cut));
      if (left < 0 || right < 0)
        continue;
      if (found.size() == most)
        return fail(fields.path("token_ranks") + ": more than " + std::to_string(most) +
                    " pairs of tokens make a third");
      found.push_back({left, right, {ranks[id], static_cast<TokenId>(id)}});
    }
  }
  merges.reset(found.size());
  for (const Found &each : found) {
    merges.add(each.left, each.right, each.merge);
    noteBorder(vocab.token(each.left), vocab.token(each.right));
  }
  return {};
}

Result<void> Bpe::readResidues(const Fields &fields) {
  if (!fields.has("residues"))
    return {};
  auto merged = fields.array("merges");
  if (!merged)
    return failFrom(merged);
  // readMerges() has found them well formed.
  std::vector<Residues::Step> steps;
  for (JsonValue value : *merged) {
    std::string_view left, right, line;
    if (!value.get(line)) {
      if (line.starts_with("#version"))
        continue;
      left = line.substr(0, line.find(' '));
      right = line.substr(left.size() + 1);
    } else {
      simdjson::dom::array pair;
      if (value.get(pair) || pair.at(0).get(left) || pair.at(1).get(right))
        continue;
    }
    const TokenId leftToken = vocab.find(left), rightToken = vocab.find(right);
    steps.push_back({leftToken, rightToken, merges.find(leftToken, rightToken)});
  }
  auto read = Residues::read(fields, vocab, steps);
  if (!read)
    return failFrom(read);
  residues = std::move(*read);
  return {};
}

void Bpe::noteBorder(std::string_view left, std::string_view right) {
  size_t last = left.size() - 1;
  while (last > 0 && isContinuation(left[last]))
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
  if (byteFallback)
    byteTokens = ByteTokens(vocab);
  coversAllBytes = byteTokens.coverAll();
}

TokenId Bpe::characterToken(char32_t code, std::string_view bytes) const {
  return code < lowCharacters.size() ? lowCharacters[code] : vocab.find(bytes);
}

void Bpe::appendCharacters(std::string_view word, std::vector<TokenId> &tokens) const {
  bool pending = false; // an unknown token that may yet grow
  std::string affixed;
  for (size_t at = 0; at < word.size();) {
    Utf8Char c = charAt(word, at);
    std::string_view bytes = word.substr(at, c.length);
    const bool valid = c.kind == Utf8Char::Kind::Valid;
    TokenId token = -1;
    if (hasAffixes()) {
      affixed = at > 0 ? continuingPrefix : "";
      affixed += bytes;
      affixed += at + c.length == word.size() ? endSuffix : "";
      bytes = affixed;
      token = valid ? vocab.find(bytes) : -1;
    } else if (valid) {
      token = characterToken(c.code, bytes);
    }
    at += c.length;
    if (token >= 0) {
      if (pending)
        tokens.push_back(unknown);
      pending = false;
      tokens.push_back(token);
    } else if (!byteTokens.append(bytes, tokens) && unknown >= 0) {
      if (pending && !fuseUnknown)
        tokens.push_back(unknown);
      pending = true;
    }
  }
  if (pending)
    tokens.push_back(unknown);
}

std::string_view Bpe::spelling(TokenId token, bool first, bool last) const {
  std::string_view text = vocab.token(token);
  if (!first && text.starts_with(continuingPrefix))
    text.remove_prefix(continuingPrefix.size());
  if (last && text.ends_with(endSuffix))
    text.remove_suffix(endSuffix.size());
  return text;
}

void Bpe::tokenize(std::string_view word, std::vector<TokenId> &tokens) const {
  if (ignoreMerges) {
    if (TokenId whole = vocab.find(word); whole >= 0 && static_cast<size_t>(whole) < size()) {
      tokens.push_back(whole);
      return;
    }
  }
  WordCache &memory = WordCache::ofThread();
  if (const auto known = memory.find(owner, word); !known.empty()) {
    tokens.insert(tokens.end(), known.begin(), known.end());
    return;
  }
  const size_t begin = tokens.size();
  appendCharacters(word, tokens);
  applyMerges(merges, tokens, begin);
  residues.replace(tokens, begin);
  memory.keep(std::span(tokens).subspan(begin));
}

} // namespace weft::text
