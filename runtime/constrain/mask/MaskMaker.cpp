#include "runtime/constrain/mask/MaskMaker.h"

#include "runtime/constrain/mask/TrieWalk.h"

#include <algorithm>
#include <bit>
#include <string>

namespace weft::constrain {

namespace {

constexpr uint32_t none = UINT32_MAX;
/// Bytes that may be tried for all masks: some ten seconds.
constexpr size_t mostTries = size_t(1) << 29;
/// Trie nodes that are remembered to be compared with.
constexpr size_t mostRemembered = size_t(1) << 24;

void setBit(std::span<uint64_t> bits, int32_t id) {
  bits[size_t(id) / 64] |= uint64_t(1) << (id % 64);
}
bool isSet(std::span<const uint64_t> bits, int32_t id) {
  return bits[size_t(id) / 64] >> (id % 64) & 1;
}

} // namespace

MaskMaker::MaskMaker(TokenMasks &masks, size_t mostBytes)
    : masks(masks), automaton(*masks.automaton), trie(*masks.trie), mostBytes(mostBytes),
      words((trie.vocabulary() + 63) / 64), accepted(words), path(TokenTrie::mostBytes + 1),
      outside(Recognizer::ofAnyCaller(automaton)) {
  measureTrie();
}

/// Makes the classes of states, and says which of them count at each node.
void MaskMaker::measureTrie() {
  std::vector<uint16_t> below(trie.size()); // bytes of the longest token behind the node
  uint16_t deepest = 0;
  for (uint32_t node = uint32_t(trie.size()); node-- > 0;) {
    deepest = std::max(deepest, trie[node].depth);
    for (uint32_t child = node + 1; child < trie[node].end; child = trie[child].end)
      below[node] = std::max(below[node], uint16_t(below[child] + 1));
  }
  classes.emplace(automaton, deepest);
  std::vector<uint8_t> tables;
  for (size_t bytes = 0; bytes <= deepest; ++bytes)
    tables.push_back(uint8_t(classes->tableFor(bytes)));
  for (uint16_t bytes : below)
    tableOf.push_back(tables[bytes]);
  for (size_t table = 0; table < classes->tables(); ++table)
    knownOf.emplace_back(classes->count(table), none);
}

Result<void> MaskMaker::run() {
  const std::span<const uint32_t> finest = (*classes)[classes->tables() - 1];
  std::vector<StateId> first(automaton.states(), noState); // [classes]: a state of it
  masks.states.resize(automaton.states());
  for (StateId state : statesThatNeedOne()) {
    ++masks.summary.states;
    StateId &like = first[finest[state]];
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

size_t MaskMaker::tableBytes() const {
  return masks.states.size() * sizeof(masks.states[0]) +
         masks.masks.size() * sizeof(TokenMasks::Mask) + masks.lists.size() * sizeof(int32_t) +
         masks.bitmaps.size() * sizeof(uint64_t) + masks.nodes.size() * sizeof(uint32_t);
}

/// Those that a byte or the end of a called rule leads to, and the very first.
std::vector<StateId> MaskMaker::statesThatNeedOne() const {
  std::vector<bool> needed(automaton.states());
  needed[automaton.starts[automaton.root]] = true;
  for (StateId to : automaton.next)
    if (to != noState)
      needed[to] = true;
  for (const CallEdge &call : automaton.calls)
    needed[call.back] = true;
  for (const CountEdge &count : automaton.counts)
    if (count.beyond != noState)
      needed[count.beyond] = true;
  std::vector<StateId> states;
  for (StateId state = 0; state < automaton.states(); ++state)
    if (needed[state])
      states.push_back(state);
  return states;
}

void MaskMaker::make(StateId state) {
  std::ranges::fill(accepted, 0);
  beyond.clear();
  if (hasCalls(state))
    walkCalls(state, 0, uint32_t(trie.size()), 0);
  else
    walkBeside(mostSimilar(state), state);
  masks.states[state].mask = keepMask();
  keepUncertain(state);
  remember(state);
}

const MaskMaker::Known *MaskMaker::mostSimilar(StateId state) const {
  for (size_t table = classes->tables(); table-- > 0;)
    if (const uint32_t index = knownOf[table][(*classes)[table][state]]; index != none)
      return &known[index];
  return nullptr;
}

void MaskMaker::remember(StateId state) {
  remembered += beyond.size();
  if (hasCalls(state) || remembered > mostRemembered)
    return;
  known.push_back({state, beyond});
  for (size_t table = 0; table < classes->tables(); ++table)
    knownOf[table][(*classes)[table][state]] = uint32_t(known.size() - 1);
}

/// What `state` takes; `like` may be null.
void MaskMaker::walkBeside(const Known *like, StateId state) {
  if (like)
    restoreMask(like->state);
  path[0] = {state, like ? like->state : noState};
  size_t at = 0; // in the nodes beyond the end of `like`
  for (uint32_t node = 0; node < trie.size(); ++tried) {
    const auto &[byte, depth, end, firstToken] = trie[node];
    const Pair from = path[depth - 1u];
    Pair to = {after(from.state, byte), after(from.like, byte)};
    if (areAlike(to, node)) {
      if (to.state != noState && like) {
        const auto &nodes = like->beyond;
        while (at < nodes.size() && nodes[at] < node)
          ++at;
        for (; at < nodes.size() && nodes[at] < end; ++at)
          beyond.push_back(nodes[at]);
      }
      node = end;
      continue;
    }
    // What calls do is for the recognizer, from nothing.
    if (to.like != noState && (to.state == noState || hasCalls(to.state) || hasCalls(to.like))) {
      dropFrom(node);
      to.like = noState;
    }
    if (to.state == noState) {
      node = end;
      continue;
    }
    path[depth] = to;
    take(node);
    if (automaton.ends[to.state])
      beyond.push_back(node);
    if (hasCalls(to.state)) {
      walkCalls(to.state, node + 1, end, depth);
      node = end;
    } else {
      ++node;
    }
  }
}

/// The nodes [begin, end), below the `depth` bytes that led to `state`.
void MaskMaker::walkCalls(StateId state, uint32_t begin, uint32_t end, size_t depth) {
  Recognizer recognizer = Recognizer::ofState(automaton, state);
  tried += walkTrie(trie, recognizer, begin, end, depth, [&](uint32_t node) {
    take(node);
    if (recognizer.canEnd())
      beyond.push_back(node);
  });
}

bool MaskMaker::areAlike(Pair pair, uint32_t node) const {
  if (pair.state == pair.like)
    return true;
  if (pair.state == noState || pair.like == noState)
    return false;
  const std::span<const uint32_t> numbers = (*classes)[tableOf[node]];
  return numbers[pair.state] == numbers[pair.like];
}

bool MaskMaker::hasCalls(StateId state) const { return !automaton.callsOf(state).empty(); }

StateId MaskMaker::after(StateId state, uint8_t byte) const {
  return state == noState ? noState : automaton.after(state, byte);
}

void MaskMaker::take(uint32_t node) {
  for (int32_t id : trie.tokensAt(node))
    setBit(accepted, id);
}

/// Takes nothing at the node and below.
void MaskMaker::dropFrom(uint32_t node) {
  for (int32_t id : trie.tokensAt(node, trie[node].end))
    accepted[size_t(id) / 64] &= ~(uint64_t(1) << (id % 64));
}

void MaskMaker::restoreMask(StateId state) {
  const TokenMasks::Mask &mask = masks.masks[masks.states[state].mask];
  if (mask.isBitmap)
    std::copy_n(masks.bitmaps.begin() + std::ptrdiff_t(mask.begin * words), words,
                accepted.begin());
  else
    for (int32_t id : std::span(masks.lists).subspan(mask.begin, mask.count))
      setBit(accepted, id);
}

uint32_t MaskMaker::keepMask() {
  size_t count = 0;
  uint64_t hash = 1;
  for (uint64_t word : accepted) {
    count += size_t(std::popcount(word));
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u, hash ^= hash >> 32;
  }
  TokenMasks::Mask mask;
  mask.isBitmap = count > 2 * words;
  std::vector<int32_t> ids;
  for (size_t word = 0; word < words && !mask.isBitmap; ++word)
    for (uint64_t left = accepted[word]; left != 0; left &= left - 1)
      ids.push_back(int32_t(word * 64 + size_t(std::countr_zero(left))));
  auto [begin, end] = byHash.equal_range(hash);
  for (auto place = begin; place != end; ++place)
    if (masks.masks[place->second].isBitmap == mask.isBitmap &&
        isEqual(masks.masks[place->second], ids))
      return place->second;

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

bool MaskMaker::isEqual(const TokenMasks::Mask &mask, const std::vector<int32_t> &ids) const {
  if (mask.isBitmap)
    return std::equal(accepted.begin(), accepted.end(),
                      masks.bitmaps.begin() + std::ptrdiff_t(mask.begin * words));
  return std::ranges::equal(ids, std::span(masks.lists).subspan(mask.begin, mask.count));
}

/// Tokens that some caller would take behind the end of the rule, without those accepted.
void MaskMaker::keepUncertain(StateId state) {
  std::vector<uint32_t> uncertain;
  outside.restartAfter(automaton.ruleOf[state]);
  if (!outside.readings().empty())
    for (uint32_t end : beyond)
      tried += walkTrie(trie, outside, end + 1, trie[end].end, trie[end].depth, [&](uint32_t node) {
        const auto tokens = trie.tokensAt(node);
        if (!tokens.empty() && !isSet(accepted, tokens.front()))
          uncertain.push_back(node);
      });
  std::ranges::sort(uncertain);
  const auto doubled = std::ranges::unique(uncertain);
  uncertain.erase(doubled.begin(), doubled.end());
  keepWithPaths(state, uncertain);
}

/// With each node those above it.
void MaskMaker::keepWithPaths(StateId state, const std::vector<uint32_t> &uncertain) {
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

} // namespace weft::constrain
