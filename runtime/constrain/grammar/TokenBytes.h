// Tokens as bytes that are in no text, for grammars that name tokens rather than texts.
#pragma once

#include "runtime/constrain/automaton/CodePoints.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace weft::constrain {

/// Begins each of them, and no UTF-8.
inline constexpr uint8_t tokenMark = 0xFF;
inline constexpr int32_t mostTokens = 1 << 24;

/// What stands for the token itself.
inline std::string bytesOfToken(int32_t id) {
  return {char(tokenMark), char(id >> 16), char(id >> 8), char(id)};
}

/// Gives the bytes of tokens `low` to `high` (both in) as sequences of three ranges behind the
/// mark.
void tokenSequences(int32_t low, int32_t high,
                    const std::function<void(std::span<const ByteRange>)> &emit);

} // namespace weft::constrain
