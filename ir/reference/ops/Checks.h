// Checks that several ops share.
#pragma once

#include "ir/reference/Tensor.h"
#include "runtime/base/Error.h"

#include <string>

namespace weft::reference {

/// Checks that every index is in [0, limit). Errors: one is not.
inline Result<void> checkIndices(const char *what, const Tensor &indices, int64_t limit) {
  for (size_t i = 0; i < indices.indices().size(); ++i)
    if (int32_t index = indices.indices()[i]; index < 0 || index >= limit)
      return fail("expected " + std::string(what) + " of 0 to " + std::to_string(limit - 1) +
                  ", found " + std::to_string(index) + " at index " + std::to_string(i));
  return {};
}

/// Checks that two sizes are equal. Errors: they are not.
inline Result<void> checkSize(const char *what, int64_t expected, int64_t found) {
  if (expected == found)
    return {};
  return fail("expected " + std::to_string(expected) + " " + what + ", found " +
              std::to_string(found));
}

} // namespace weft::reference
