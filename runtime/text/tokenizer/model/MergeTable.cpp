#include "runtime/text/tokenizer/model/MergeTable.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace weft::text {

void MergeTable::reset(size_t count) {
  const size_t size = std::bit_ceil(2 * count + 2);
  slots.assign(size, Slot());
  shift = 64 - static_cast<unsigned>(std::countr_zero(size));
}

void MergeTable::add(TokenId left, TokenId right, Merge merge) {
  const uint64_t key = keyOf(left, right);
  slots[slotOf(key)] = {key, merge};
}

namespace {

constexpr size_t shortWord = 48;

/// Looks at every pair for each merge: quadratic, but for short words the fastest.
void mergeShort(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin) {
  TokenId *word = tokens.data() + begin;
  size_t count = tokens.size() - begin;
  Merge next[shortWord]; // of each token with the one after it; the last has none
  for (size_t i = 0; i + 1 < count; ++i)
    next[i] = merges.find(word[i], word[i + 1]);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i < count; ++i)
      if (next[i].rank < next[best].rank)
        best = i;
    if (next[best].rank == Merge::never)
      break;
    word[best] = next[best].token;
    std::copy(word + best + 2, word + count, word + best + 1);
    std::copy(next + best + 2, next + count, next + best + 1);
    --count;
    next[best] = best + 1 < count ? merges.find(word[best], word[best + 1]) : Merge();
    if (best > 0)
      next[best - 1] = merges.find(word[best - 1], word[best]);
  }
  tokens.resize(begin + count);
}

/// A linked list of tokens and a queue of merges that were possible when they were queued.
class LongMerge {
public:
  LongMerge(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin)
      : merges(merges), tokens(tokens), begin(begin),
        count(static_cast<uint32_t>(std::min<size_t>(tokens.size() - begin, none))) {}

  void run() {
    links.resize(count);
    for (uint32_t i = 0; i < count; ++i)
      links[i] = {i - 1, i + 1}; // the first one's `previous` wraps to `none`
    links[count - 1].next = none;
    for (uint32_t i = 0; i + 1 < count; ++i)
      consider(i, i + 1);
    std::make_heap(queue.begin(), queue.end(), std::greater());
    queued = true;
    while (!queue.empty()) {
      std::pop_heap(queue.begin(), queue.end(), std::greater());
      const uint64_t best = queue.back();
      queue.pop_back();
      tryMerge(static_cast<uint32_t>(best >> 32), static_cast<uint32_t>(best));
    }
    auto from = tokens.begin() + static_cast<std::ptrdiff_t>(begin);
    tokens.erase(std::remove(from, tokens.end(), -1), tokens.end());
  }

private:
  static constexpr uint32_t none = ~uint32_t(0);
  struct Link {
    uint32_t previous, next;
  };

  TokenId &word(uint32_t i) { return tokens[begin + i]; }

  void consider(uint32_t left, uint32_t right) {
    const Merge merge = merges.find(word(left), word(right));
    if (merge.rank == Merge::never)
      return;
    queue.push_back(uint64_t(merge.rank) << 32 | left); // lowest rank first, then leftmost
    if (queued)
      std::push_heap(queue.begin(), queue.end(), std::greater());
  }

  void tryMerge(uint32_t rank, uint32_t left) {
    const uint32_t right = links[left].next;
    if (word(left) < 0 || right == none)
      return; // another merge took one of the two
    const Merge merge = merges.find(word(left), word(right));
    if (merge.rank != rank)
      return; // or made one longer
    word(left) = merge.token;
    word(right) = -1;
    const uint32_t after = links[right].next;
    links[left].next = after;
    if (after != none)
      links[after].previous = left;
    if (links[left].previous != none)
      consider(links[left].previous, left);
    if (after != none)
      consider(left, after);
  }

  const MergeTable &merges;
  std::vector<TokenId> &tokens;
  size_t begin;
  uint32_t count;
  std::vector<Link> links;
  std::vector<uint64_t> queue;
  bool queued = false;
};

void mergePart(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin) {
  const size_t count = tokens.size() - begin;
  if (count > shortWord)
    LongMerge(merges, tokens, begin).run();
  else if (count > 1)
    mergeShort(merges, tokens, begin);
}

} // namespace

void applyMerges(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin) {
  if (tokens.size() - begin <= shortWord)
    return mergePart(merges, tokens, begin);
  const std::vector<TokenId> characters(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                                        tokens.end());
  tokens.resize(begin);
  for (size_t i = 0; i < characters.size(); ++i) {
    if (i > 0 && !merges.mayJoin(characters[i - 1], characters[i])) {
      mergePart(merges, tokens, begin);
      begin = tokens.size();
    }
    tokens.push_back(characters[i]);
  }
  mergePart(merges, tokens, begin);
}

} // namespace weft::text
