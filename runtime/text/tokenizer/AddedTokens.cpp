#include "runtime/text/tokenizer/AddedTokens.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>

namespace weft::text {

namespace {

Result<AddedToken> readToken(const Fields &fields) {
  AddedToken token;
  auto content = fields.string("content");
  if (!content)
    return failFrom(content);
  token.content = *content;
  struct Flag {
    std::string_view key;
    bool *flag;
    bool otherwise;
  };
  auto special = fields.boolean("special", false);
  if (!special)
    return failFrom(special);
  token.special = *special;
  for (Flag option :
       {Flag{"single_word", &token.singleWord, false}, Flag{"lstrip", &token.takesLeft, false},
        Flag{"rstrip", &token.takesRight, false},
        Flag{"normalized", &token.normalized, !token.special}}) {
    auto flag = fields.boolean(option.key, option.otherwise);
    if (!flag)
      return failFrom(flag);
    *option.flag = *flag;
  }
  return token;
}

/// Where the character before `at` begins.
size_t previousCharacter(std::string_view text, size_t at) {
  size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && isContinuation(text[begin]))
    --begin;
  return begin + charAt(text, begin).length == at ? begin : at - 1;
}

bool isAt(std::string_view text, size_t at, bool (*contains)(char32_t)) {
  Utf8Char c = charAt(text, at);
  return c.kind == Utf8Char::Kind::Valid && contains(c.code);
}

bool standsAlone(std::string_view text, Span span) {
  return !(span.begin > 0 && isAt(text, previousCharacter(text, span.begin), unicode::isWord)) &&
         !(span.end < text.size() && isAt(text, span.end, unicode::isWord));
}

} // namespace

Result<AddedTokens> AddedTokens::read(const Fields &fields, const Vocabulary &vocabulary,
                                      const Normalizer *normalizer) {
  AddedTokens added;
  if (!fields.has("added_tokens"))
    return added;
  auto list = fields.array("added_tokens");
  if (!list)
    return failFrom(list);
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = "added_tokens[" + std::to_string(i) + "]";
    auto entry = Fields::of((*list)[i], path);
    if (!entry)
      return failFrom(entry);
    auto token = readToken(*entry);
    if (!token)
      return failFrom(token);
    auto declared = entry->value("id");
    if (!declared)
      return failFrom(declared);
    auto id = asTokenId(*declared, entry->path("id"));
    if (!id)
      return failFrom(id);
    if (token->content.empty())
      continue;
    if (TokenId known = vocabulary.find(token->content); known >= 0)
      *id = known;
    else if (vocabulary.has(*id))
      return fail(entry->path("id") + ": " + std::to_string(*id) + " is the id of " +
                  inQuotes(vocabulary.token(*id)) + " in the vocabulary");
    if (auto same = added.tokens.find(*id);
        same != added.tokens.end() && same->second.content != token->content)
      return fail(entry->path("id") + ": " + std::to_string(*id) + " is already the id of " +
                  inQuotes(same->second.content));
    token->normalForm = token->content;
    if (token->normalized && normalizer)
      normalizer->normalize(token->normalForm);
    added.end = std::max(added.end, static_cast<size_t>(*id) + 1);
    auto [place, isNew] = added.ids.emplace(token->content, *id);
    if (!isNew && place->second != *id)
      return fail(path + ": " + inQuotes(token->content) + " has a second id");
    added.tokens.insert_or_assign(*id, std::move(*token));
  }
  for (const auto &[id, token] : added.tokens) {
    const std::string &text = token.normalized ? token.normalForm : token.content;
    if (!text.empty())
      (token.normalized ? added.inNormalized : added.verbatim).add(text, id);
  }
  added.verbatim.build();
  added.inNormalized.build();
  return added;
}

const AddedToken *AddedTokens::get(TokenId id) const {
  auto found = tokens.find(id);
  return found == tokens.end() ? nullptr : &found->second;
}

TokenId AddedTokens::find(std::string_view token) const {
  auto found = ids.find(std::string(token));
  return found == ids.end() ? -1 : found->second;
}

std::vector<TokenMatcher::Match> AddedTokens::parts(std::string_view text, bool normalized) const {
  std::vector<TokenMatcher::Match> matches, parts;
  (normalized ? inNormalized : verbatim).find(text, matches);
  size_t done = 0;
  size_t blankEnd = 0; // whitespace seen to end here need not be walked again
  for (auto [span, id] : matches) {
    const AddedToken &token = tokens.at(id);
    if (token.singleWord && !standsAlone(text, span))
      continue;
    if (token.takesLeft)
      while (span.begin > done &&
             isAt(text, previousCharacter(text, span.begin), unicode::isWhitespace))
        span.begin = previousCharacter(text, span.begin);
    if (token.takesRight) {
      size_t end = std::max(span.end, blankEnd);
      while (end < text.size() && isAt(text, end, unicode::isWhitespace))
        end += charAt(text, end).length;
      span.end = blankEnd = end;
    }
    if (done < span.begin)
      parts.push_back({{done, span.begin}, -1});
    parts.push_back({span, id});
    done = span.end;
  }
  if (done < text.size())
    parts.push_back({{done, text.size()}, -1});
  return parts;
}

} // namespace weft::text
