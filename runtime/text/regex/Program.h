// A regular expression as a nondeterministic program.
#pragma once

#include "runtime/text/regex/Expression.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace weft::regex {

struct Instruction {
  enum class Kind : uint8_t {
    /// Takes a character of set `set`, goes on at `first`.
    Characters,
    /// Goes on at `first` if the next character is of set `set`.
    Lookahead,
    /// Goes on at `first` if it is not, or if the text ends.
    NotAhead,
    /// Goes on at `first`, or else at `second`.
    Split,
    Match,
  };
  Kind kind;
  uint32_t first = 0, second = 0, set = 0;
};

struct Program {
  std::vector<Instruction> instructions;
  std::vector<CharacterSet> sets;
  uint32_t begin = 0;
};

/// Nothing where the program would be too long.
std::optional<Program> compileExpression(const Expression &expression);

} // namespace weft::regex
