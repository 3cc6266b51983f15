// A grammar as what restricts the next token.
#pragma once

#include "runtime/constrain/mask/TokenMasks.h"
#include "runtime/generate/Constraint.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weft::constrain {

/// The id of a token by its whole text ("<think>"); nullopt: there is none.
using TokenByText = std::function<std::optional<int32_t>(std::string_view)>;

/// A grammar compiled for a vocabulary. Immutable; any thread may use it.
class CompiledGrammar {
public:
  /// `tokens`: the bytes that each id stands for, empty for special tokens, which are never
  /// allowed but where the grammar names them. `endIds` are allowed just where the text may
  /// end. `idOf` finds tokens that the grammar names by text; without it, those of `tokens` are
  /// found. Errors: those of compile() and TokenMasks::make(), and tokens that are not there.
  static Result<std::shared_ptr<const CompiledGrammar>> make(const Grammar &grammar,
                                                             std::span<const std::string> tokens,
                                                             std::span<const int32_t> endIds,
                                                             const TokenByText &idOf = {});

  const GrammarAutomaton &automaton() const { return rules; }
  const TokenTrie &vocabulary() const { return trie; }
  const TokenMasks &masks() const { return *tables; }
  std::span<const int32_t> endIds() const { return ends; }
  /// Ids of the model's vocabulary; those behind them stand for named tokens.
  size_t modelVocabulary() const { return trie.vocabulary() - named.size(); }
  /// The tokens that the ids behind the model's vocabulary stand for.
  std::span<const int32_t> namedTokens() const { return named; }
  /// The id behind the vocabulary that stands for `token` as one that is named; -1: none.
  int32_t nameOf(int32_t token) const;
  /// States, masks and sizes in one line.
  std::string describe() const;

private:
  CompiledGrammar(GrammarAutomaton rules, TokenTrie trie, std::span<const int32_t> endIds,
                  std::vector<int32_t> named);
  GrammarAutomaton rules;
  TokenTrie trie;
  std::unique_ptr<const TokenMasks> tables; // refers to the two above
  std::vector<int32_t> ends;
  std::vector<int32_t> named; // in order
};

/// Errors of mask(): no token of the vocabulary goes on with the text, which happens only
/// where it lacks tokens for single bytes.
class GrammarConstraint final : public TokenConstraint {
public:
  /// `dropsFirstSpace`: a space that the first token begins with is not printed, as at the
  /// beginning of a text of SentencePiece.
  explicit GrammarConstraint(std::shared_ptr<const CompiledGrammar> grammar,
                             bool dropsFirstSpace = false);

  Result<void> mask(std::span<uint64_t> bits) override;
  Result<void> accept(int32_t token) override;
  void rollback(uint64_t count) override;
  std::unique_ptr<TokenConstraint> fork() const override;

  /// Whether the text may end here.
  bool canEnd() const { return recognizer.canEnd(); }

private:
  bool isAtUnprintedSpace() const { return dropsFirstSpace && sizes.empty(); }
  void fillFirst(std::span<uint64_t> bits);

  std::shared_ptr<const CompiledGrammar> grammar;
  Recognizer recognizer;
  bool dropsFirstSpace;
  std::vector<uint64_t> wide; // of the vocabulary with the named tokens behind it
  std::vector<size_t> sizes;  // of the text before each accepted token
};

} // namespace weft::constrain
