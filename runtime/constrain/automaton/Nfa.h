// Between a grammar and its tables: a rule as a non-deterministic automaton.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>
#include <vector>

namespace weft::constrain {

struct Nfa {
  struct ByteEdge {
    ByteRange range;
    uint32_t to;
  };
  struct Call {
    RuleId rule;
    uint32_t to;
  };
  struct State {
    std::vector<uint32_t> empty; // edges that take nothing
    std::vector<ByteEdge> bytes;
    std::vector<Call> calls;
  };
  std::vector<State> states; // begins in the first
  uint32_t end = 0;
};

/// Most states of one rule before it is made deterministic.
inline constexpr size_t mostNfaStates = 1 << 19;

/// Thompson's construction ("Regular expression search algorithm", 1968), with counted
/// repetitions written out. Calls of a rule with `inlined[rule]` become its body; such rules
/// must not call themselves, whatever is between. Errors: more than mostNfaStates.
Result<Nfa> buildNfa(const Grammar &grammar, RuleId rule, const std::vector<bool> &inlined);

} // namespace weft::constrain
