// Finds fixed texts in a longer one.
#pragma once

#include "runtime/base/Span.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <array>
#include <string_view>
#include <vector>

namespace weft::text {

/// Finds, left to right and without overlap, the longest of its texts at each place. Time
/// is linear whatever the texts: an automaton (Aho and Corasick, 1975) over the reversed
/// texts runs backwards and so knows at each place the longest that begins there.
class TokenMatcher {
public:
  struct Match {
    Span span;
    TokenId token;
  };

  /// `text` must not be empty. A text added twice keeps the first token.
  void add(std::string_view text, TokenId token);
  /// Must be called once after the last add() and before find().
  void build();
  bool empty() const { return states.size() == 1; }
  void find(std::string_view text, std::vector<Match> &matches) const;

private:
  struct State {
    char byte = 0;
    /// 0 is none: the root is nobody's child.
    uint32_t sibling = 0, child = 0;
    /// The longest proper suffix that is a state too.
    uint32_t fallback = 0;
    /// Length of the longest text that ends here; 0 is none.
    uint32_t longest = 0;
    TokenId token = -1;
  };
  uint32_t childOf(uint32_t state, char byte) const;

  std::vector<State> states = std::vector<State>(1);
  std::array<uint32_t, 256> fromRoot{};
};

} // namespace weft::text
