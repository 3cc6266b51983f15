// How many tokens to draft in each step.
#pragma once

#include <algorithm>
#include <cstdint>

namespace weft {

/// Adapts the draft length: it grows while whole drafts are accepted and shrinks towards the
/// accepted length otherwise. After drafts of which nothing was accepted there are growing pauses
/// without drafts, as a rejected draft makes a step slower.
class DraftLength {
public:
  /// Returns the number of tokens to draft in this step, at most `most`; 0 in a pause.
  uint64_t next(uint64_t most) {
    if (pause > 0) {
      --pause;
      return 0;
    }
    return std::min(length, most);
  }

  /// Records that `accepted` of `drafted` tokens (at least 1) were accepted.
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
