#include "runtime/device/cpu/ThreadPool.h"

#include "runtime/device/Device.h"

#include <cstring>
#include <fmt/format.h>

namespace weft {

constexpr unsigned mostThreads = 1024;
constexpr size_t stackBytes = WEFT_KERNEL_STACK + (size_t(1) << 20);

// Decoding calls again after some microseconds of sampling.
constexpr std::chrono::microseconds awakeBetweenRegions(100);
// Longer than one share of a kernel takes more than another.
constexpr std::chrono::microseconds awakeAtBarriers(500);

Result<std::unique_ptr<ThreadPool>> ThreadPool::make(unsigned threads) {
  if (threads == 0 || threads > mostThreads)
    return fail(fmt::format("expected 1 to {} threads, found {}", mostThreads, threads));
  std::unique_ptr<ThreadPool> pool(new ThreadPool(threads));
  if (auto started = pool->startThreads(); !started)
    return failFrom(started);
  return pool;
}

Result<void> ThreadPool::startThreads() {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stackBytes);
  starts.reserve(count); // Threads keep pointers into it.
  int error = 0;
  for (unsigned worker = 1; worker < count && error == 0; ++worker) {
    pthread_t thread;
    auto entry = [](void *argument) -> void * {
      auto *start = static_cast<Start *>(argument);
      start->pool->serve(start->worker);
      return nullptr;
    };
    error = ::pthread_create(&thread, &attributes, entry, &starts.emplace_back(this, worker));
    if (error == 0)
      threads.push_back(thread);
  }
  ::pthread_attr_destroy(&attributes);
  if (error != 0)
    return fail(fmt::format("cannot start thread {} of {}: {}; ask for fewer", threads.size() + 2,
                            count, std::strerror(error)));
  return {};
}

ThreadPool::~ThreadPool() {
  stopping = true;
  regions.advance();
  for (pthread_t thread : threads)
    ::pthread_join(thread, nullptr);
}

void ThreadPool::serve(unsigned worker) {
  for (uint32_t seen = 0;; ++seen) {
    regions.waitPast(seen, awakeBetweenRegions);
    if (stopping)
      return;
    call(context, worker);
    barrier();
  }
}

void ThreadPool::run(Call newCall, void *newContext) {
  call = newCall;
  context = newContext;
  regions.advance();
  call(context, 0);
  barrier();
}

void ThreadPool::barrier() {
  uint32_t seen = barriers.value();
  if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < count) {
    barriers.waitPast(seen, awakeAtBarriers);
    return;
  }
  // Nobody arrives at the next one before the gate has moved.
  arrived.store(0, std::memory_order_relaxed);
  barriers.advance();
}

} // namespace weft
