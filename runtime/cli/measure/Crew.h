// Threads that start working at the same moment, to be timed together.
#pragma once

#include "runtime/base/Error.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace weft::cli {

/// A group of threads including the caller. They sleep between runs, so that they do not disturb
/// what is measured in between. Not thread-safe.
class Crew {
public:
  /// Makes a crew of `threads` threads. Errors: the system cannot create that many threads.
  static Result<std::unique_ptr<Crew>> make(unsigned threads);
  ~Crew();
  Crew(const Crew &) = delete;
  Crew &operator=(const Crew &) = delete;

  unsigned size() const { return count; }

  /// Calls work(thread) on each thread; the caller is thread 0. Returns the seconds from the first
  /// begin, after all threads are awake, to the last end.
  double run(const std::function<void(unsigned thread)> &work);

private:
  explicit Crew(unsigned threads) : count(threads), times(threads) {}
  void serve(unsigned thread);
  void runTimed(unsigned thread);
  /// Spins until all threads have called it in this run.
  void meet(std::atomic<unsigned> &arrived);

  const unsigned count;
  struct Times {
    std::chrono::steady_clock::time_point begin, end;
  };
  std::vector<Times> times; // one for each thread
  std::vector<std::thread> others;
  const std::function<void(unsigned)> *work = nullptr;
  std::atomic<unsigned> runs = 0, ready = 0, done = 0;
  bool stopping = false;
};

} // namespace weft::cli
