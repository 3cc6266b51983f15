#include "runtime/generate/grammar/TokenTrie.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace weft::grammar {

TokenTrie::TokenTrie(std::span<const std::string> tokens)
    : vocabularySize(uint32_t(tokens.size())) {
  textBegin.push_back(0);
  for (const std::string &token : tokens) {
    if (token.size() <= mostBytes)
      texts += token;
    textBegin.push_back(uint32_t(texts.size()));
  }
  ids.resize(tokens.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::erase_if(ids, [&](int32_t id) { return bytesOf(id).empty(); });
  std::ranges::sort(ids, [&](int32_t a, int32_t b) {
    return std::pair(bytesOf(a), a) < std::pair(bytesOf(b), b);
  });

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

std::string_view TokenTrie::bytesOf(int32_t token) const {
  const uint32_t begin = textBegin[size_t(token)];
  return std::string_view(texts).substr(begin, textBegin[size_t(token) + 1] - begin);
}

size_t TokenTrie::tableBytes() const {
  return nodes.size() * sizeof(Node) + ids.size() * sizeof(int32_t) + texts.size() +
         textBegin.size() * sizeof(uint32_t);
}

} // namespace weft::grammar
