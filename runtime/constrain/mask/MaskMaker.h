// Sorts a vocabulary out for each state of a grammar's automaton.
#pragma once

#include "runtime/constrain/automaton/StateClasses.h"
#include "runtime/constrain/mask/TokenMasks.h"

#include <optional>
#include <unordered_map>

namespace weft::constrain {

/// Fills the tables of one TokenMasks.
///
/// Most states are like another one for the next few bytes: with 20 characters left instead of 21,
/// only long tokens fare differently. So a state is followed along the trie beside the most similar
/// one that is known, and where both are alike for as many bytes as the tokens below still have,
/// what is known holds.
class MaskMaker {
public:
  MaskMaker(TokenMasks &masks, size_t mostBytes);

  /// Errors: those of TokenMasks::make().
  Result<void> run();

private:
  /// A state whose mask is made.
  struct Known {
    StateId state;
    std::vector<uint32_t> beyond; // as below
  };
  /// Where a state and a known one are after the same bytes; noState where they do not fit.
  struct Pair {
    StateId state, like;
  };

  void measureTrie();
  std::vector<StateId> statesThatNeedOne() const;
  size_t tableBytes() const;

  void make(StateId state);
  const Known *mostSimilar(StateId state) const;
  void remember(StateId state);

  void walkBeside(const Known *like, StateId state);
  void walkCalls(StateId state, uint32_t begin, uint32_t end, size_t depth);
  bool areAlike(Pair pair, uint32_t node) const;
  bool hasCalls(StateId state) const;
  StateId after(StateId state, uint8_t byte) const;
  void take(uint32_t node);
  void dropFrom(uint32_t node);

  void restoreMask(StateId state);
  uint32_t keepMask();
  bool isEqual(const TokenMasks::Mask &mask, const std::vector<int32_t> &ids) const;
  void keepUncertain(StateId state);
  void keepWithPaths(StateId state, const std::vector<uint32_t> &uncertain);

  TokenMasks &masks;
  const GrammarAutomaton &automaton;
  const TokenTrie &trie;
  size_t mostBytes;
  size_t words;
  size_t tried = 0; // bytes
  std::optional<StateClasses> classes;
  std::vector<uint8_t> tableOf; // [trie nodes]: of classes, for the bytes below the node
  std::vector<Known> known;
  size_t remembered = 0;                      // trie nodes in them
  std::vector<std::vector<uint32_t>> knownOf; // [tables, classes]: the last of each class

  std::vector<uint64_t> accepted; // [words]: of the state at hand
  std::vector<uint32_t> beyond;   // trie nodes where the rule may end, in order: likewise
  std::vector<Pair> path;         // [depth]
  Recognizer outside;
  std::unordered_multimap<uint64_t, uint32_t> byHash; // masks
};

} // namespace weft::constrain
