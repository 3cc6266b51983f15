#include "runtime/text/tokenizer/TokenMatcher.h"

#include <algorithm>

namespace weft::text {

uint32_t TokenMatcher::childOf(uint32_t state, char byte) const {
  if (state == 0)
    return fromRoot[static_cast<unsigned char>(byte)];
  uint32_t child = states[state].child;
  while (child && states[child].byte != byte)
    child = states[child].sibling;
  return child;
}

void TokenMatcher::add(std::string_view text, TokenId token) {
  uint32_t state = 0;
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte) {
    uint32_t child = childOf(state, *byte);
    if (!child) {
      child = static_cast<uint32_t>(states.size());
      State made;
      made.byte = *byte;
      made.sibling = states[state].child;
      states.push_back(made);
      states[state].child = child;
      if (state == 0)
        fromRoot[static_cast<unsigned char>(*byte)] = child;
    }
    state = child;
  }
  if (states[state].token >= 0)
    return;
  states[state].longest = static_cast<uint32_t>(text.size());
  states[state].token = token;
}

void TokenMatcher::build() {
  std::vector<uint32_t> order{0}; // breadth first, so that fallbacks are done before their users
  for (size_t i = 0; i < order.size(); ++i) {
    const uint32_t parent = order[i];
    for (uint32_t child = states[parent].child; child; child = states[child].sibling) {
      order.push_back(child);
      if (parent == 0)
        continue;
      uint32_t state = states[parent].fallback, found;
      while (!(found = childOf(state, states[child].byte)) && state)
        state = states[state].fallback;
      states[child].fallback = found;
      if (states[child].token < 0) {
        states[child].longest = states[found].longest;
        states[child].token = states[found].token;
      }
    }
  }
}

void TokenMatcher::find(std::string_view text, std::vector<Match> &matches) const {
  if (empty())
    return;
  std::vector<Match> starts; // from the last to the first
  uint32_t state = 0;
  for (size_t at = text.size(); at-- > 0;) {
    uint32_t found;
    while (!(found = childOf(state, text[at])) && state)
      state = states[state].fallback;
    state = found;
    if (states[state].token >= 0)
      starts.push_back({{at, at + states[state].longest}, states[state].token});
  }
  size_t free = 0;
  for (auto match = starts.rbegin(); match != starts.rend(); ++match) {
    if (match->span.begin < free)
      continue;
    matches.push_back(*match);
    free = match->span.end;
  }
}

} // namespace weft::text
