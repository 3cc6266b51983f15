// A range of bytes.
#pragma once

#include <cstddef>

namespace weft {

/// The bytes [begin, end) of a text.
struct Span {
  size_t begin, end;
  bool operator==(const Span &) const = default;
};

} // namespace weft
