// The inner loop of the CPU device: runs a command list, on several threads if that is faster.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/CommandCosts.h"
#include "runtime/device/cpu/ThreadPool.h"

#include <span>
#include <vector>

namespace weft {

/// A command with fewer workgroups than this for each thread is divided evenly, with none left to
/// whichever thread is free first.
inline constexpr int64_t leastSharedGroups = 16;
/// A command that takes fewer nanoseconds than this runs on one thread: handing it to others and
/// waiting for them takes about half of that.
inline constexpr float leastSharedCost = 2'000;

/// What runCommands() remembers of one list between runs: costs, and buffers for what it hands out.
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
  std::vector<SharedCommand> shared; // one for each command; read by all threads
};

/// A command list with kernels and bindings resolved to addresses.
struct ReadyCommands {
  std::span<const Command> commands;
  /// Indexed by Command::kernel.
  std::span<const WeftKernel> kernels;
  /// Base addresses, indexed by binding.
  std::span<void *const> bindings;
  std::span<const int64_t, WEFT_SIZE_COUNT> sizes;
  /// The state of this list, made for its number of commands.
  RunState &state;
};

/// Runs all commands on the calling thread, which divides those that take long enough among the
/// threads of `pool`. Most of a command's workgroups are divided evenly; the last ones
/// (Command::shared, by default a quarter) are taken in small pieces by whichever thread is free
/// first, because threads differ in speed and are interrupted. It waits for other threads only at
/// barriers. Which thread runs a workgroup never changes a result.
void runCommands(ThreadPool &pool, const ReadyCommands &ready);

} // namespace weft
