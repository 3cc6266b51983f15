// Classes of automaton states that accept the same short byte strings.
#pragma once

#include "runtime/constrain/automaton/Automaton.h"

#include <cstddef>
#include <span>
#include <vector>

namespace weft::constrain {

/// Class numbers that are equal for states of one rule that accept, and end after, the same strings
/// of up to some number of bytes. By Moore's refinement ("Gedanken-experiments on sequential
/// machines", 1956), stopped early: a text of at most 1000 characters has a thousand times the
/// states of a character, but only as many different masks as the longest token has bytes. There is
/// a table for each small depth and for some larger ones, so memory is proportional to the number
/// of states.
class StateClasses {
public:
  /// Computes classes for strings of up to `depth` bytes.
  StateClasses(const GrammarAutomaton &automaton, size_t depth);

  /// Returns the number of tables. Each is finer than the one before; the last is for `depth`
  /// bytes.
  size_t tables() const { return rounds.size(); }
  /// Returns the coarsest table for at least `bytes` bytes; `bytes` is at most `depth`.
  size_t tableFor(size_t bytes) const;
  /// Returns the class of each state [states] in a table, counted from 0.
  std::span<const uint32_t> operator[](size_t table) const { return rounds[table].classes; }
  /// Returns the number of classes in a table.
  size_t count(size_t table) const { return rounds[table].count; }

private:
  struct Round {
    size_t bytes, count;
    std::vector<uint32_t> classes;
  };
  std::vector<Round> rounds;
};

} // namespace weft::constrain
