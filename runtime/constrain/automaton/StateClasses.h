// States that differ too far away for any token to tell.
#pragma once

#include "runtime/constrain/automaton/Automaton.h"

#include <cstddef>
#include <span>
#include <vector>

namespace weft::constrain {

/// Numbers that are equal for states of one rule that take and end in the same way for some
/// bytes. Moore's refinement ("Gedanken-experiments on sequential machines", 1956), stopped
/// after so many rounds: a text of at most 1000 characters has a thousand times the states of a
/// character, and masks for as many as the longest token is long. There is a table for each
/// small depth and for some of the others, so that memory grows with the states alone.
class StateClasses {
public:
  /// For up to `depth` bytes.
  StateClasses(const GrammarAutomaton &automaton, size_t depth);

  /// They are finer from one to the next; the last is for `depth`.
  size_t tables() const { return rounds.size(); }
  /// The coarsest table that is for `bytes` bytes or more, at most `depth`.
  size_t tableFor(size_t bytes) const;
  /// [states]: the classes of a table, from 0.
  std::span<const uint32_t> operator[](size_t table) const { return rounds[table].classes; }
  size_t count(size_t table) const { return rounds[table].count; }

private:
  struct Round {
    size_t bytes, count;
    std::vector<uint32_t> classes;
  };
  std::vector<Round> rounds;
};

} // namespace weft::constrain
