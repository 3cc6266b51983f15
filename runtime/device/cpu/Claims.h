// A lock-free counter from which threads take pieces of work.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace weft {

/// The pieces 0 <= i < n of one share of a grid. In each round every piece is taken once, by some
/// thread. Round numbers increase; a thread that asks for a round that is over gets nothing, so
/// nobody has to wait for late threads. Thread-safe.
class alignas(128) Claims {
public:
  /// The most pieces that a share may have.
  static constexpr uint32_t most = 4095;

  /// Takes the first free one of `pieces` pieces of round `round`. Returns nothing if none is free
  /// or the round is over.
  std::optional<uint32_t> takeFirst(uint64_t round, uint32_t pieces) {
    return take(round, pieces, false);
  }
  /// Takes the last free piece; else as takeFirst().
  std::optional<uint32_t> takeLast(uint64_t round, uint32_t pieces) {
    return take(round, pieces, true);
  }

  /// Ends round `round`: no piece of it is free any more. Only for the thread that numbers the
  /// rounds, between rounds.
  void close(uint64_t round) { state.store(round << roundShift, std::memory_order_relaxed); }

private:
  static constexpr int endShift = 12, roundShift = 24;
  static constexpr uint64_t mask = most;

  std::optional<uint32_t> take(uint64_t round, uint32_t pieces, bool last) {
    // Whatever a piece reads was made visible with the number of the round.
    uint64_t seen = state.load(std::memory_order_relaxed);
    for (;;) {
      // Rounds are compared as their lower bits go around.
      const auto behind = int64_t((seen >> roundShift << roundShift) - (round << roundShift));
      if (behind > 0)
        return std::nullopt;
      // The first who comes finds the state of a round that is over.
      uint64_t begin = behind < 0 ? 0 : seen & mask;
      uint64_t end = behind < 0 ? pieces : seen >> endShift & mask;
      if (begin == end)
        return std::nullopt;
      const uint64_t taken = last ? --end : begin++;
      const uint64_t next = round << roundShift | end << endShift | begin;
      if (state.compare_exchange_weak(seen, next, std::memory_order_relaxed))
        return uint32_t(taken);
    }
  }

  /// From the lowest bit: the first free piece (12 bits), the end of the free pieces (12 bits), the
  /// round.
  std::atomic<uint64_t> state = 0;
};

} // namespace weft
