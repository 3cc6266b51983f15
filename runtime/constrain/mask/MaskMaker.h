// Computes which tokens each state of a grammar's automaton accepts.
#pragma once

#include "runtime/constrain/automaton/StateClasses.h"
#include "runtime/constrain/mask/TokenMasks.h"

#include <optional>
#include <unordered_map>

namespace weft::constrain {

/// Fills the tables of one TokenMasks.
///
/// Most states accept almost the same tokens as another one: with 20 characters left instead of 21,
/// only long tokens differ. So a state walks the trie together with the most similar state whose
/// mask is known. Where both accept the same strings of as many bytes as the tokens below a node
/// still have, the known result is copied.
class MaskMaker {
public:
  MaskMaker(TokenMasks &masks, size_t mostBytes);

  /// Computes all masks. Errors are those of TokenMasks::make().
  Result<void> run();

private:
  /// A state whose mask is known.
  struct Known {
    StateId state;
    std::vector<uint32_t> beyond; // as the member `beyond` below
  };
  /// The states reached from a state and from the known one after the same bytes; noState if the
  /// bytes are not allowed.
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
  size_t tried = 0; // bytes tried so far
  std::optional<StateClasses> classes;
  std::vector<uint8_t> tableOf; // [trie nodes]: the table of `classes` for the bytes below the node
  std::vector<Known> known;
  size_t remembered = 0; // trie nodes in all of `known`
  std::vector<std::vector<uint32_t>>
      knownOf; // [tables, classes]: the last known state of each class

  std::vector<uint64_t> accepted; // [words]: the mask of the current state
  std::vector<uint32_t> beyond; // of the current state: trie nodes where the rule may end, in order
  std::vector<Pair> path;       // [depth]
  Recognizer outside;
  std::unordered_multimap<uint64_t, uint32_t> byHash; // masks
};

} // namespace weft::constrain
