// A grammar as tables: a deterministic automaton over bytes for each rule, with calls between.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace weft::constrain {

using StateId = uint32_t;
inline constexpr StateId noState = UINT32_MAX;

/// A rule's text may come next, after which the caller goes on in `back`.
struct CallEdge {
  RuleId rule;
  StateId back;
  bool isTail;                 ///< nothing follows in the caller, so there is no need to come back
  uint32_t count = UINT32_MAX; ///< of `counts`: what the call does to the caller's counter
};

/// What an edge does to the counter of its rule.
struct CountEdge {
  bool begins;    ///< it becomes 1; else it is raised by 1
  uint32_t most;  ///< where it is this already, the edge leads to `beyond` instead
  StateId beyond; ///< may be noState
};

/// A recursive transition network (Woods, "Transition network grammars for natural language
/// analysis", 1970) whose rules are deterministic: at most one edge of a state for each byte
/// and for each rule. Rules that are small and do not call themselves are part of their
/// callers. Long repetitions are loops with one counter for each rule that is being read; up to
/// `longestToken` of compile() bytes, what a state of a loop takes does not depend on it. Every
/// state has a way to an end. Immutable once compiled; any thread may use it.
struct GrammarAutomaton {
  std::array<uint8_t, 256> classOf{}; ///< bytes that no state tells apart have one class
  uint32_t classes = 0;
  std::vector<StateId> next;        ///< [states, classes]
  std::vector<uint32_t> callBegins; ///< [states + 1]
  std::vector<CallEdge> calls;
  std::vector<uint8_t> ends;   ///< [states]: whether the rule may end here
  std::vector<RuleId> ruleOf;  ///< [states]
  std::vector<StateId> starts; ///< [rules]; noState for rules that are nowhere called
  RuleId root = 0;

  static constexpr uint32_t none = UINT32_MAX;
  std::vector<CountEdge> counts;   ///< empty where nothing counts
  std::vector<uint8_t> isCounting; ///< [states]: in a loop; elsewhere the counter is 0
  std::vector<uint32_t> countRow;  ///< [states]: of `countOf`, or none
  std::vector<uint32_t> countOf;   ///< [rows, classes]: of `counts`, or none

  size_t states() const { return ends.size(); }
  StateId after(StateId state, uint8_t byte) const {
    return next[size_t(state) * classes + classOf[byte]];
  }
  /// Of `counts`: what the edge of `byte` does; none: nothing.
  uint32_t countEdge(StateId state, uint8_t byte) const {
    const uint32_t row = countRow[state];
    return row == none ? none : countOf[size_t(row) * classes + classOf[byte]];
  }
  std::span<const CallEdge> callsOf(StateId state) const {
    return {calls.data() + callBegins[state], calls.data() + callBegins[state + 1]};
  }
};

/// Tokens of up to `longestToken` bytes will be told apart by states alone. Errors: a rule that
/// is called but not defined, or that no finite text satisfies (unless the grammar drops those),
/// and grammars whose tables would be too large.
Result<GrammarAutomaton> compile(const Grammar &grammar, size_t longestToken = 128);

/// Whether a text of the root rule ends; all rules that it leads to are defined.
bool hasText(const Grammar &grammar);

} // namespace weft::constrain
