// Regular expressions as automata that read a text once.
#pragma once

#include "runtime/text/regex/Expression.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::regex {

/// A deterministic automaton that finds the same match as a backtracking matcher: the first
/// alternative that leads to a match, and the longest repetition. A state is a list of positions in
/// the expression in order of preference; positions after one at the end of the expression are
/// dropped. Lookahead is checked when the next character is read, so a match is known one character
/// late. (Thompson, 1968; Cox, https://swtch.com/~rsc/regexp/regexp2.html.) Immutable; may be used
/// from any thread.
class Automaton {
public:
  /// Builds the automaton. Returns nothing if it would have too many states or character classes,
  /// or if the expression matches the empty text.
  static std::optional<Automaton> make(const Expression &expression);

  /// Returns the end of the match that begins at `begin`, or `begin` if there is none. `text` must
  /// be valid UTF-8, and `begin` the start of a character.
  size_t matchAt(std::string_view text, size_t begin) const;

private:
  friend class AutomatonBuilder;
  /// A flag of `next`: a match ended before the character just read.
  static constexpr uint16_t matched = 0x8000;
  static constexpr size_t pageSize = 128;

  unsigned classOf(char32_t code) const {
    return pages[pageOf[code / pageSize] * pageSize + code % pageSize];
  }

  /// Number of character classes; one more class stands for the end of the text.
  unsigned classes = 0;
  std::array<uint8_t, 128> lowClasses{};
  std::vector<uint16_t> pageOf;
  std::vector<uint8_t> pages;
  /// The next state, indexed by state and class. State 0 is dead, 1 is the start.
  std::vector<uint16_t> next;
};

} // namespace weft::regex
