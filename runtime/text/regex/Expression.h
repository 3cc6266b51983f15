// Regular expressions as trees, for the subset that an automaton can run.
#pragma once

#include "runtime/text/regex/CharacterSet.h"

#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::regex {

/// A node of a regular expression.
struct Expression {
  enum class Kind {
    /// Matches one character of `set`.
    Characters,
    /// Matches all of `parts` in order; without parts, the empty text.
    Sequence,
    /// Matches the first of `parts` that leads to a match.
    Choice,
    /// Matches `parts[0]` `least` to `most` times.
    Repeat,
    /// Matches the empty text if a character of `set` follows.
    Lookahead,
    /// Matches the empty text if no character of `set` follows.
    NotAhead,
  };
  static constexpr unsigned unlimited = std::numeric_limits<unsigned>::max();

  Kind kind;
  CharacterSet set = {};
  std::vector<Expression> parts = {};
  unsigned least = 0, most = 0;
  bool greedy = true;

  /// Says whether it matches the empty text.
  bool matchesNothing() const;
};

/// Parses Oniguruma's syntax. Returns nothing for constructs without a node (anchors,
/// backreferences, lookbehind, possessive repetition, case folding of non-ASCII letters) and for
/// invalid patterns.
std::optional<Expression> parseExpression(std::string_view pattern);

} // namespace weft::regex
