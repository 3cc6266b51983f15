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

/// Members of subsets are states, numbers behind the states' are states with what an edge
/// before them does to the counter.
class Subsets {
public:
  Subsets(const Nfa &nfa, const ByteClasses &classes, size_t room)
      : nfa(nfa), classes(classes), room(room), seen(nfa.states.size(), 0) {}

  /// False: too many, or a loop whose count is unclear.
  bool run() {
    idOf({0});
    std::vector<Edge> targets(classes.count);
    std::map<RuleId, Edge> calls;
    for (uint32_t id = 0; id < subsets.size(); ++id) {
      if (subsets.size() > room || members > mostSubsetMembers)
        return false;
      for (Edge &target : targets)
        target.clear();
      calls.clear();
      bool isCounted = false;
      for (uint32_t member : *subsets[id]) {
        const uint32_t state = stateOf(member), count = countOf(member);
        for (const Nfa::ByteEdge &edge : nfa.states[state].bytes)
          for (unsigned c = classes.classOf[edge.range.low]; c <= classes.classOf[edge.range.high];
               ++c)
            isCounted |= join(targets[c], state, count, edge.to);
        for (const Nfa::Call &call : nfa.states[state].calls)
          join(calls[call.rule], state, count, call.to);
      }
      if (unclear != Nfa::none)
        return false;
      for (uint32_t c = 0; c < classes.count; ++c) {
        const bool asBefore = c > 0 && targets[c].to == targets[c - 1].to;
        const uint32_t to = asBefore ? dfa.next.back() : idOf(targets[c].to);
        dfa.next.push_back(to);
      }
      for (auto &[rule, edge] : calls) {
        const uint32_t back = idOf(edge.to);
        const uint32_t count = counted(edge, [&](auto take) {
          for (uint32_t member : closure(beyondOf(edge)))
            for (const Nfa::Call &call : nfa.states[stateOf(member)].calls)
              if (call.rule == rule)
                take(call.to);
        });
        dfa.states[id].calls.push_back({rule, back, count});
      }
      if (isCounted)
        countBytes(id, targets);
      if (unclear != Nfa::none)
        return false;
    }
    return true;
  }

  Dfa dfa;
  uint32_t unclear = Nfa::none;

private:
  /// Where one byte or call leads, and what it does to the counter.
  struct Edge {
    Subset to;
    Subset uncounted; // those of `to` that do not go on in the loop
    uint32_t loop = Nfa::none;
    uint32_t count = Nfa::none; // of nfa.counts
    void clear() {
      to.clear();
      uncounted.clear();
      loop = count = Nfa::none;
    }
  };

  uint32_t stateOf(uint32_t member) const {
    return member < nfa.states.size() ? member : withCounts[member - nfa.states.size()].first;
  }
  uint32_t countOf(uint32_t member) const {
    return member < nfa.states.size() ? Nfa::none : withCounts[member - nfa.states.size()].second;
  }
  uint32_t memberOf(uint32_t state, uint32_t count) {
    if (count == Nfa::none)
      return state;
    auto [place, isNew] =
        numbers.try_emplace({state, count}, uint32_t(nfa.states.size() + withCounts.size()));
    if (isNew) {
      withCounts.push_back({state, count});
      seen.push_back(0);
    }
    return place->second;
  }

  /// Adds the edge of a member. True: it does something to the counter.
  bool join(Edge &edge, uint32_t from, uint32_t count, uint32_t to) {
    edge.to.push_back(to);
    if (nfa.loops.empty())
      return false;
    const uint32_t loop = nfa.states[to].loop;
    if (loop == Nfa::none) {
      edge.uncounted.push_back(to);
      return false;
    }
    if (count == Nfa::none && nfa.states[from].loop != loop)
      unclear = loop;
    if (edge.loop == Nfa::none) {
      edge.loop = loop;
      edge.count = count;
    } else if (edge.loop != loop || edge.count != count) {
      unclear = loop;
    }
    return count != Nfa::none;
  }

  Subset beyondOf(const Edge &edge) const {
    if (edge.count == Nfa::none || nfa.counts[edge.count].begins)
      return {};
    return {nfa.counts[edge.count].beyond};
  }

  /// The edge's entry of dfa.counts; `forEach` gives where the state beyond the loop leads.
  template <typename ForEach> uint32_t counted(const Edge &edge, const ForEach &forEach) {
    if (edge.count == Nfa::none)
      return Dfa::none;
    const Nfa::Count &count = nfa.counts[edge.count];
    Dfa::Count made = {count.begins, count.most, Dfa::none};
    if (!count.begins) {
      Subset full = edge.uncounted;
      forEach([&](uint32_t to) {
        full.push_back(to);
        if (nfa.states[to].loop != Nfa::none)
          unclear = edge.loop;
      });
      made.beyond = idOf(full);
    }
    dfa.counts.push_back(made);
    return uint32_t(dfa.counts.size() - 1);
  }

