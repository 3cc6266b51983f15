// For each state of a grammar's automaton: which tokens of a vocabulary fit.
#pragma once

#include "runtime/constrain/automaton/Recognizer.h"
#include "runtime/constrain/mask/TokenTrie.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

/// Made ahead of time, as in XGrammar (Dong et al., "XGrammar: flexible and efficient
/// structured generation engine for large language models", 2024): a state accepts a token
/// if its rule, with what it calls, takes all of its bytes, whoever called the rule. Tokens
/// that reach beyond the end of the rule depend on the callers; those that no caller at all
/// would take are rejected here, and few are left to be tried on the real stack. Immutable
/// once made; any thread may use it. GrammarAutomaton and trie must outlive it.
class TokenMasks {
public:
  struct Report {
    size_t states = 0;        ///< states that have masks
    size_t distinctMasks = 0; ///< equal ones are kept once
    size_t mostUncertain = 0; ///< trie nodes to try in the worst state
    size_t bytes = 0;         ///< of the masks
    double seconds = 0;
  };

  /// Errors: masks of more than `mostBytes`.
  static Result<TokenMasks> make(const GrammarAutomaton &automaton, const TokenTrie &trie,
                                 size_t mostBytes = size_t(1) << 30);

  /// Sets the bits of the tokens that fit after what `recognizer` has read, and clears all
  /// others; `bits` has ceil(vocabulary / 64) words. The recognizer is as before afterwards.
  void fill(std::span<uint64_t> bits, Recognizer &recognizer) const;

  const Report &report() const { return summary; }

private:
  /// Accepted tokens are a list where they are few and bits where they are many.
  struct Mask {
    uint32_t begin = 0, count = 0; // in `lists`; or the mask `begin` in `bitmaps` if count is 0
    bool isBitmap = false;
  };
  struct StateMask {
    uint32_t mask = 0;
    uint32_t uncertain = 0, uncertainCount = 0; // in `nodes`
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
  std::vector<uint32_t> nodes;   // trie nodes to try, in preorder, with all nodes above them
  Report summary;
};

} // namespace weft::constrain
