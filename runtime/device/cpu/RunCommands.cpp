#include "runtime/device/cpu/RunCommands.h"

#include <algorithm>

namespace weft {

// Compiled code bears no marks for UBSan to read in front of its first instruction.
__attribute__((no_sanitize("function"))) static void call(WeftKernel kernel,
                                                          const WeftDispatch &dispatch) {
  kernel(&dispatch);
}

namespace {

/// A command's workgroups as one worker sees them.
class Shares {
public:
  Shares(const ReadyCommands &ready, const Command &command, int64_t workers)
      : ready(ready), command(command), workers(workers),
        taken(ready.taken[&command - ready.commands.data()]) {
    // Few workgroups are large or soon done: all are shared out.
    fixed = command.groups;
    if (workers > 1 && command.groups >= leastSharedGroups * workers)
      fixed = command.groups * (WEFT_SHARE_WHOLE - command.shared) / WEFT_SHARE_WHOLE;
    piece = std::max<int64_t>(1, (command.groups - fixed) / (8 * workers));
  }

  void run(int64_t worker) {
    int64_t share = fixed / workers, larger = fixed % workers; // So many take one more.
    int64_t begin = worker * share + std::min(worker, larger);
    call(begin, begin + share + (worker < larger ? 1 : 0));
    for (int64_t rest = command.groups - fixed; rest > 0;) {
      int64_t first = taken.fetch_add(piece, std::memory_order_relaxed);
      if (first >= rest)
        return;
      call(fixed + first, fixed + std::min(first + piece, rest));
    }
  }

private:
  void call(int64_t begin, int64_t end) {
    if (begin != end)
      weft::call(ready.kernels[command.kernel],
                 {ready.bindings.data() + command.firstBinding, ready.sizes.data(), begin, end});
  }

  const ReadyCommands &ready;
  const Command &command;
  int64_t workers, fixed, piece;
  std::atomic<int64_t> &taken;
};

} // namespace

static void walk(ThreadPool &pool, const ReadyCommands &ready, unsigned worker) {
  int64_t workers = pool.size();
  bool barrierDue = false;
  // Most workers that any command since the last barrier had; they are 0, 1, ...
  int64_t widest = 0;
  for (const Command &command : ready.commands) {
    barrierDue |= command.barrier;
    int64_t wide = std::min(command.groups, workers);
    if (wide == 0)
      continue;
    // Where all before and this are worker 0's alone, or nothing ran, its order suffices.
    if (barrierDue && std::max(widest, wide) > 1) {
      if (widest > 0)
        pool.barrier();
      barrierDue = false;
      widest = 0;
    }
    widest = std::max(widest, wide);
    Shares(ready, command, workers).run(worker);
  }
}

void runCommands(ThreadPool &pool, const ReadyCommands &ready) {
  for (std::atomic<int64_t> &taken : ready.taken)
    taken.store(0, std::memory_order_relaxed); // The pool hands it to the other workers.
  pool.run([&](unsigned worker) { walk(pool, ready, worker); });
}

} // namespace weft
