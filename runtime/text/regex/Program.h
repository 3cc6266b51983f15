// A regular expression as a nondeterministic program.
#pragma once

#include "runtime/text/regex/Expression.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace weft::regex {

/// An instruction of a program.
struct Instruction {
  enum class Kind : uint8_t {
    /// Reads a character of set `set`, then continues at `first`.
    Characters,
    /// Continues at `first` if the next character is of set `set`.
    Lookahead,
    /// Continues at `first` if the next character is not of set `set`, or the text ends.
    NotAhead,
    /// Tries `first`, then `second`.
    Split,
    Match,
  };
  Kind kind;
  uint32_t first = 0, second = 0, set = 0;
};

/// A regular expression as instructions; starts at `begin`.
struct Program {
  std::vector<Instruction> instructions;
  std::vector<CharacterSet> sets;
  uint32_t begin = 0;
};

/// Compiles `expression`. Returns nothing if the program would be too long.
std::optional<Program> compileExpression(const Expression &expression);

} // namespace weft::regex
