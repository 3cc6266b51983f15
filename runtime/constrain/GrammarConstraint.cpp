#include "runtime/constrain/GrammarConstraint.h"

#include <algorithm>
#include <cstdio>

namespace weft::constrain {

CompiledGrammar::CompiledGrammar(GrammarAutomaton rules, TokenTrie trie, std::span<const int32_t> endIds)
    : rules(std::move(rules)), trie(std::move(trie)), ends(endIds.begin(), endIds.end()) {}

Result<std::shared_ptr<const CompiledGrammar>>
CompiledGrammar::make(const Grammar &grammar, std::span<const std::string> tokens,
                      std::span<const int32_t> endIds) {
  auto automaton = compile(grammar);
  if (!automaton)
    return failFrom(automaton);
  for (int32_t id : endIds)
    if (id < 0 || size_t(id) >= tokens.size())
      return fail("expected end ids below " + std::to_string(tokens.size()) + ", found " +
                  std::to_string(id));
  // An end is no text, whatever the vocabulary writes for it.
  std::shared_ptr<CompiledGrammar> made(
      new CompiledGrammar(std::move(*automaton), TokenTrie(tokens, endIds), endIds));
  auto masks = TokenMasks::make(made->rules, made->trie);
  if (!masks)
    return failFrom(masks);
  made->tables = std::make_unique<const TokenMasks>(std::move(*masks));
  return made;
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

GrammarConstraint::GrammarConstraint(std::shared_ptr<const CompiledGrammar> grammar)
    : grammar(std::move(grammar)), recognizer(Recognizer::ofText(this->grammar->automaton())) {}

Result<void> GrammarConstraint::mask(std::span<uint64_t> bits) {
  grammar->masks().fill(bits, recognizer);
  if (recognizer.canEnd())
    for (int32_t id : grammar->endIds())
      bits[size_t(id) / 64] |= uint64_t(1) << (id % 64);
  if (std::ranges::all_of(bits, [](uint64_t word) { return word == 0; }))
    return fail("no token of the vocabulary goes on with the text as the grammar wants it, after " +
                std::to_string(recognizer.size()) + " bytes");
  return {};
}

Result<void> GrammarConstraint::accept(int32_t token) {
  if (token < 0 || uint32_t(token) >= grammar->vocabulary().vocabulary())
    return fail("expected a token below " + std::to_string(grammar->vocabulary().vocabulary()) +
                ", found " + std::to_string(token));
  const std::string_view bytes = grammar->vocabulary().bytesOf(token);
  const size_t before = recognizer.size();
  if (bytes.empty() || !recognizer.push(bytes))
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
