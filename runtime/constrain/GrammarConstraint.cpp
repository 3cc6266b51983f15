#include "runtime/constrain/GrammarConstraint.h"

#include "runtime/constrain/grammar/TokenBytes.h"
#include "runtime/constrain/mask/TrieWalk.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace weft::constrain {

namespace {

void setBit(std::span<uint64_t> bits, int32_t id) {
  bits[size_t(id) / 64] |= uint64_t(1) << (id % 64);
}

/// "<[12]>" by number, others by their text.
std::optional<int32_t> idOfName(std::string_view name, std::span<const std::string> tokens,
                                const TokenByText &idOf) {
  if (name.starts_with("<[") && name.ends_with("]>")) {
    const std::string_view digits = name.substr(2, name.size() - 4);
    int32_t id = -1;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (end.ec == std::errc() && end.ptr == digits.data() + digits.size() && id >= 0 &&
        size_t(id) < tokens.size())
      return id;
    return std::nullopt;
  }
  if (idOf)
    return idOf(name);
  const auto place = std::ranges::find(tokens, name);
  return place == tokens.end() ? std::nullopt : std::optional(int32_t(place - tokens.begin()));
}

/// The tokens that an expression of `grammar` may take by name, in order; ends of the text are
/// none of "any other".
std::vector<int32_t> tokensNamed(const Grammar &grammar, size_t vocabulary,
                                 std::span<const int32_t> endIds) {
  std::vector<bool> isNamed(vocabulary);
  for (ExprId id = 0; id < grammar.exprCount(); ++id) {
    const Expr &expr = grammar.expr(id);
    if (expr.kind != ExprKind::Tokens)
      continue;
    for (size_t token = 0; token < vocabulary; ++token)
      if (std::ranges::find(expr.ids, int32_t(token)) == expr.ids.end() ? expr.isNegated
                                                                        : !expr.isNegated)
        isNamed[token] = true;
  }
  for (int32_t end : endIds)
    isNamed[size_t(end)] = false;
  std::vector<int32_t> named;
  for (size_t token = 0; token < vocabulary; ++token)
    if (isNamed[token])
      named.push_back(int32_t(token));
  return named;
}

} // namespace

CompiledGrammar::CompiledGrammar(GrammarAutomaton rules, TokenTrie trie,
                                 std::span<const int32_t> endIds, std::vector<int32_t> named)
    : rules(std::move(rules)), trie(std::move(trie)), ends(endIds.begin(), endIds.end()),
      named(std::move(named)) {}

Result<std::shared_ptr<const CompiledGrammar>>
CompiledGrammar::make(const Grammar &given, std::span<const std::string> tokens,
                      std::span<const int32_t> endIds, const TokenByText &idOf) {
  for (int32_t id : endIds)
    if (id < 0 || size_t(id) >= tokens.size())
      return fail("expected end ids below " + std::to_string(tokens.size()) + ", found " +
                  std::to_string(id));
  const Grammar *grammar = &given;
  Grammar resolved;
  std::vector<int32_t> named;
  std::vector<std::string> withNames;
  if (given.hasTokens()) {
    resolved = given;
    auto found =
        resolved.resolveTokens([&](std::string_view name) { return idOfName(name, tokens, idOf); });
    if (!found)
      return failFrom(found);
    grammar = &resolved;
    named = tokensNamed(resolved, tokens.size(), endIds);
    withNames.assign(tokens.begin(), tokens.end());
    for (std::string &token : withNames) // no text of UTF-8, and not to be taken for a name
      if (token.find(char(tokenMark)) != std::string::npos)
        token.clear();
    for (int32_t id : named)
      withNames.push_back(bytesOfToken(id));
    tokens = withNames;
  }
  // An end is no text, whatever the vocabulary writes for it.
  TokenTrie trie(tokens, endIds);
  auto automaton = compile(*grammar, trie.longestToken());
  if (!automaton)
    return failFrom(automaton);
  std::shared_ptr<CompiledGrammar> made(
      new CompiledGrammar(std::move(*automaton), std::move(trie), endIds, std::move(named)));
  auto masks = TokenMasks::make(made->rules, made->trie);
  if (!masks)
    return failFrom(masks);
  made->tables = std::make_unique<const TokenMasks>(std::move(*masks));
  return made;
}

