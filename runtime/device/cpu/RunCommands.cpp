#include "runtime/device/cpu/RunCommands.h"

#include <algorithm>

namespace weft {

using namespace std::chrono_literals;

// Compiled code bears no marks for UBSan to read in front of its first instruction.
__attribute__((no_sanitize("function"))) static void call(WeftKernel kernel,
                                                          const WeftDispatch &dispatch) {
  kernel(&dispatch);
}

/// One walk through a list.
class CommandRun {
public:
  CommandRun(ThreadPool &pool, const ReadyCommands &ready)
      : pool(pool), ready(ready), costs(ready.state.costs) {}

  void run();

private:
  using Clock = std::chrono::steady_clock;

  void runAlone(const Command &command);
  int64_t runShared(size_t index, unsigned threads, float ofGroup);
  bool mayShare(const Command &command, float ofGroup) const;
  void finish();

  ThreadPool &pool;
  const ReadyCommands &ready;
  CommandCosts &costs;
  /// Whether threads may be at work on what was shared.
  bool open = false;
  unsigned crew = 1;
  /// Nanoseconds that the longest piece of what is shared takes.
  float longestPiece = 0;
};

void CommandRun::runAlone(const Command &command) {
  call(ready.kernels[command.kernel],
       {ready.bindings.data() + command.firstBinding, ready.sizes.data(), 0, command.groups});
}

bool CommandRun::mayShare(const Command &command, float ofGroup) const {
  return command.groups > 1 && (ofGroup == 0 || ofGroup * float(command.groups) >= leastSharedCost);
}

/// Returns how many workgroups this thread ran.
int64_t CommandRun::runShared(size_t index, unsigned threads, float ofGroup) {
  // Of longer ones, others could do a part where the owner of a lane comes late.
  constexpr float longPiece = 50'000;
  const Command &command = ready.commands[index];
  // Few workgroups are large or soon done: all are divided evenly.
  int64_t fixed = command.groups;
  if (command.groups >= leastSharedGroups * threads)
    fixed = command.groups * (WEFT_SHARE_WHOLE - command.shared) / WEFT_SHARE_WHOLE;
  const float pieces = ofGroup * float(fixed) / float(threads) / longPiece;

  RunState::SharedCommand &shared = ready.state.shared[index];
  shared.kernel = ready.kernels[command.kernel];
  shared.dispatch = {ready.bindings.data() + command.firstBinding, ready.sizes.data(), 0, 0};
  shared.grid = Grid(command.groups, fixed, threads, uint32_t(std::clamp(pieces, 1.0f, 64.0f)));
  shared.grid.context = &shared;
  shared.grid.call = [](const void *context, int64_t begin, int64_t end) {
    const auto &self = *static_cast<const RunState::SharedCommand *>(context);
    WeftDispatch dispatch = self.dispatch;
    dispatch.begin = begin;
    dispatch.end = end;
    call(self.kernel, dispatch);
  };
  open = true;
  return pool.share(shared.grid);
}

void CommandRun::finish() {
  // Threads that are at work take at most as long as this one would, give or take.
  constexpr std::chrono::nanoseconds least = 200us, most = 1s;
  const std::chrono::nanoseconds twice(int64_t(std::min(2 * longestPiece, float(most.count()))));
  pool.finish(std::clamp(twice, least, most));
  open = false;
  longestPiece = 0;
}

void CommandRun::run() {
  const bool shares = pool.size() > 1;
  const bool measures = shares && costs.begin(ready.sizes[WEFT_TOKENS]);
  const bool worth = shares && costs.worthSharing(ready.commands, pool.size());
  for (size_t i = 0; i < ready.commands.size(); ++i) {
    const Command &command = ready.commands[i];
    // Where nothing was shared, this thread's order suffices.
    if (command.barrier && open)
      finish();
    if (command.groups == 0)
      continue;
    Clock::time_point begin;
    if (measures)
      begin = Clock::now();
    int64_t ran = command.groups;
    const float ofGroup = worth ? costs.ofGroup(i, command) : 0;
    const unsigned threads = !worth || !mayShare(command, ofGroup) ? 1
                             : open                                ? crew
                                                                   : (crew = pool.crew());
    if (threads > 1)
      ran = runShared(i, threads, ofGroup);
    else
      runAlone(command);
    if (measures)
      costs.add(i, command, ran, Clock::now() - begin);
    if (threads > 1) {
      // What was not known before is now, unless others did all.
      constexpr float unknown = 2e6f;
      const float piece =
          costs.ofGroup(i, command) * float(ready.state.shared[i].grid.longestPiece());
      longestPiece = std::max(longestPiece, piece > 0 ? piece : unknown);
    }
  }
  if (open)
    finish();
}

void runCommands(ThreadPool &pool, const ReadyCommands &ready) { CommandRun(pool, ready).run(); }

} // namespace weft
