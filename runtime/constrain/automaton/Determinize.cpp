#include "runtime/constrain/automaton/Determinize.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <string>
#include <unordered_map>

namespace weft::constrain {

ByteClasses ByteClasses::of(const std::vector<Nfa> &rules) {
  std::bitset<257> begins;
  for (const Nfa &nfa : rules)
    for (const Nfa::State &state : nfa.states)
      for (const Nfa::ByteEdge &edge : state.bytes) {
        begins.set(edge.range.low);
        begins.set(size_t(edge.range.high) + 1);
      }
  ByteClasses classes;
  uint32_t current = 0;
  for (unsigned byte = 1; byte < 256; ++byte) {
    current += begins[byte];
    classes.classOf[byte] = uint8_t(current);
  }
  classes.count = current + 1;
  return classes;
}

namespace {

using Subset = std::vector<uint32_t>;

struct SubsetHash {
  size_t operator()(const Subset &subset) const {
    uint64_t hash = subset.size();
    for (uint32_t state : subset)
      hash = (hash ^ state) * 0x9e3779b97f4a7c15u;
    return size_t(hash ^ (hash >> 32));
  }
};

/// Members of all subsets together: what time and memory are spent on, and what grows without
/// bound where an expression is exponential.
constexpr size_t mostSubsetMembers = size_t(1) << 25;

class Subsets {
public:
  Subsets(const Nfa &nfa, const ByteClasses &classes, size_t room)
      : nfa(nfa), classes(classes), room(room), seen(nfa.states.size(), 0) {}

  /// False: too many.
  bool run() {
    idOf({0});
    std::vector<Subset> targets(classes.count);
    for (uint32_t id = 0; id < subsets.size(); ++id) {
      if (subsets.size() > room || members > mostSubsetMembers)
        return false;
      for (Subset &target : targets)
        target.clear();
      std::map<RuleId, Subset> calls;
      for (uint32_t member : *subsets[id]) {
        for (const Nfa::ByteEdge &edge : nfa.states[member].bytes)
          for (unsigned c = classes.classOf[edge.range.low]; c <= classes.classOf[edge.range.high];
               ++c)
            targets[c].push_back(edge.to);
        for (const Nfa::Call &call : nfa.states[member].calls)
          calls[call.rule].push_back(call.to);
      }
      for (uint32_t c = 0; c < classes.count; ++c) {
        const bool asBefore = c > 0 && targets[c] == targets[c - 1];
        const uint32_t to = asBefore ? dfa.next.back() : idOf(targets[c]);
        dfa.next.push_back(to);
      }
      for (auto &[rule, to] : calls) {
        const uint32_t back = idOf(to);
        dfa.states[id].calls.push_back({rule, back});
      }
    }
    return true;
  }

  Dfa dfa;

private:
  /// The state for `from` and all that it reaches by empty edges.
  uint32_t idOf(const Subset &from) {
    if (from.empty())
      return Dfa::none;
    ++round;
    Subset kept, open(from);
    bool ends = false;
    while (!open.empty()) {
      const uint32_t state = open.back();
      open.pop_back();
      if (seen[state] == round)
        continue;
      seen[state] = round;
      const Nfa::State &edges = nfa.states[state];
      open.insert(open.end(), edges.empty.begin(), edges.empty.end());
      ends |= state == nfa.end;
      // States with empty edges only say nothing more; the end has to be told apart.
      if (!edges.bytes.empty() || !edges.calls.empty() || state == nfa.end)
        kept.push_back(state);
    }
    if (kept.empty())
      return Dfa::none;
    std::ranges::sort(kept);
    auto [place, isNew] = ids.try_emplace(std::move(kept), uint32_t(subsets.size()));
    if (isNew) {
      subsets.push_back(&place->first);
      members += place->first.size();
      dfa.states.emplace_back().ends = ends;
    }
    return place->second;
  }

  const Nfa &nfa;
  const ByteClasses &classes;
  size_t room;
  size_t members = 0;
  std::vector<uint32_t> seen; // [nfa states]: the round that came here last
  uint32_t round = 0;
  std::unordered_map<Subset, uint32_t, SubsetHash> ids;
  std::vector<const Subset *> subsets; // keys of `ids`, by id
};

/// Leaves out states that cannot reach an end; the first state stays.
Dfa trimmed(const Dfa &dfa, uint32_t classes) {
  const size_t count = dfa.states.size();
  std::vector<std::vector<uint32_t>> from(count);
  std::vector<uint32_t> open;
  std::vector<bool> live(count);
  for (uint32_t state = 0; state < count; ++state) {
    for (uint32_t c = 0; c < classes; ++c)
      if (const uint32_t to = dfa.next[size_t(state) * classes + c]; to != Dfa::none)
        if (from[to].empty() || from[to].back() != state)
          from[to].push_back(state);
    for (const Dfa::Call &call : dfa.states[state].calls)
      if (call.back != Dfa::none)
        from[call.back].push_back(state);
    if (dfa.states[state].ends)
      open.push_back(state);
  }
  while (!open.empty()) {
    const uint32_t state = open.back();
    open.pop_back();
    if (live[state])
      continue;
    live[state] = true;
    open.insert(open.end(), from[state].begin(), from[state].end());
  }

  std::vector<uint32_t> newId(count, Dfa::none);
  Dfa kept;
  for (uint32_t state = 0; state < count; ++state)
    if (live[state] || state == 0) {
      newId[state] = uint32_t(kept.states.size());
      kept.states.emplace_back().ends = dfa.states[state].ends;
    }
  auto renamed = [&](uint32_t to) { return to == Dfa::none || !live[to] ? Dfa::none : newId[to]; };
  for (uint32_t state = 0; state < count; ++state) {
    if (newId[state] == Dfa::none)
      continue;
    for (uint32_t c = 0; c < classes; ++c)
      kept.next.push_back(renamed(dfa.next[size_t(state) * classes + c]));
    for (const Dfa::Call &call : dfa.states[state].calls)
      if (const uint32_t back = renamed(call.back); back != Dfa::none)
        kept.states[newId[state]].calls.push_back({call.rule, back});
  }
  return kept;
}

} // namespace

Result<Dfa> determinize(const Nfa &nfa, const ByteClasses &classes, size_t room,
                        std::string_view rule) {
  Subsets subsets(nfa, classes, room);
  if (!subsets.run())
    return fail("the rule \"" + std::string(rule) + "\" needs more than " +
                std::to_string(mostStates) +
                " deterministic states; lower its counts or make its alternatives begin differently");
  return trimmed(subsets.dfa, classes.count);
}

} // namespace weft::constrain
