// The inner loop of the CPU device: one parallel region for a whole list of commands.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/ThreadPool.h"

#include <atomic>
#include <span>

namespace weft {

/// So many workgroups for each worker are the fewest of which some are shared.
inline constexpr int64_t leastSharedGroups = 16;

/// A command list with everything looked up.
struct ReadyCommands {
  std::span<const Command> commands;
  /// By number of the kernel.
  std::span<const WeftKernel> kernels;
  /// Base pointers, by number of the binding.
  std::span<void *const> bindings;
  std::span<const int64_t, WEFT_SIZE_COUNT> sizes;
  /// For every command, how many workgroups of those that nobody has a fixed share of are
  /// taken.
  std::span<std::atomic<int64_t>> taken;
};

/// Runs all commands. Every worker walks the list and takes its fixed, contiguous part of
/// each command's workgroups: the same every time, so that what a thread wrote is in its cache
/// when it reads on. The last ones, Command::shared (a quarter unless told otherwise), go in
/// small pieces to whoever is ready first: processors differ, and lose time to others. Workers
/// wait for each other only where a barrier is needed.
void runCommands(ThreadPool &pool, const ReadyCommands &ready);

} // namespace weft
