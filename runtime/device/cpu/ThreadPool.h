// Threads that work through a region together.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/Gate.h"

#include <atomic>
#include <memory>
#include <pthread.h>
#include <vector>

namespace weft {

/// `size()` workers: the thread that calls run() is worker 0, the others are created once
/// and sleep between regions, after a short while of waiting awake. run() is called by one
/// thread at a time.
class ThreadPool {
public:
  /// Errors: `threads` is 0 or above 1024, or the system gives no more.
  static Result<std::unique_ptr<ThreadPool>> make(unsigned threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned size() const { return count; }

  /// Calls `work(worker)` on every worker at once and returns when all are done. `work`
  /// does not throw.
  template <typename Work> void run(Work &&work) {
    run([](void *context, unsigned worker) { (*static_cast<Work *>(context))(worker); },
        const_cast<void *>(static_cast<const void *>(&work)));
  }

  /// Within run(): returns once every worker has called it. All see what any wrote before.
  void barrier();

private:
  using Call = void (*)(void *context, unsigned worker);
  struct Start {
    ThreadPool *pool;
    unsigned worker;
  };

  explicit ThreadPool(unsigned threads) : count(threads) {}
  Result<void> startThreads();
  void run(Call call, void *context);
  void serve(unsigned worker);

  const unsigned count;
  std::vector<pthread_t> threads;
  std::vector<Start> starts;

  // The region at hand; written before `regions` advances.
  Call call = nullptr;
  void *context = nullptr;
  bool stopping = false;

  Gate regions;
  Gate barriers;
  alignas(64) std::atomic<unsigned> arrived = 0;
};

} // namespace weft
