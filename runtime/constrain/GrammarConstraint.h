// Constraints by a grammar: which tokens may come next.
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

/// Returns the id of the token whose text is given ("<think>"), or nullopt if there is none.
using TokenByText = std::function<std::optional<int32_t>(std::string_view)>;

/// A grammar compiled for a vocabulary. Immutable; may be used from any thread.
class CompiledGrammar {
public:
  /// Compiles `grammar`. `tokens` has the bytes of each id; special tokens have none and are
  /// allowed only where the grammar names them. `endIds` are allowed only where the text may end.
  /// `idOf` finds tokens that the grammar names by text; if empty, they are looked up in `tokens`.
  /// Errors: those of compile() and TokenMasks::make(), and named tokens that do not exist.
  static Result<std::shared_ptr<const CompiledGrammar>> make(const Grammar &grammar,
                                                             std::span<const std::string> tokens,
                                                             std::span<const int32_t> endIds,
                                                             const TokenByText &idOf = {});

  const GrammarAutomaton &automaton() const { return rules; }
  const TokenTrie &vocabulary() const { return trie; }
  const TokenMasks &masks() const { return *tables; }
  std::span<const int32_t> endIds() const { return ends; }
  /// Returns the size of the model's vocabulary. Internally, larger ids stand for named tokens.
  size_t modelVocabulary() const { return trie.vocabulary() - named.size(); }
  /// Returns the named tokens: token i has the internal id modelVocabulary() + i.
  std::span<const int32_t> namedTokens() const { return named; }
  /// Returns the internal id of the named token `token`, or -1 if the grammar does not name it.
  int32_t nameOf(int32_t token) const;
  /// Returns numbers of states and masks and their sizes, in one line.
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

/// A TokenConstraint by a compiled grammar. mask() fails if no token can continue the text, which
/// happens only with vocabularies that lack tokens for single bytes.
class GrammarConstraint final : public TokenConstraint {
public:
  /// Starts before the first token. `dropsFirstSpace`: decoding drops the leading space of the
  /// first token, as SentencePiece does at the beginning of a text.
  explicit GrammarConstraint(std::shared_ptr<const CompiledGrammar> grammar,
                             bool dropsFirstSpace = false);

  Result<void> mask(std::span<uint64_t> bits) override;
  Result<void> accept(int32_t token) override;
  void rollback(uint64_t count) override;
  std::unique_ptr<TokenConstraint> fork() const override;

  /// Says whether the text may end here.
  bool canEnd() const { return recognizer.canEnd(); }

private:
  bool isAtUnprintedSpace() const { return dropsFirstSpace && sizes.empty(); }
  void fillFirst(std::span<uint64_t> bits);

  std::shared_ptr<const CompiledGrammar> grammar;
  Recognizer recognizer;
  bool dropsFirstSpace;
  std::vector<uint64_t> wide; // a mask of the vocabulary followed by the named tokens
  std::vector<size_t> sizes;  // bytes of text before each accepted token
};

} // namespace weft::constrain
