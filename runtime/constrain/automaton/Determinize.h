// Makes a rule's automaton deterministic.
#pragma once

#include "runtime/constrain/automaton/Nfa.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// Classes of bytes that every edge treats alike. Each class is a range; they are numbered in
/// order.
struct ByteClasses {
  std::array<uint8_t, 256> classOf{};
  uint32_t count = 1;
  /// Returns the coarsest classes for all rules.
  static ByteClasses of(const std::vector<Nfa> &rules);
};

/// A deterministic automaton of one rule.
struct Dfa {
  static constexpr uint32_t none = UINT32_MAX;
  /// What an edge does to the counter of the rule, as in Nfa.
  struct Count {
    bool begins;
    uint32_t most;
    uint32_t beyond; ///< the state to go to if the counter is full already; may be none
  };
  struct Call {
    RuleId rule;
    uint32_t back;
    uint32_t count = none;
  };
  struct State {
    std::vector<Call> calls;
    bool ends = false;
    bool counts = false; ///< in a loop with a counter
    /// [classes]: index into `counts` for the edge of each byte; empty if no edge changes the
    /// counter.
    std::vector<uint32_t> counted;
  };
  std::vector<State> states;  // the first is the start
  std::vector<uint32_t> next; // [states, classes]
  std::vector<Count> counts;
};

/// The most states of one deterministic rule, and of all rules together.
inline constexpr size_t mostStates = 1 << 17;

/// Rabin and Scott's subset construction ("Finite automata and their decision problems", 1959) over
/// bytes and calls. States from which no end can be reached are left out. `room` is the number of
/// states that may still be created. Errors: more states are needed; the message names the rule. If
/// two readings of one text would have different counts, returns no states and sets `unclear` to
/// the loop that must be unrolled.
Result<Dfa> determinize(const Nfa &nfa, const ByteClasses &classes, size_t room,
                        std::string_view rule, uint32_t &unclear);

} // namespace weft::constrain
