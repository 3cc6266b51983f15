// Regular expressions as trees, as far as an automaton can run them.
#pragma once

#include "runtime/text/regex/CharacterSet.h"

#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::regex {

struct Expression {
  enum class Kind {
    /// One character of `set`.
    Characters,
    /// All of `parts`, one after the other; none of them matches nothing.
    Sequence,
    /// The first of `parts` that leads to a match.
    Choice,
    /// `parts[0]`, `least` to `most` times.
    Repeat,
    /// Nothing, but only where a character of `set` follows.
    Lookahead,
    /// Nothing, but only where none follows, or the text ends.
    NotAhead,
  };
  static constexpr unsigned unlimited = std::numeric_limits<unsigned>::max();

  Kind kind;
  CharacterSet set = {};
  std::vector<Expression> parts = {};
  unsigned least = 0, most = 0;
  bool greedy = true;

  /// Whether the empty text is a match.
  bool matchesNothing() const;
};

/// Reads the syntax of Oniguruma. Nothing for what has a meaning that a tree has no node for:
/// anchors, backreferences, lookbehind, possessive repetition, case folding of other letters
/// than ASCII's, and for whatever does not compile at all.
std::optional<Expression> parseExpression(std::string_view pattern);

} // namespace weft::regex
