#include "runtime/constrain/mask/TokenTrie.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weft::constrain {

namespace {

/// The first eight bytes as a number that is in their order, zeros behind a shorter text.
uint64_t beginningOf(std::string_view bytes) {
  uint64_t beginning = 0;
  for (size_t i = 0; i < 8; ++i)
    beginning = beginning << 8 | (i < bytes.size() ? uint8_t(bytes[i]) : 0);
  return beginning;
}

} // namespace

TokenTrie::TokenTrie(std::span<const std::string> tokens, std::span<const int32_t> without)
    : vocabularySize(uint32_t(tokens.size())) {
  std::vector<bool> isLeftOut(tokens.size());
  for (int32_t id : without)
    isLeftOut[size_t(id)] = true;
  textBegin.push_back(0);
  for (size_t id = 0; id < tokens.size(); ++id) {
    if (tokens[id].size() <= mostBytes && !isLeftOut[id]) {
      texts += tokens[id];
      longest = std::max(longest, tokens[id].size());
    }
    textBegin.push_back(uint32_t(texts.size()));
  }
  sortIds();

  std::vector<uint32_t> path; // the nodes of the last token
  auto closeDownTo = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back())
      nodes[path.back()].end = uint32_t(nodes.size());
  };
  std::string_view before;
  for (uint32_t i = 0; i < ids.size(); ++i) {
    const std::string_view bytes = bytesOf(ids[i]);
    const auto shared = std::ranges::mismatch(before, bytes).in2 - bytes.begin();
    closeDownTo(size_t(shared));
    for (size_t depth = size_t(shared); depth < bytes.size(); ++depth) {
      path.push_back(uint32_t(nodes.size()));
      nodes.push_back({uint8_t(bytes[depth]), uint16_t(depth + 1), 0, i});
    }
    before = bytes;
  }
  closeDownTo(0);
}

/// By their texts, of equal ones the lower id first. Most differ within a few bytes.
void TokenTrie::sortIds() {
  struct Key {
    uint64_t beginning;
    int32_t id;
  };
  std::vector<Key> keys;
  for (int32_t id = 0; id < int32_t(vocabularySize); ++id)
    if (const std::string_view bytes = bytesOf(id); !bytes.empty())
      keys.push_back({beginningOf(bytes), id});
  std::ranges::sort(keys, [&](const Key &a, const Key &b) {
    return a.beginning != b.beginning
               ? a.beginning < b.beginning
               : std::pair(bytesOf(a.id), a.id) < std::pair(bytesOf(b.id), b.id);
  });
  for (const Key &key : keys)
    ids.push_back(key.id);
}

std::string_view TokenTrie::bytesOf(int32_t token) const {
  const uint32_t begin = textBegin[size_t(token)];
  return std::string_view(texts).substr(begin, textBegin[size_t(token) + 1] - begin);
}

size_t TokenTrie::tableBytes() const {
  return nodes.size() * sizeof(Node) + ids.size() * sizeof(int32_t) + texts.size() +
         textBegin.size() * sizeof(uint32_t);
}

} // namespace weft::constrain
