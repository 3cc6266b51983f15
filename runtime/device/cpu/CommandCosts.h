// How long commands take, so that small ones are not shared.
#pragma once

#include "runtime/device/Device.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace weft {

/// Times of the commands of one list, measured now and then while it runs: for few and for many
/// tokens apart. Allocates only when it is made.
class CommandCosts {
public:
  explicit CommandCosts(size_t commands) : commands(commands), costs(commands * kinds) {}

  /// Begins a run of `tokens` tokens. Says whether its commands are to be measured.
  bool begin(int64_t tokens);

  /// Nanoseconds of one workgroup; 0 where it is not known yet. The measure before the last one
  /// counts if it is less: a thread may be interrupted at any time.
  float ofGroup(size_t index, const Command &command) const;

  /// The command `index` took this long for `groups` of its workgroups.
  void add(size_t index, const Command &command, int64_t groups, std::chrono::nanoseconds took);

  /// Whether, by what is known, `threads` threads save more than it takes to wake them.
  /// Computed anew after measuring.
  bool worthSharing(std::span<const Command> list, unsigned threads);

private:
  static constexpr unsigned kinds = 8;
  struct Cost {
    uint32_t kernel = UINT32_MAX;
    float least = 0, last = 0;
  };
  struct Kind {
    uint32_t runs = 0;
    /// Runs to measure, whatever the count.
    uint32_t due = 4;
    bool decided = false, worth = true;
  };

  const size_t commands;
  std::vector<Cost> costs;
  std::array<Kind, kinds> ofKind;
  unsigned kind = 0;
};

} // namespace weft
