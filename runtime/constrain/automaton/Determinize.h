// A rule's automaton made deterministic.
#pragma once

#include "runtime/constrain/automaton/Nfa.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// Ranges of bytes that no edge tells apart, in order.
struct ByteClasses {
  std::array<uint8_t, 256> classOf{};
  uint32_t count = 1;
  static ByteClasses of(const std::vector<Nfa> &rules);
};

struct Dfa {
  static constexpr uint32_t none = UINT32_MAX;
  /// What an edge does to the counter of the rule, as in Nfa.
  struct Count {
    bool begins;
    uint32_t most;
    uint32_t beyond; ///< the state it leads to where the counter is full; may be none
  };
  struct Call {
    RuleId rule;
    uint32_t back;
    uint32_t count = none;
  };
  struct State {
    std::vector<Call> calls;
    bool ends = false;
    bool counts = false; ///< the counter counts here
    /// [classes]: of `counts`, for the edge of each byte; empty where none does anything.
    std::vector<uint32_t> counted;
  };
  std::vector<State> states;  // begins in the first
  std::vector<uint32_t> next; // [states, classes]
  std::vector<Count> counts;
};

/// Most states of a deterministic rule, and of all rules together.
inline constexpr size_t mostStates = 1 << 17;

/// Rabin and Scott's subset construction ("Finite automata and their decision problems",
/// 1959) over bytes and calls; states without a way to an end are left out. `room` is the
/// number of states that may still be made. Errors: more states, by the rule's name.
/// Where two readings of one text would have different counts, there is no Dfa and `unclear`
/// becomes the loop that has to be written out.
Result<Dfa> determinize(const Nfa &nfa, const ByteClasses &classes, size_t room,
                        std::string_view rule, uint32_t &unclear);

} // namespace weft::constrain
