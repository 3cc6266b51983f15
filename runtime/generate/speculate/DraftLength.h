// How far to guess ahead.
#pragma once

#include <algorithm>
#include <cstdint>

namespace weft {

/// Guesses grow while they are right and shrink to what was right of them; after guesses that
/// were all wrong there are pauses, longer and longer ones, as a wrong guess makes a step dearer.
class DraftLength {
public:
  /// Tokens to guess in this step, at most `most`.
  uint64_t next(uint64_t most) {
    if (pause > 0) {
      --pause;
      return 0;
    }
    return std::min(length, most);
  }

  /// Of `drafted` guessed tokens, at least 1, `accepted` were right.
  void report(uint64_t drafted, uint64_t accepted) {
    if (accepted == drafted)
      length = std::min(std::max(length, 2 * drafted), longest);
    else
      length = std::max<uint64_t>(accepted + 1, length / 2);
    failures = accepted == 0 ? std::min(failures + 1, mostFailures) : 0;
    pause = (uint64_t(1) << failures) - 1;
  }

private:
  static constexpr uint64_t longest = 16, mostFailures = 4;
  uint64_t length = 4, pause = 0, failures = 0;
};

} // namespace weft
