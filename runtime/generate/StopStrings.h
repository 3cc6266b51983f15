// Stop strings: end a text where one of several strings appears.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Finds the first of several strings in a text that comes in pieces, and withholds text that may
/// be the beginning of one. Works on bytes, so strings may cross tokens. The text ends before the
/// string that is complete first; of several complete at the same byte, before the longest. Not
/// thread-safe.
class StopStrings {
public:
  /// Makes a search for `strings`; with none, all text passes. Errors: an empty string.
  static Result<StopStrings> make(std::span<const std::string> strings);

  /// Adds `piece` to the text. Returns the text that is certain now and was not returned before;
  /// nothing more once a string was found.
  std::string push(std::string_view piece);
  /// Ends the text without a stop string. Returns the text still withheld.
  std::string finish();

  /// Says whether `text` is one of the strings.
  bool contain(std::string_view text) const;
  /// Returns the string that was found, or nullptr.
  const std::string *found() const { return match ? &patterns[*match].text : nullptr; }

private:
  struct Pattern {
    std::string text;
    /// The failure function of Knuth, Morris and Pratt: back[i] is the length of the longest proper
    /// prefix of text[0..i] that is also its suffix.
    std::vector<size_t> back;
    /// How many bytes at the end of the text so far match the beginning of this string.
    size_t matched = 0;
  };

  std::vector<Pattern> patterns;
  std::string withheld;
  std::optional<size_t> match; // index into patterns
};

} // namespace weft
