// Encodes tokens that a grammar names as byte sequences that occur in no UTF-8 text.
#pragma once

#include "runtime/constrain/automaton/CodePoints.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace weft::constrain {

/// The first byte of each sequence; it is never part of UTF-8.
inline constexpr uint8_t tokenMark = 0xFF;
/// Ids must be below this.
inline constexpr int32_t mostTokens = 1 << 24;

/// Returns the byte sequence of token `id`.
inline std::string bytesOfToken(int32_t id) {
  return {char(tokenMark), char(id >> 16), char(id >> 8), char(id)};
}

/// Passes the byte sequences of the tokens `low` to `high` (inclusive) to `emit`, as sequences of
/// three byte ranges after the mark.
void tokenSequences(int32_t low, int32_t high,
                    const std::function<void(std::span<const ByteRange>)> &emit);

} // namespace weft::constrain
