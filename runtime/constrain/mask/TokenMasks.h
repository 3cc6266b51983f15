// Precomputed token masks: which tokens of a vocabulary each state of an automaton accepts.
#pragma once

#include "runtime/constrain/automaton/Recognizer.h"
#include "runtime/constrain/mask/TokenTrie.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

/// Masks computed ahead of time, as in XGrammar (Dong et al., "XGrammar: flexible and efficient
/// structured generation engine for large language models", 2024). A state accepts a token if its
/// rule, with the rules that it calls, consumes all of the token's bytes, whoever called the rule.
/// Tokens that continue after the end of the rule depend on the callers: those that no caller would
/// accept are rejected here, and the few others are tried at run time on the actual stack.
/// Immutable once made; may be used from any thread. The automaton and the trie must outlive it.
class TokenMasks {
public:
  struct Report {
    size_t states = 0;        ///< states that have masks
    size_t distinctMasks = 0; ///< equal masks are stored once
    size_t mostUncertain = 0; ///< trie nodes tried at run time in the worst state
    size_t bytes = 0;         ///< memory of the masks
    double seconds = 0;
  };

  /// Computes the masks. Errors: they would need more than `mostBytes`.
  static Result<TokenMasks> make(const GrammarAutomaton &automaton, const TokenTrie &trie,
                                 size_t mostBytes = size_t(1) << 30);

  /// Sets the bits of the tokens that may follow what `recognizer` has read and clears all others.
  /// `bits` has ceil(vocabulary / 64) words. The recognizer is used and restored.
  void fill(std::span<uint64_t> bits, Recognizer &recognizer) const;

  const Report &report() const { return summary; }

private:
  /// The accepted tokens: a list if they are few, a bitmap if they are many.
  struct Mask {
    uint32_t begin = 0,
             count = 0; // a range of `lists`; or, for a bitmap, its number in `bitmaps` is `begin`
    bool isBitmap = false;
  };
  struct StateMask {
    uint32_t mask = 0;
    uint32_t uncertain = 0, uncertainCount = 0; // a range of `nodes`
  };
  friend class MaskMaker;
  TokenMasks(const GrammarAutomaton &automaton, const TokenTrie &trie)
      : automaton(&automaton), trie(&trie) {}

  const GrammarAutomaton *automaton;
  const TokenTrie *trie;
  std::vector<StateMask> states; // [states]
  std::vector<Mask> masks;
  std::vector<int32_t> lists;
  std::vector<uint64_t> bitmaps; // [masks that are bitmaps, words]
  std::vector<uint32_t>
      nodes; // trie nodes to try at run time, in preorder, with all their ancestors
  Report summary;
};

} // namespace weft::constrain
