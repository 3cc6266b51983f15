#include "runtime/device/cpu/RunCommands.h"

#include <algorithm>

namespace weft {

// Compiled code bears no marks for UBSan to read in front of its first instruction.
__attribute__((no_sanitize("function"))) static void call(WeftKernel kernel,
                                                          const WeftDispatch &dispatch) {
  kernel(&dispatch);
}

static void runShare(const ReadyCommands &ready, const Command &command, int64_t worker,
                     int64_t workers) {
  int64_t share = command.groups / workers;
  int64_t larger = command.groups % workers; // So many workers take one more.
  int64_t begin = worker * share + std::min(worker, larger);
  int64_t end = begin + share + (worker < larger ? 1 : 0);
  if (begin == end)
    return;
  WeftDispatch dispatch = {ready.bindings.data() + command.firstBinding, ready.sizes.data(), begin,
                           end};
  call(ready.kernels[command.kernel], dispatch);
}

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
    runShare(ready, command, worker, workers);
  }
}

void runCommands(ThreadPool &pool, const ReadyCommands &ready) {
  pool.run([&](unsigned worker) { walk(pool, ready, worker); });
}

} // namespace weft
