// The interface by which grammars and other constraints take part in sampling.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <memory>
#include <span>

namespace weft {

/// Tracks the new text of one sequence, token by token, and says which tokens may come next. It
/// starts before the first new token and never sees the prompt. Not thread-safe.
class TokenConstraint {
public:
  virtual ~TokenConstraint() = default;

  /// Sets bit id % 64 of `bits[id / 64]` for every token that may come next and clears all others.
  /// `bits` has ceil(vocabulary / 64) words. The bit of an end id is set if the text may end here.
  /// Errors: no token is allowed, not even an end id.
  virtual Result<void> mask(std::span<uint64_t> bits) = 0;

  /// Records that `token`, which must not be an end id, was taken. Errors: it is not allowed; the
  /// state is unchanged then.
  virtual Result<void> accept(int32_t token) = 0;

  /// Forgets the last `count` accepted tokens; there must be at least that many.
  virtual void rollback(uint64_t count) = 0;

  /// Returns an independent copy with the same state, for another sample or beam.
  virtual std::unique_ptr<TokenConstraint> fork() const = 0;
};

} // namespace weft
