#include "runtime/text/tokenizer/model/Unigram.h"

#include "runtime/base/Utf8.h"

#include <algorithm>
#include <limits>

namespace weft::text {

Result<std::unique_ptr<SubwordModel>> Unigram::make(const Fields &fields, unsigned) {
  auto list = fields.array("vocab");
  if (!list)
    return failFrom(list);
  auto made = std::make_unique<Unigram>();
  std::vector<std::string_view> tokens;
  for (JsonValue value : *list) {
    simdjson::dom::array pair;
    std::string_view token;
    double score = 0;
    if (value.get(pair) || pair.size() != 2 || pair.at(0).get(token) || pair.at(1).get(score))
      return fail(fields.path("vocab") + "[" + std::to_string(tokens.size()) +
                  "]: expected [\"token\", score]");
    tokens.push_back(token);
    made->scores.push_back(score);
  }
  auto vocab = Vocabulary::of(tokens, fields.path("vocab"));
  if (!vocab)
    return failFrom(vocab);
  made->vocab = std::move(*vocab);

  if (tokens.empty())
    return fail(fields.path("vocab") + ": expected tokens, found none");
  if (fields.has("unk_id")) {
    auto unknown = fields.value("unk_id");
    if (!unknown)
      return failFrom(unknown);
    auto id = asTokenId(*unknown, fields.path("unk_id"));
    if (!id)
      return failFrom(id);
    if (!made->vocab.has(*id))
      return fail(fields.path("unk_id") + ": expected one of " + std::to_string(tokens.size()) +
                  " tokens, found " + std::to_string(*id));
    made->unknown = *id;
  }
  auto byteFallback = fields.boolean("byte_fallback", false);
  if (!byteFallback)
    return failFrom(byteFallback);
  made->byteFallback = *byteFallback;
  made->bytes = ByteTokens(made->vocab);
  auto singlePrecision = fields.boolean("single_precision", false);
  if (!singlePrecision)
    return failFrom(singlePrecision);
  made->singlePrecision = *singlePrecision;

  constexpr double unknownPenalty = 10; // SentencePiece's
  made->unknownScore = *std::ranges::min_element(made->scores) - unknownPenalty;
  if (made->singlePrecision)
    made->unknownScore = double(float(made->unknownScore));
  std::vector<Trie::Entry> entries;
  for (TokenId each = 0; static_cast<size_t>(each) < tokens.size(); ++each)
    if (!tokens[static_cast<size_t>(each)].empty())
      entries.push_back({made->vocab.token(each), each});
  made->trie = Trie::of(std::move(entries));
  return made;
}

void Unigram::appendUnknown(std::string_view text, std::vector<TokenId> &tokens) const {
  if (TokenId token = vocab.find(text); token >= 0)
    tokens.push_back(token); // unknown characters that together are a token
  else if (!(byteFallback && bytes.append(text, tokens)) && unknown >= 0)
    tokens.push_back(unknown);
}

void Unigram::tokenize(std::string_view word, std::vector<TokenId> &tokens) const {
  std::vector<Step> best(word.size() + 1); // by the end of the prefix
  for (size_t at = 0; at < word.size();) {
    const size_t character = charAt(word, at).length;
    bool covered = false;
    auto offer = [&](size_t length, TokenId token, double score) {
      Step &step = best[at + length];
      const double sum = score + best[at].score;
      if (step.begin == none || sum > step.score)
        step = {singlePrecision ? double(float(sum)) : sum, static_cast<uint32_t>(at), token};
    };
    trie.findPrefixes(word.substr(at), [&](size_t length, TokenId token) {
      offer(length, token, scores[static_cast<size_t>(token)]);
      covered |= length == character;
    });
    if (!covered)
      offer(character, unknown, unknownScore);
    at += character;
  }

  // Backwards, with neighbouring unknown characters as one.
  const size_t first = tokens.size();
  std::vector<TokenId> spelled;
  for (size_t end = word.size(); end > 0;) {
    size_t begin = best[end].begin;
    if (best[end].token != unknown) {
      tokens.push_back(best[end].token);
    } else {
      while (begin > 0 && best[begin].token == unknown)
        begin = best[begin].begin;
      spelled.clear();
      appendUnknown(word.substr(begin, end - begin), spelled);
      tokens.insert(tokens.end(), spelled.rbegin(), spelled.rend());
    }
    end = begin;
  }
  std::reverse(tokens.begin() + static_cast<std::ptrdiff_t>(first), tokens.end());
}

} // namespace weft::text
