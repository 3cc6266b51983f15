#include "runtime/text/tokenizer/decode/DecodingStages.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/split/ByteAlphabet.h"

#include <algorithm>

namespace weft::text {

void FuseStage::finish() {
  next->endToken();
  next->finish();
}

void SpaceStage::token(std::string whole) {
  if (!first)
    next->text(" ");
  first = false;
  next->text(whole);
  next->endToken();
}

void ByteLevelStage::token(std::string whole) {
  auto mapped = bytesOfCharacters(whole);
  bytes += mapped ? *mapped : whole; // an added token may be ordinary text
  if (invalid == InvalidBytes::Replace) {
    emitValid();
  } else {
    next->text(bytes);
    bytes.clear();
  }
}

void ByteLevelStage::emitValid() {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    size_t valid = validPrefix(rest);
    if (valid)
      next->text(rest.substr(0, valid));
    rest.remove_prefix(valid);
    if (rest.empty())
      break;
    Utf8Char c = charAt(rest, 0);
    if (c.kind == Utf8Char::Kind::Truncated)
      break;
    next->text(replacementCharacter);
    rest.remove_prefix(c.length);
  }
  bytes.erase(0, bytes.size() - rest.size());
}

void ByteLevelStage::finish() {
  if (!bytes.empty())
    next->text(replacementCharacter);
  next->endToken();
  next->finish();
}

namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// The byte that a token such as <0x0A> stands for, or -1.
int byteOf(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>')
    return -1;
  const int high = hexDigit(token[3]), low = hexDigit(token[4]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

} // namespace

void ByteFallbackStage::token(std::string whole) {
  if (int byte = byteOf(whole); byte >= 0) {
    run.push_back(static_cast<char>(byte));
    return;
  }
  flush();
  next->text(whole);
  next->endToken();
}

void ByteFallbackStage::flush() {
  if (run.empty())
    return;
  if (invalid == InvalidBytes::Keep || isValidUtf8(run)) {
    next->text(run);
    next->endToken();
  } else {
    for (size_t i = 0; i < run.size(); ++i) {
      next->text(replacementCharacter);
      next->endToken();
    }
  }
  run.clear();
}

void ByteFallbackStage::finish() {
  flush();
  next->finish();
}

void StripStage::text(std::string_view piece) {
  while (startLeft && piece.starts_with(character)) {
    piece.remove_prefix(character.size());
    --startLeft;
  }
  if (piece.empty())
    return;
  startLeft = 0;
  if (stop == 0) {
    next->text(piece);
    return;
  }
  std::string_view body = piece;
  uint64_t ending = 0;
  while (body.ends_with(character)) {
    body.remove_suffix(character.size());
    ++ending;
  }
  // What was held back was no ending if anything else follows, or if there is too much of it.
  const uint64_t held = std::min(stop, body.empty() ? trailing + ending : ending);
  for (uint64_t i = body.empty() ? trailing + ending - held : trailing; i > 0; --i)
    next->text(character);
  if (!body.empty()) {
    next->text(body);
    for (uint64_t i = held; i < ending; ++i)
      next->text(character);
  }
  trailing = held;
}

void StripStage::endToken() {
  startLeft = start;
  trailing = 0;
  next->endToken();
}

void ReplaceLiteralStage::text(std::string_view piece) {
  held += piece;
  std::vector<Span> matches;
  pattern.find(held, matches);
  size_t at = 0;
  for (Span match : matches) {
    if (match.begin > at)
      next->text(std::string_view(held).substr(at, match.begin - at));
    if (!content.empty())
      next->text(content);
    at = match.end;
  }
  const std::string_view literal = pattern.literal();
  std::string_view rest = std::string_view(held).substr(at);
  size_t keep = std::min(rest.size(), literal.size() - 1);
  while (!literal.starts_with(rest.substr(rest.size() - keep)))
    --keep;
  if (rest.size() > keep)
    next->text(rest.substr(0, rest.size() - keep));
  held.erase(0, held.size() - keep);
}

void ReplaceLiteralStage::endToken() {
  if (!held.empty())
    next->text(held);
  held.clear();
  next->endToken();
}

void ReplaceStage::token(std::string whole) {
  next->text(pattern.replace(whole, content));
  next->endToken();
}

void MetaspaceStage::token(std::string whole) {
  next->text(mark.replace(whole, dropMark ? "" : " "));
  next->endToken();
  dropMark = false;
}

namespace {

/// Takes away the spaces that cutting English into words has put in.
std::string cleanedUp(std::string text) {
  struct Rule {
    std::string_view from, to;
  };
  constexpr Rule rules[] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
  };
  for (const Rule &rule : rules)
    if (text.find(rule.from) != std::string::npos)
      text = makeLiteral(rule.from)->replace(text, rule.to);
  return text;
}

} // namespace

void WordPieceStage::token(std::string whole) {
  if (!first && whole.starts_with(prefix))
    whole.erase(0, prefix.size());
  else if (!first)
    whole.insert(0, " ");
  first = false;
  next->text(cleanup ? cleanedUp(std::move(whole)) : whole);
  next->endToken();
}

void WordEndStage::emit(std::string_view space) {
  if (!holds)
    return;
  next->text(suffix.replace(last, space));
  next->endToken();
}

void WordEndStage::token(std::string whole) {
  emit(" ");
  last = std::move(whole);
  holds = true;
}

void WordEndStage::finish() {
  emit("");
  next->finish();
}

void CtcStage::token(std::string whole) {
  if (hasLast && whole == last)
    return;
  hasLast = true;
  last = whole;
  whole = padding.replace(whole, "");
  if (cleanup)
    whole = delimiter.replace(cleanedUp(std::move(whole)), " ");
  if (whole.empty())
    return;
  next->text(whole);
  next->endToken();
}

} // namespace weft::text
