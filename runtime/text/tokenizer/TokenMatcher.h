// Searches a text for many fixed strings at once.
#pragma once

#include "runtime/base/Span.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <array>
#include <string_view>
#include <vector>

namespace weft::text {

/// Finds the longest of its strings at each place, left to right without overlap. Time is linear in
/// the text whatever the strings are: an Aho-Corasick automaton (1975) of the reversed strings runs
/// backwards over the text, and so knows the longest string that begins at each place.
class TokenMatcher {
public:
  struct Match {
    Span span;
    TokenId token;
  };

  /// Adds a string, which must not be empty. If it was added before, the first token is kept.
  void add(std::string_view text, TokenId token);
  /// Builds the automaton. Call it once, after the last add() and before find().
  void build();
  bool empty() const { return states.size() == 1; }
  void find(std::string_view text, std::vector<Match> &matches) const;

private:
  struct State {
    char byte = 0;
    /// 0: none, as the root is no child.
    uint32_t sibling = 0, child = 0;
    /// The state of the longest proper suffix.
    uint32_t fallback = 0;
    /// Length of the longest string that ends here; 0: none.
    uint32_t longest = 0;
    TokenId token = -1;
  };
  uint32_t childOf(uint32_t state, char byte) const;

  std::vector<State> states = std::vector<State>(1);
  std::array<uint32_t, 256> fromRoot{};
};

} // namespace weft::text
