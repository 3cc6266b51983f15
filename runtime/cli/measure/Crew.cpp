#include "runtime/cli/measure/Crew.h"

#include <algorithm>
#include <fmt/format.h>
#include <sched.h>
#include <system_error>

namespace weft::cli {

Result<std::unique_ptr<Crew>> Crew::make(unsigned threads) {
  std::unique_ptr<Crew> crew(new Crew(threads));
  for (unsigned i = 1; i < threads; ++i)
    try {
      crew->others.emplace_back([&crew = *crew, i] { crew.serve(i); });
    } catch (const std::system_error &error) {
      return fail(fmt::format("cannot start thread {} of {} to measure the machine: {}", i + 1,
                              threads, error.what()));
    }
  return crew;
}

Crew::~Crew() {
  stopping = true;
  ++runs;
  runs.notify_all();
  for (std::thread &other : others)
    other.join();
}

void Crew::meet(std::atomic<unsigned> &arrived) {
  arrived.fetch_add(1, std::memory_order_acq_rel);
  for (unsigned looks = 0; arrived.load(std::memory_order_acquire) < count; ++looks)
    if (looks > 1000)
      ::sched_yield(); // the one waited for may need this processor
}

void Crew::serve(unsigned thread) {
  for (unsigned seen = 0;; ++seen) {
    runs.wait(seen, std::memory_order_acquire);
    if (stopping)
      return;
    runTimed(thread);
    done.fetch_add(1, std::memory_order_acq_rel);
  }
}

/// A thread may lose its processor after the last has come and before it looks at the clock,
/// while the others already do its work: each looks itself.
void Crew::runTimed(unsigned thread) {
  meet(ready);
  times[thread].begin = std::chrono::steady_clock::now();
  (*work)(thread);
  times[thread].end = std::chrono::steady_clock::now();
}

double Crew::run(const std::function<void(unsigned)> &newWork) {
  work = &newWork;
  ready = done = 0;
  runs.fetch_add(1, std::memory_order_acq_rel);
  runs.notify_all();
  runTimed(0);
  meet(done);
  Times all = times[0];
  for (const Times &each : times)
    all = {std::min(all.begin, each.begin), std::max(all.end, each.end)};
  return std::chrono::duration<double>(all.end - all.begin).count();
}

} // namespace weft::cli