  void countBytes(uint32_t id, const std::vector<Edge> &targets) {
    std::vector<uint32_t> counts(classes.count, Dfa::none);
    for (uint32_t c = 0; c < classes.count; ++c) {
      const Edge &edge = targets[c];
      if (edge.count == Nfa::none)
        continue;
      if (c > 0 && counts[c - 1] != Dfa::none && targets[c - 1].to == edge.to &&
          targets[c - 1].count == edge.count && beyondOf(edge).empty()) {
        counts[c] = counts[c - 1];
        continue;
      }
      counts[c] = counted(edge, [&](auto take) {
        for (uint32_t member : closure(beyondOf(edge)))
          for (const Nfa::ByteEdge &byte : nfa.states[stateOf(member)].bytes)
            if (classes.classOf[byte.range.low] <= c && c <= classes.classOf[byte.range.high])
              take(byte.to);
      });
    }
    dfa.states[id].counted = std::move(counts);
  }

  /// `from` and all that it reaches by empty edges, without those that say nothing more.
  Subset closure(const Subset &from, bool *ends = nullptr) {
    ++round;
    Subset kept, open(from);
    while (!open.empty()) {
      const uint32_t member = open.back();
      open.pop_back();
      if (seen[member] == round)
        continue;
      seen[member] = round;
      const uint32_t state = stateOf(member), count = countOf(member);
      const Nfa::State &edges = nfa.states[state];
      for (const Nfa::EmptyEdge &edge : edges.empty) {
        // A count holds for the loop alone.
        const uint32_t carried = nfa.states[edge.to].loop == Nfa::none ? Nfa::none : count;
        open.push_back(memberOf(edge.to, edge.count == Nfa::none ? carried : edge.count));
      }
      if (ends)
        *ends |= state == nfa.end;
      // States with empty edges only say nothing more; the end has to be told apart.
      if (!edges.bytes.empty() || !edges.calls.empty() || state == nfa.end)
        kept.push_back(member);
    }
    std::ranges::sort(kept);
    return kept;
  }

  /// The state for `from` and all that it reaches by empty edges.
  uint32_t idOf(const Subset &from) {
    if (from.empty())
      return Dfa::none;
    bool ends = false;
    Subset kept = closure(from, &ends);
    if (kept.empty())
      return Dfa::none;
    auto [place, isNew] = ids.try_emplace(std::move(kept), uint32_t(subsets.size()));
    if (isNew) {
      subsets.push_back(&place->first);
      members += place->first.size();
      Dfa::State &state = dfa.states.emplace_back();
      state.ends = ends;
      state.counts = std::ranges::any_of(place->first, [&](uint32_t member) {
        const uint32_t count = countOf(member);
        return nfa.states[stateOf(member)].loop != Nfa::none &&
               (count == Nfa::none || !nfa.counts[count].begins);
      });
    }
    return place->second;
  }

  const Nfa &nfa;
  const ByteClasses &classes;
  size_t room;
  size_t members = 0;
  std::vector<uint32_t> seen; // [members]: the round that came here last
  uint32_t round = 0;
  std::vector<std::pair<uint32_t, uint32_t>> withCounts; // states and counts
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> numbers;
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
    auto addBeyond = [&](uint32_t count) {
      if (count != Dfa::none && dfa.counts[count].beyond != Dfa::none)
        from[dfa.counts[count].beyond].push_back(state);
    };
    for (const Dfa::Call &call : dfa.states[state].calls) {
      if (call.back != Dfa::none)
        from[call.back].push_back(state);
      addBeyond(call.count);
    }
    for (uint32_t count : dfa.states[state].counted)
      addBeyond(count);
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
      Dfa::State &made = kept.states.emplace_back();
      made.ends = dfa.states[state].ends;
      made.counts = dfa.states[state].counts;
      made.counted = dfa.states[state].counted;
    }
  auto renamed = [&](uint32_t to) { return to == Dfa::none || !live[to] ? Dfa::none : newId[to]; };
  for (uint32_t state = 0; state < count; ++state) {
    if (newId[state] == Dfa::none)
      continue;
    for (uint32_t c = 0; c < classes; ++c)
      kept.next.push_back(renamed(dfa.next[size_t(state) * classes + c]));
    for (const Dfa::Call &call : dfa.states[state].calls)
      if (const uint32_t back = renamed(call.back); back != Dfa::none)
        kept.states[newId[state]].calls.push_back({call.rule, back, call.count});
  }
  for (const Dfa::Count &count : dfa.counts)
    kept.counts.push_back({count.begins, count.most, renamed(count.beyond)});
  return kept;
}

} // namespace

Result<Dfa> determinize(const Nfa &nfa, const ByteClasses &classes, size_t room,
                        std::string_view rule, uint32_t &unclear) {
  Subsets subsets(nfa, classes, room);
  const bool isDone = subsets.run();
  unclear = subsets.unclear;
  if (!isDone)
    return fail(
        "the rule \"" + std::string(rule) + "\" needs more than " + std::to_string(mostStates) +
        " deterministic states; lower its counts or make its alternatives begin differently");
  return trimmed(subsets.dfa, classes.count);
}

} // namespace weft::constrain
