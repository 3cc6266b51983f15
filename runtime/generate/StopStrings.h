// Ends a text where it says something.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Finds the first of several strings in a text that comes in pieces, and keeps back what may be
/// the beginning of one. It sees bytes, so it does not matter where tokens end. The text ends
/// before the string that is complete first; of several that are complete at once, before the
/// longest. Not thread-safe.
class StopStrings {
public:
  /// None at all is fine: all passes then. Errors: an empty string.
  static Result<StopStrings> make(std::span<const std::string> strings);

  /// What of the text up to the end of `piece` can be said now and was not before. Nothing more
  /// once a string was found.
  std::string push(std::string_view piece);
  /// The text ended by itself: what was kept back.
  std::string finish();

  /// Whether `text` is one of the strings.
  bool contain(std::string_view text) const;
  /// The string that was found; nothing where none was.
  const std::string *found() const { return match ? &patterns[*match].text : nullptr; }

private:
  struct Pattern {
    std::string text;
    /// By Knuth, Morris and Pratt: of the first i + 1 bytes, how many at the end are at the
    /// beginning too, all left out.
    std::vector<size_t> back;
    /// Bytes of the text's end that begin the string.
    size_t matched = 0;
  };

  std::vector<Pattern> patterns;
  std::string held;
  std::optional<size_t> match; // of patterns
};

} // namespace weft
