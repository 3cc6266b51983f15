// The commands of a list, their kernels behind a function that looks at the clock: how they are
// shared among threads does not know of it, and lists that are not timed pay nothing.
#pragma once

#include "runtime/device/Device.h"

#include <atomic>
#include <chrono>
#include <span>
#include <vector>

namespace weft {

/// For one run. What it was made of must outlive it.
class TimedCommands {
public:
  /// `threads`: the most that will call kernels, the one that makes this among them.
  TimedCommands(std::span<const Command> commands, std::span<const WeftKernel> kernels,
                std::span<void *const> bindings, unsigned threads);
  TimedCommands(const TimedCommands &) = delete;
  TimedCommands &operator=(const TimedCommands &) = delete;

  // To be run in place of what this was made of.
  std::span<const Command> commands() const { return timedCommands; }
  std::span<const WeftKernel> kernels() const;
  std::span<void *const> bindings() const { return timedBindings; }

  /// After the run. One for each thread that ran workgroups of a command.
  void addTo(std::vector<CommandSpan> &spans) const;

private:
  using Clock = std::chrono::steady_clock;
  /// What stands in front of the bindings of a command, for the function behind which its
  /// kernel is.
  struct Target {
    TimedCommands *self;
    WeftKernel kernel;
    uint32_t command;
  };
  struct Cell {
    Clock::time_point begin, end;
    bool ran = false;
  };
  /// The cells of one thread, written by it alone.
  struct alignas(64) Row {
    std::vector<Cell> cells; // by command
  };

  static void callTimed(const WeftDispatch *dispatch);
  Row *rowOfThisThread();

  const Clock::time_point start = Clock::now();
  /// Distinguishes objects at one address.
  const uint64_t serial;
  std::vector<Target> targets;
  std::vector<Command> timedCommands;
  std::vector<void *> timedBindings;
  std::vector<Row> rows;
  std::atomic<unsigned> nextRow = 0;
};

} // namespace weft
