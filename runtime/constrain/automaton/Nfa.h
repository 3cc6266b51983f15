// The intermediate step between a grammar and its tables: a rule as a nondeterministic automaton.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>
#include <vector>

namespace weft::constrain {

/// The states of one rule. A long repetition is a loop with a counter, not copies of its body:
/// empty edges set or increase the counter, and when it is full the last repetitions follow as
/// copies. So which short byte strings a state of the loop accepts does not depend on the counter.
struct Nfa {
  static constexpr uint32_t none = UINT32_MAX;
  struct ByteEdge {
    ByteRange range;
    uint32_t to;
  };
  struct Call {
    RuleId rule;
    uint32_t to;
  };
  /// What an empty edge does to the counter, with the next byte or call.
  struct Count {
    bool begins;     ///< the counter becomes 1; else it increases by 1
    uint32_t most;   ///< if the counter is this already, the text continues from `beyond` instead
    uint32_t beyond; ///< a state outside loops
    bool operator==(const Count &) const = default;
  };
  struct EmptyEdge {
    uint32_t to;
    uint32_t count = none; ///< index into `counts`
  };
  struct State {
    std::vector<EmptyEdge> empty; // edges that consume no byte
    std::vector<ByteEdge> bytes;
    std::vector<Call> calls;
    uint32_t loop = none; ///< index into `loops`: the loop that the state is in
  };
  std::vector<State> states; // the first is the start
  std::vector<Count> counts;
  std::vector<ExprId> loops; ///< the Repeat expression of each loop
  uint32_t end = 0;
};

/// How to build rules; the vectors are indexed by rule or by expression.
struct BuildPlan {
  std::vector<bool> inlined; ///< [rules]: calls become the rule's body; it must not call itself
  std::vector<bool> dead;    ///< [rules]: it matches no finite text, so calls of it have no edge
  std::vector<bool> counted; ///< [expressions]: repetitions built as loops with a counter
  std::vector<uint32_t>
      tails; ///< [expressions]: how many of the last repetitions of a loop are copies
};

/// The most states of one rule before it is made deterministic.
inline constexpr size_t mostNfaStates = 1 << 19;

/// Thompson's construction ("Regular expression search algorithm", 1968), with repetitions unrolled
/// or counted as `plan` says. Errors: more than mostNfaStates states.
Result<Nfa> buildNfa(const Grammar &grammar, RuleId rule, const BuildPlan &plan);

} // namespace weft::constrain
