// Measures commands by wrapping their kernels in a function that reads the clock. The code that
// divides work among threads need not know, and lists that are not timed pay nothing.
#pragma once

#include "runtime/device/Device.h"

#include <atomic>
#include <chrono>
#include <span>
#include <vector>

namespace weft {

/// A timed copy of a command list, for one run. The commands, kernels and bindings that it was made
/// of must outlive it.
class TimedCommands {
public:
  /// `threads` is the most threads that will call kernels, including the one that constructs this.
  TimedCommands(std::span<const Command> commands, std::span<const WeftKernel> kernels,
                std::span<void *const> bindings, unsigned threads);
  TimedCommands(const TimedCommands &) = delete;
  TimedCommands &operator=(const TimedCommands &) = delete;

  // The timed list, to be run in place of the original.
  std::span<const Command> commands() const { return timedCommands; }
  std::span<const WeftKernel> kernels() const;
  std::span<void *const> bindings() const { return timedBindings; }

  /// After the run, appends a span for each command and each thread that ran workgroups of it.
  void addTo(std::vector<CommandSpan> &spans) const;

private:
  using Clock = std::chrono::steady_clock;
  /// An extra first binding of each command, by which callTimed() finds the kernel to call.
  struct Target {
    TimedCommands *self;
    WeftKernel kernel;
    uint32_t command;
  };
  struct Cell {
    Clock::time_point begin, end;
    bool ran = false;
  };
  /// The times of one thread, written only by it.
  struct alignas(64) ThreadTimes {
    std::vector<Cell> cells; // indexed by command
  };

  static void callTimed(const WeftDispatch *dispatch);
  ThreadTimes *timesOfThisThread();

  const Clock::time_point start = Clock::now();
  /// Distinguishes objects that reuse an address.
  const uint64_t serial;
  std::vector<Target> targets;
  std::vector<Command> timedCommands;
  std::vector<void *> timedBindings;
  std::vector<ThreadTimes> threadTimes;
  std::atomic<unsigned> nextThread = 0;
};

} // namespace weft
