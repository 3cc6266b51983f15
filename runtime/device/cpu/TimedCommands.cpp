#include "runtime/device/cpu/TimedCommands.h"

namespace weft {

static std::atomic<uint64_t> lastSerial = 0;

TimedCommands::TimedCommands(std::span<const Command> commands, std::span<const WeftKernel> kernels,
                             std::span<void *const> bindings, unsigned threads)
    : serial(++lastSerial), targets(commands.size()),
      timedCommands(commands.begin(), commands.end()), threadTimes(threads) {
  for (ThreadTimes &times : threadTimes)
    times.cells.resize(commands.size());
  for (uint32_t i = 0; i < commands.size(); ++i) {
    Command &command = timedCommands[i];
    targets[i] = {this, kernels[command.kernel], i};
    timedBindings.push_back(&targets[i]);
    const auto own = bindings.subspan(command.firstBinding, command.bindingCount);
    command.firstBinding = uint32_t(timedBindings.size());
    command.kernel = 0;
    timedBindings.insert(timedBindings.end(), own.begin(), own.end());
  }
  timesOfThisThread(); // which makes it the first
}

std::span<const WeftKernel> TimedCommands::kernels() const {
  static constexpr WeftKernel kernel = callTimed;
  return {&kernel, 1};
}

TimedCommands::ThreadTimes *TimedCommands::timesOfThisThread() {
  thread_local uint64_t knownSerial = 0;
  thread_local unsigned knownThread = 0;
  if (knownSerial != serial) {
    knownSerial = serial;
    knownThread = nextThread.fetch_add(1, std::memory_order_relaxed);
  }
  return knownThread < threadTimes.size() ? &threadTimes[knownThread] : nullptr;
}

// Compiled code bears no marks for UBSan to read in front of its first instruction.
__attribute__((no_sanitize("function"))) void
TimedCommands::callTimed(const WeftDispatch *dispatch) {
  const auto &target = *static_cast<const Target *>(dispatch->bindings[-1]);
  ThreadTimes *times = target.self->timesOfThisThread();
  if (!times)
    return target.kernel(dispatch);
  Cell &cell = times->cells[target.command];
  // A thread takes the workgroups of a command piece by piece, one right after the other.
  if (!cell.ran)
    cell.begin = Clock::now();
  target.kernel(dispatch);
  cell.end = Clock::now();
  cell.ran = true;
}

void TimedCommands::addTo(std::vector<CommandSpan> &spans) const {
  auto since = [&](Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time - start).count();
  };
  for (uint32_t thread = 0; thread < threadTimes.size(); ++thread)
    for (uint32_t command = 0; command < targets.size(); ++command)
      if (const Cell &cell = threadTimes[thread].cells[command]; cell.ran)
        spans.push_back({command, thread, since(cell.begin), since(cell.end)});
}

} // namespace weft
