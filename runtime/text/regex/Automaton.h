// Regular expressions that run in one pass over the text.
#pragma once

#include "runtime/text/regex/Expression.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weft::regex {

/// A deterministic automaton that finds what a backtracking matcher finds: of the choices the
/// first that leads to a match, of repetitions the longest. A state is a list of places in the
/// expression in order of preference; once one of them is the end, those after it are
/// forgotten. What may follow is checked when the next character is read, so a match is known
/// one character late. (Thompson, 1968; Cox, https://swtch.com/~rsc/regexp/regexp2.html.)
/// Immutable; may be used from any thread.
class Automaton {
public:
  /// Nothing where it would have too many states or classes of characters, or where the
  /// expression matches the empty text.
  static std::optional<Automaton> make(const Expression &expression);

  /// The end of the match that begins at `begin`, or `begin` where there is none. `text` must
  /// be valid UTF-8 and `begin` the beginning of a character.
  size_t matchAt(std::string_view text, size_t begin) const;

private:
  friend class AutomatonBuilder;
  /// A match ends before the character just read.
  static constexpr uint16_t matched = 0x8000;
  static constexpr size_t pageSize = 128;

  unsigned classOf(char32_t code) const {
    return pages[pageOf[code / pageSize] * pageSize + code % pageSize];
  }

  /// Of characters; one more stands for the end of the text.
  unsigned classes = 0;
  std::array<uint8_t, 128> lowClasses{};
  std::vector<uint16_t> pageOf;
  std::vector<uint8_t> pages;
  /// By state and class; state 0 leads nowhere, 1 is the beginning.
  std::vector<uint16_t> next;
};

} // namespace weft::regex
