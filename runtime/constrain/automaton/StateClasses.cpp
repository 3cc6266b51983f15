#include "runtime/constrain/automaton/StateClasses.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace weft::constrain {

namespace {

/// 128 bits of hash stand for a state's edges: a collision needs 2^64 states.
struct Signature {
  uint64_t a = 0x243f6a8885a308d3u, b = 0x13198a2e03707344u;
  void mix(uint64_t value) {
    a = (a ^ value) * 0x9e3779b97f4a7c15u;
    a ^= a >> 29;
    b = (b + value) * 0xbf58476d1ce4e5b9u;
    b ^= b >> 31;
  }
  bool operator==(const Signature &) const = default;
};

struct SignatureHash {
  size_t operator()(const Signature &signature) const { return size_t(signature.a); }
};

/// Few enough for any depth.
bool isKept(size_t bytes) { return bytes < 16 || std::has_single_bit(bytes); }

} // namespace

StateClasses::StateClasses(const GrammarAutomaton &automaton, size_t depth) {
  const size_t count = automaton.states();
  std::vector<uint32_t> classes(count, 0), refined(count);
  size_t known = 1;
  for (size_t bytes = 0; bytes <= depth; ++bytes) {
    std::unordered_map<Signature, uint32_t, SignatureHash> ids;
    for (StateId state = 0; state < count; ++state) {
      Signature signature;
      signature.mix(uint64_t(automaton.ruleOf[state]) << 1 | automaton.ends[state]);
      signature.mix(classes[state]);
      const StateId *next = automaton.next.data() + size_t(state) * automaton.classes;
      for (uint32_t c = 0; c < automaton.classes; ++c)
        if (next[c] != noState)
          signature.mix(uint64_t(c) << 32 | classes[next[c]]);
      for (const CallEdge &call : automaton.callsOf(state)) {
        signature.mix(uint64_t(1) << 63 | call.rule);
        signature.mix(call.back); // itself: a rule may take no bytes, and rounds count bytes
      }
      refined[state] = ids.try_emplace(signature, uint32_t(ids.size())).first->second;
    }
    classes.swap(refined);
    const bool isLast = ids.size() == known || bytes == depth;
    if (isLast || isKept(bytes))
      rounds.push_back({bytes, ids.size(), classes});
    if (isLast)
      break;
    known = ids.size();
  }
}

size_t StateClasses::tableFor(size_t bytes) const {
  const auto place = std::ranges::lower_bound(rounds, bytes, {}, &Round::bytes);
  return std::min(size_t(place - rounds.begin()), rounds.size() - 1);
}

} // namespace weft::constrain
