#include "runtime/generate/grammar/TokenMasks.h"

#include "runtime/generate/grammar/StateClasses.h"
#include "runtime/generate/grammar/TrieWalk.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <unordered_map>

namespace weft::grammar {

/// Fills the tables of one TokenMasks.
class MaskMaker {
public:
  MaskMaker(TokenMasks &masks, size_t mostBytes)
      : masks(masks), automaton(*masks.automaton), trie(*masks.trie), mostBytes(mostBytes),
        words((trie.vocabulary() + 63) / 64), accepted(words), isAccepted(trie.size()),
        path(TokenTrie::mostBytes + 1), outside(Recognizer::ofAnyCaller(automaton)) {
    for (size_t node = 0; node < trie.size(); ++node)
      deepest = std::max<size_t>(deepest, trie[node].depth);
    for (StateId state = 0; state < automaton.states(); ++state)
      if (!automaton.callsOf(state).empty())
        callingRules.push_back(automaton.ruleOf[state]);
  }

  Result<void> run() {
    const std::vector<uint32_t> classes = classesToDepth(automaton, deepest);
    std::vector<uint32_t> first(automaton.states(), noState); // [classes]: a state of it
    masks.states.resize(automaton.states());
    for (StateId state : statesThatNeedOne()) {
      ++masks.summary.states;
      StateId &like = first[classes[state]];
      if (like == noState) {
        like = state;
        make(state);
        if (tried > mostTries || tableBytes() > mostBytes)
          return fail("the grammar has too many states that differ (" +
                      std::to_string(masks.summary.states) + " of " +
                      std::to_string(automaton.states()) +
                      " took all the time or memory there is); lower its counts or split it");
      } else {
        masks.states[state] = masks.states[like];
      }
      masks.summary.mostUncertain =
          std::max<size_t>(masks.summary.mostUncertain, masks.states[state].uncertainCount);
    }
    masks.summary.distinctMasks = masks.masks.size();
    masks.summary.bytes = tableBytes();
    return {};
  }

private:
  /// Bytes that may be tried for all masks: some ten seconds.
  static constexpr size_t mostTries = size_t(1) << 29;

  size_t tableBytes() const {
    return masks.states.size() * sizeof(masks.states[0]) +
           masks.masks.size() * sizeof(TokenMasks::Mask) + masks.lists.size() * sizeof(int32_t) +
           masks.bitmaps.size() * sizeof(uint64_t) + masks.nodes.size() * sizeof(uint32_t);
  }

  /// Those that a byte or the end of a called rule leads to, and the very first.
  std::vector<StateId> statesThatNeedOne() const {
    std::vector<bool> needed(automaton.states());
    needed[automaton.starts[automaton.root]] = true;
    for (StateId to : automaton.next)
      if (to != noState)
        needed[to] = true;
    for (const CallEdge &call : automaton.calls)
      needed[call.back] = true;
    std::vector<StateId> states;
    for (StateId state = 0; state < automaton.states(); ++state)
      if (needed[state])
        states.push_back(state);
    return states;
  }

  void make(StateId state) {
    std::ranges::fill(accepted, 0);
    beyond.clear();
    const bool hasCalls =
        std::ranges::binary_search(callingRules, automaton.ruleOf[state]); // in order of states
    hasCalls ? walkWithCalls(state) : walkAlone(state);
    masks.states[state].mask = keepMask();
    keepUncertain(state);
    for (uint32_t node : acceptedNodes)
      isAccepted[node] = false;
    acceptedNodes.clear();
  }

  void accept(uint32_t node) {
    isAccepted[node] = true;
    acceptedNodes.push_back(node);
    for (int32_t id : trie.tokensAt(node))
      accepted[size_t(id) / 64] |= uint64_t(1) << (id % 64);
  }

  void walkWithCalls(StateId state) {
    Recognizer recognizer = Recognizer::ofState(automaton, state);
    tried += walkTrie(trie, recognizer, 0, trie.size(), 0, [&](uint32_t node) {
      accept(node);
      if (recognizer.canEnd())
        beyond.push_back(node);
    });
  }

  /// The same for a rule that calls none, which is most of the work: one state a byte.
  void walkAlone(StateId state) {
    path[0] = state;
    for (uint32_t node = 0; node < trie.size(); ++tried) {
      const StateId to = automaton.after(path[trie[node].depth - 1u], trie[node].byte);
      if (to == noState) {
        node = trie[node].end;
        continue;
      }
      path[trie[node].depth] = to;
      accept(node);
      if (automaton.ends[to])
        beyond.push_back(node);
      ++node;
    }
  }

