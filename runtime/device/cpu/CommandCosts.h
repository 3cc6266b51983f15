// Measured costs of commands, by which small ones are run on one thread.
#pragma once

#include "runtime/device/Device.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace weft {

/// Times of the commands of one list, measured in some of its runs. Runs are grouped by the power
/// of two of their tokens, with costs for each group. Allocates only in its constructor. Not
/// thread-safe.
class CommandCosts {
public:
  explicit CommandCosts(size_t commands) : commands(commands), costs(commands * kinds) {}

  /// Begins a run of `tokens` tokens. Returns whether its commands are to be measured.
  bool begin(int64_t tokens);

  /// Returns the nanoseconds that one workgroup of the command takes, 0 if not measured yet. It is
  /// the smaller of the last two measurements, as a thread may be interrupted at any time.
  float ofGroup(size_t index, const Command &command) const;

  /// Records that `groups` workgroups of the command `index` took `took`.
  void add(size_t index, const Command &command, int64_t groups, std::chrono::nanoseconds took);

  /// Returns whether running the list on `threads` threads is expected to save more than waking
  /// them costs. Decided again after each measured run.
  bool worthSharing(std::span<const Command> list, unsigned threads);

private:
  static constexpr unsigned kinds = 8;
  struct Cost {
    uint32_t kernel = UINT32_MAX;
    float least = 0, last = 0;
  };
  struct Kind {
    uint32_t runs = 0;
    /// How many of the next runs are measured in any case.
    uint32_t due = 4;
    bool decided = false, worth = true;
  };

  const size_t commands;
  std::vector<Cost> costs;
  std::array<Kind, kinds> ofKind;
  unsigned kind = 0;
};

} // namespace weft