int32_t CompiledGrammar::nameOf(int32_t token) const {
  const auto place = std::ranges::lower_bound(named, token);
  return place != named.end() && *place == token
             ? int32_t(modelVocabulary() + size_t(place - named.begin()))
             : -1;
}

std::string CompiledGrammar::describe() const {
  const TokenMasks::Report &report = tables->report();
  char line[256];
  std::snprintf(line, sizeof line,
                "%zu states, %zu masks, %.2f MiB of masks, at most %zu bytes tried a step, made "
                "in %.3f s",
                rules.states(), report.distinctMasks, double(report.bytes) / (1 << 20),
                report.mostUncertain, report.seconds);
  return line;
}

GrammarConstraint::GrammarConstraint(std::shared_ptr<const CompiledGrammar> grammar,
                                     bool dropsFirstSpace)
    : grammar(std::move(grammar)), recognizer(Recognizer::ofText(this->grammar->automaton())),
      dropsFirstSpace(dropsFirstSpace) {}

/// Of tokens that begin with a space only what follows it has to fit.
void GrammarConstraint::fillFirst(std::span<uint64_t> bits) {
  const TokenTrie &trie = grammar->vocabulary();
  for (uint32_t node = 0; node < trie.size(); node = trie[node].end) {
    if (trie[node].byte != ' ')
      continue;
    for (int32_t id : trie.tokensAt(node, trie[node].end))
      bits[size_t(id) / 64] &= ~(uint64_t(1) << (id % 64));
    for (int32_t id : trie.tokensAt(node))
      setBit(bits, id);
    walkTrie(trie, recognizer, node + 1, trie[node].end, 1, [&](uint32_t below) {
      for (int32_t id : trie.tokensAt(below))
        setBit(bits, id);
    });
  }
}

Result<void> GrammarConstraint::mask(std::span<uint64_t> bits) {
  const bool isWide = !grammar->namedTokens().empty();
  if (isWide)
    wide.resize((grammar->vocabulary().vocabulary() + 63) / 64);
  const std::span<uint64_t> filled = isWide ? std::span(wide) : bits;
  grammar->masks().fill(filled, recognizer);
  if (isAtUnprintedSpace())
    fillFirst(filled);
  if (isWide) {
    const size_t count = grammar->modelVocabulary();
    std::copy_n(wide.begin(), bits.size(), bits.begin());
    if (count % 64 != 0)
      bits[count / 64] &= (uint64_t(1) << (count % 64)) - 1;
    for (size_t i = 0; i < grammar->namedTokens().size(); ++i)
      if (wide[(count + i) / 64] >> ((count + i) % 64) & 1)
        setBit(bits, grammar->namedTokens()[i]);
  }
  if (recognizer.canEnd())
    for (int32_t id : grammar->endIds())
      setBit(bits, id);
  if (std::ranges::all_of(bits, [](uint64_t word) { return word == 0; }))
    return fail("no token of the vocabulary goes on with the text as the grammar wants it, after " +
                std::to_string(recognizer.size()) + " bytes");
  return {};
}

Result<void> GrammarConstraint::accept(int32_t token) {
  if (token < 0 || size_t(token) >= grammar->modelVocabulary())
    return fail("expected a token below " + std::to_string(grammar->modelVocabulary()) +
                ", found " + std::to_string(token));
  std::string_view bytes = grammar->vocabulary().bytesOf(token);
  const size_t before = recognizer.size();
  const int32_t name = grammar->nameOf(token);
  const bool isDropped = isAtUnprintedSpace() && bytes.starts_with(' ');
  if (isDropped)
    bytes.remove_prefix(1);
  const bool fits = (name >= 0 && recognizer.push(grammar->vocabulary().bytesOf(name))) ||
                    (bytes.empty() ? isDropped : recognizer.push(bytes));
  if (!fits)
    return fail("the grammar does not allow token " + std::to_string(token) + " after " +
                std::to_string(before) + " bytes");
  sizes.push_back(before);
  return {};
}

void GrammarConstraint::rollback(uint64_t count) {
  for (; count > 0; --count) {
    recognizer.truncate(sizes.back());
    sizes.pop_back();
  }
}

std::unique_ptr<TokenConstraint> GrammarConstraint::fork() const {
  return std::make_unique<GrammarConstraint>(*this);
}

} // namespace weft::constrain
