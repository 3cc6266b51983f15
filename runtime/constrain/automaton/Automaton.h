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
  bool isTail; ///< nothing follows in the caller, so there is no need to come back
};

/// A recursive transition network (Woods, "Transition network grammars for natural language
/// analysis", 1970) whose rules are deterministic: at most one edge of a state for each byte
/// and for each rule. Rules that are small and do not call themselves are part of their
/// callers. Every state has a way to an end. Immutable once compiled; any thread may use it.
struct GrammarAutomaton {
  std::array<uint8_t, 256> classOf{}; ///< bytes that no state tells apart have one class
  uint32_t classes = 0;
  std::vector<StateId> next;        ///< [states, classes]
  std::vector<uint32_t> callBegins; ///< [states + 1]
  std::vector<CallEdge> calls;
  std::vector<uint8_t> ends;     ///< [states]: whether the rule may end here
  std::vector<RuleId> ruleOf;    ///< [states]
  std::vector<StateId> starts;   ///< [rules]; noState for rules that are nowhere called
  RuleId root = 0;

  size_t states() const { return ends.size(); }
  StateId after(StateId state, uint8_t byte) const {
    return next[size_t(state) * classes + classOf[byte]];
  }
  std::span<const CallEdge> callsOf(StateId state) const {
    return {calls.data() + callBegins[state], calls.data() + callBegins[state + 1]};
  }
};

/// Errors: a rule that is called but not defined, or that no finite text satisfies, and
/// grammars whose tables would be too large.
Result<GrammarAutomaton> compile(const Grammar &grammar);

} // namespace weft::constrain
