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
  struct Call {
    RuleId rule;
    uint32_t back;
  };
  struct State {
    std::vector<Call> calls;
    bool ends = false;
  };
  static constexpr uint32_t none = UINT32_MAX;
  std::vector<State> states;  // begins in the first
  std::vector<uint32_t> next; // [states, classes]
};

/// Most states of a deterministic rule, and of all rules together.
inline constexpr size_t mostStates = 1 << 17;

/// Rabin and Scott's subset construction ("Finite automata and their decision problems",
/// 1959) over bytes and calls; states without a way to an end are left out. `room` is the
/// number of states that may still be made. Errors: more states, by the rule's name.
Result<Dfa> determinize(const Nfa &nfa, const ByteClasses &classes, size_t room,
                        std::string_view rule);

} // namespace weft::constrain
