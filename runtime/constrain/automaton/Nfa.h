// Between a grammar and its tables: a rule as a non-deterministic automaton.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>
#include <vector>

namespace weft::constrain {

/// A rule's states. A long repetition is a loop with a counter in place of copies of its body:
/// edges that take nothing set the counter or raise it, and where it is full the last repetitions
/// follow as copies, so that what few bytes can do is the same in the loop whatever the count.
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
  /// What an edge does to the counter with the next byte or call.
  struct Count {
    bool begins;     ///< it becomes 1; else it is raised by 1
    uint32_t most;   ///< where it is this already, the text goes on as from `beyond` instead
    uint32_t beyond; ///< a state outside of loops
    bool operator==(const Count &) const = default;
  };
  struct EmptyEdge {
    uint32_t to;
    uint32_t count = none; ///< of `counts`
  };
  struct State {
    std::vector<EmptyEdge> empty; // edges that take nothing
    std::vector<ByteEdge> bytes;
    std::vector<Call> calls;
    uint32_t loop = none; ///< of `loops`: the counter counts here
  };
  std::vector<State> states; // begins in the first
  std::vector<Count> counts;
  std::vector<ExprId> loops; ///< the repetition of each
  uint32_t end = 0;
};

/// How rules are to be built: [rules] and [expressions].
struct BuildPlan {
  std::vector<bool> inlined;   ///< calls of the rule become its body; it must not call itself
  std::vector<bool> dead;      ///< no text ends in it: calls of it lead nowhere
  std::vector<bool> counted;   ///< repetitions that are loops with a counter
  std::vector<uint32_t> tails; ///< of counted ones: how many repetitions stay copies at the end
};

/// Most states of one rule before it is made deterministic.
inline constexpr size_t mostNfaStates = 1 << 19;

/// Thompson's construction ("Regular expression search algorithm", 1968), with counted
/// repetitions written out or counted as `plan` says. Errors: more than mostNfaStates.
Result<Nfa> buildNfa(const Grammar &grammar, RuleId rule, const BuildPlan &plan);

} // namespace weft::constrain
