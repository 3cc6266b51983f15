#include "runtime/constrain/mask/TokenMasks.h"

#include "runtime/base/SecondsSince.h"
#include "runtime/constrain/mask/MaskMaker.h"
#include "runtime/constrain/mask/TrieWalk.h"

#include <algorithm>

namespace weft::constrain {

Result<TokenMasks> TokenMasks::make(const GrammarAutomaton &automaton, const TokenTrie &trie,
                                    size_t mostBytes) {
  const auto start = std::chrono::steady_clock::now();
  TokenMasks masks(automaton, trie);
  if (auto made = MaskMaker(masks, mostBytes).run(); !made)
    return failFrom(made);
  masks.summary.seconds = secondsSince(start);
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

} // namespace weft::constrain
