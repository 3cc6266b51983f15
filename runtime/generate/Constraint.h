// Which tokens may come next: how grammars and other constraints plug into sampling.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <memory>
#include <span>

namespace weft {

/// Follows the new text of one sequence, token by token, and says what may follow it. It
/// begins before the first new token: the prompt is not shown to it. Not thread-safe.
class TokenConstraint {
public:
  virtual ~TokenConstraint() = default;

  /// Sets bit id % 64 of `bits[id / 64]` for every token that may come next and clears every
  /// other bit; `bits` has ceil(vocabulary / 64) words. An end id has its bit set where the
  /// text may end here. Errors: nothing may follow, not even an end.
  virtual Result<void> mask(std::span<uint64_t> bits) = 0;

  /// `token` was taken; the caller never gives an end id. Errors: it was not allowed; the
  /// state is as before then.
  virtual Result<void> accept(int32_t token) = 0;

  /// Forgets the last `count` accepted tokens; there are so many.
  virtual void rollback(uint64_t count) = 0;

  /// The same state, to go on by itself: another sample, another beam.
  virtual std::unique_ptr<TokenConstraint> fork() const = 0;
};

} // namespace weft
