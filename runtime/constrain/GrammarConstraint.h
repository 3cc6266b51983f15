// A grammar as what restricts the next token.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/constrain/mask/TokenMasks.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft::constrain {

/// A grammar compiled for a vocabulary. Immutable; any thread may use it.
class CompiledGrammar {
public:
  /// `tokens`: the bytes that each id stands for, empty for special tokens, which are never
  /// allowed. `endIds` are allowed just where the text may end. Errors: those of compile()
  /// and TokenMasks::make().
  static Result<std::shared_ptr<const CompiledGrammar>>
  make(const Grammar &grammar, std::span<const std::string> tokens,
       std::span<const int32_t> endIds);

  const GrammarAutomaton &automaton() const { return rules; }
  const TokenTrie &vocabulary() const { return trie; }
  const TokenMasks &masks() const { return *tables; }
  std::span<const int32_t> endIds() const { return ends; }
  /// States, masks and sizes in one line.
  std::string describe() const;

private:
  CompiledGrammar(GrammarAutomaton rules, TokenTrie trie, std::span<const int32_t> endIds);
  GrammarAutomaton rules;
  TokenTrie trie;
  std::unique_ptr<const TokenMasks> tables; // refers to the two above
  std::vector<int32_t> ends;
};

/// Errors of mask(): no token of the vocabulary goes on with the text, which happens only
/// where it lacks tokens for single bytes.
class GrammarConstraint final : public TokenConstraint {
public:
  explicit GrammarConstraint(std::shared_ptr<const CompiledGrammar> grammar);

  Result<void> mask(std::span<uint64_t> bits) override;
  Result<void> accept(int32_t token) override;
  void rollback(uint64_t count) override;
  std::unique_ptr<TokenConstraint> fork() const override;

  /// Whether the text may end here.
  bool canEnd() const { return recognizer.canEnd(); }

private:
  std::shared_ptr<const CompiledGrammar> grammar;
  Recognizer recognizer;
  std::vector<size_t> sizes; // of the text before each accepted token
};

} // namespace weft::constrain
