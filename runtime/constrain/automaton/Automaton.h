// A compiled grammar: a deterministic automaton over bytes for each rule, with calls between rules.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

using StateId = uint32_t;
inline constexpr StateId noState = UINT32_MAX;

/// An edge that calls a rule; after the rule's text the caller continues in state `back`.
struct CallEdge {
  RuleId rule;
  StateId back;
  bool isTail;                 ///< nothing follows in the caller (a tail call)
  uint32_t count = UINT32_MAX; ///< index into `counts`: what the call does to the caller's counter
};

/// What an edge does to the counter of its rule.
struct CountEdge {
  bool begins;    ///< the counter becomes 1; else it increases by 1
  uint32_t most;  ///< if the counter is this already, the edge leads to `beyond` instead
  StateId beyond; ///< noState: the byte is not allowed then
};

/// A recursive transition network (Woods, "Transition network grammars for natural language
/// analysis", 1970) whose rules are deterministic: a state has at most one edge for each byte and
/// for each rule. Small rules that do not call themselves are inlined into their callers. Long
/// repetitions are loops with a counter, one for each rule in progress; which strings of up to
/// `longestToken` bytes (of compile()) a state of a loop accepts does not depend on the counter.
/// From every state an end can be reached. Immutable once compiled; may be used from any thread.
struct GrammarAutomaton {
  std::array<uint8_t, 256> classOf{}; ///< bytes that every state treats alike have one class
  uint32_t classes = 0;
  std::vector<StateId> next;        ///< [states, classes]
  std::vector<uint32_t> callBegins; ///< [states + 1]
  std::vector<CallEdge> calls;
  std::vector<uint8_t> ends;   ///< [states]: whether the rule may end in the state
  std::vector<RuleId> ruleOf;  ///< [states]
  std::vector<StateId> starts; ///< [rules]; noState for rules that are never called
  RuleId root = 0;

  static constexpr uint32_t none = UINT32_MAX;
  std::vector<CountEdge> counts; ///< empty without loops
  std::vector<uint8_t>
      isCounting;                 ///< [states]: whether it is in a loop; elsewhere the counter is 0
  std::vector<uint32_t> countRow; ///< [states]: row of `countOf`, or none
  std::vector<uint32_t> countOf;  ///< [rows of this table, classes]: index into `counts`, or none

  size_t states() const { return ends.size(); }
  /// Returns the state after `byte`, or noState.
  StateId after(StateId state, uint8_t byte) const {
    return next[size_t(state) * classes + classOf[byte]];
  }
  /// Returns an index into `counts`: what the edge of `byte` does to the counter; none: nothing.
  uint32_t countEdge(StateId state, uint8_t byte) const {
    const uint32_t row = countRow[state];
    return row == none ? none : countOf[size_t(row) * classes + classOf[byte]];
  }
  /// Returns the rules that may be called in `state`.
  std::span<const CallEdge> callsOf(StateId state) const {
    return {calls.data() + callBegins[state], calls.data() + callBegins[state + 1]};
  }
};

/// Compiles `grammar`. See GrammarAutomaton for `longestToken`. Errors: a rule that is called but
/// not defined, a rule that matches no finite text (unless the grammar drops such rules), or tables
/// that would be too large.
Result<GrammarAutomaton> compile(const Grammar &grammar, size_t longestToken = 128);

/// Says whether the root rule matches any finite text. All rules reachable from it must be defined.
bool hasText(const Grammar &grammar);

} // namespace weft::constrain