  uint32_t keepMask() {
    std::vector<int32_t> ids;
    for (uint32_t node : acceptedNodes)
      for (int32_t id : trie.tokensAt(node))
        ids.push_back(id);
    std::ranges::sort(ids);
    uint64_t hash = ids.size();
    for (uint64_t word : accepted)
      hash = (hash ^ word) * 0x9e3779b97f4a7c15u, hash ^= hash >> 32;
    auto [begin, end] = byHash.equal_range(hash);
    for (auto place = begin; place != end; ++place)
      if (isEqual(masks.masks[place->second], ids))
        return place->second;

    TokenMasks::Mask mask;
    mask.isBitmap = ids.size() > 2 * words;
    if (mask.isBitmap) {
      mask.begin = uint32_t(masks.bitmaps.size() / words);
      masks.bitmaps.insert(masks.bitmaps.end(), accepted.begin(), accepted.end());
    } else {
      mask.begin = uint32_t(masks.lists.size());
      mask.count = uint32_t(ids.size());
      masks.lists.insert(masks.lists.end(), ids.begin(), ids.end());
    }
    masks.masks.push_back(mask);
    byHash.emplace(hash, uint32_t(masks.masks.size() - 1));
    return uint32_t(masks.masks.size() - 1);
  }

  bool isEqual(const TokenMasks::Mask &mask, const std::vector<int32_t> &ids) const {
    if (mask.isBitmap)
      return std::equal(accepted.begin(), accepted.end(),
                        masks.bitmaps.begin() + std::ptrdiff_t(mask.begin * words));
    return std::ranges::equal(ids, std::span(masks.lists).subspan(mask.begin, mask.count));
  }

  /// Tokens that some caller would take behind the end of the rule, without those accepted.
  void keepUncertain(StateId state) {
    std::vector<uint32_t> uncertain;
    for (uint32_t end : beyond) {
      outside.restartAfter(automaton.ruleOf[state]);
      tried += walkTrie(trie, outside, end + 1, trie[end].end, trie[end].depth,
                        [&](uint32_t node) {
                          if (!isAccepted[node] && !trie.tokensAt(node).empty())
                            uncertain.push_back(node);
                        });
    }
    std::ranges::sort(uncertain);
    const auto doubled = std::ranges::unique(uncertain);
    uncertain.erase(doubled.begin(), doubled.end());
    std::vector<uint32_t> withPaths, above;
    for (uint32_t node : uncertain) {
      while (!above.empty() && trie[above.back()].end <= node)
        above.pop_back();
      uint32_t at = above.empty() ? 0 : above.back() + 1;
      for (;; ++at) {
        while (trie[at].end <= node)
          at = trie[at].end;
        above.push_back(at);
        withPaths.push_back(at);
        if (at == node)
          break;
      }
    }
    masks.states[state].uncertain = uint32_t(masks.nodes.size());
    masks.states[state].uncertainCount = uint32_t(withPaths.size());
    masks.nodes.insert(masks.nodes.end(), withPaths.begin(), withPaths.end());
  }

  TokenMasks &masks;
  const Automaton &automaton;
  const TokenTrie &trie;
  size_t mostBytes;
  size_t words;
  size_t deepest = 0;
  size_t tried = 0;
  std::vector<uint64_t> accepted;       // [words]: of the state at hand
  std::vector<uint32_t> acceptedNodes;  // likewise
  std::vector<bool> isAccepted;         // [trie nodes]: likewise
  std::vector<uint32_t> beyond;         // trie nodes where the rule may end: likewise
  std::vector<StateId> path;            // [depth]
  std::vector<RuleId> callingRules;
  Recognizer outside;
  std::unordered_multimap<uint64_t, uint32_t> byHash;
};

Result<TokenMasks> TokenMasks::make(const Automaton &automaton, const TokenTrie &trie,
                                    size_t mostBytes) {
  const auto start = std::chrono::steady_clock::now();
  TokenMasks masks(automaton, trie);
  if (auto made = MaskMaker(masks, mostBytes).run(); !made)
    return failFrom(made);
  masks.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return masks;
}

void TokenMasks::fill(std::span<uint64_t> bits, Recognizer &recognizer) const {
  auto set = [&](int32_t id) { bits[size_t(id) / 64] |= uint64_t(1) << (id % 64); };
  std::ranges::fill(bits, 0);
  // What calls brought here is in the masks of the states that called.
  for (const Recognizer::Item &item : recognizer.readings()) {
    if (item.isCalled)
      continue;
    const Mask &mask = masks[states[item.state].mask];
    if (mask.isBitmap) {
      const uint64_t *from = bitmaps.data() + size_t(mask.begin) * bits.size();
      for (size_t i = 0; i < bits.size(); ++i)
        bits[i] |= from[i];
    } else {
      for (uint32_t i = 0; i < mask.count; ++i)
        set(lists[mask.begin + i]);
    }
  }
  // By index: the walk appends to the readings and takes them away again.
  for (size_t i = 0; i < recognizer.readings().size(); ++i) {
    const Recognizer::Item item = recognizer.readings()[i];
    if (item.isCalled)
      continue;
    const StateMask &state = states[item.state];
    walkNodes(*trie, recognizer, std::span(nodes).subspan(state.uncertain, state.uncertainCount),
              [&](uint32_t node) {
                for (int32_t id : trie->tokensAt(node))
                  set(id);
              });
  }
}

} // namespace weft::grammar
