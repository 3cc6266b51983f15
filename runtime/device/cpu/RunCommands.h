// The inner loop of the CPU device: a list of commands, shared among threads where that pays.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/CommandCosts.h"
#include "runtime/device/cpu/ThreadPool.h"

#include <span>
#include <vector>

namespace weft {

/// So many workgroups for each thread are the fewest of which some are for whoever is ready
/// first.
inline constexpr int64_t leastSharedGroups = 16;
/// Nanoseconds of a command below which one thread is as fast as several: handing it out and
/// waiting for it takes half of one.
inline constexpr float leastSharedCost = 2'000;

/// What runCommands() keeps of one list from run to run.
class RunState {
public:
  explicit RunState(size_t commands) : costs(commands), shared(commands) {}

private:
  friend class CommandRun;
  struct SharedCommand {
    WeftKernel kernel;
    WeftDispatch dispatch;
    Grid grid;
  };
  CommandCosts costs;
  std::vector<SharedCommand> shared; // what threads read of each command
};

/// A command list with everything looked up.
struct ReadyCommands {
  std::span<const Command> commands;
  /// By number of the kernel.
  std::span<const WeftKernel> kernels;
  /// Base pointers, by number of the binding.
  std::span<void *const> bindings;
  std::span<const int64_t, WEFT_SIZE_COUNT> sizes;
  /// Made for as many commands.
  RunState &state;
};

/// Runs all commands on the calling thread, which shares those that take long enough with the
/// others of the pool that are there. Most of a command's workgroups are divided evenly; the
/// last ones, Command::shared (a quarter unless told otherwise), go in small pieces to whoever
/// is ready first: processors differ, and lose time to others. Threads are waited for only
/// where a barrier is needed. Which thread runs what never changes a result.
void runCommands(ThreadPool &pool, const ReadyCommands &ready);

} // namespace weft
