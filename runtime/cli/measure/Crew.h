// Threads that begin a piece of work at the same moment, to be timed together.
#pragma once

#include "runtime/base/Error.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace weft::cli {

/// `threads` threads, the caller among them. They sleep between runs, so that they do not
/// disturb what is measured in turn with them. Not thread-safe.
class Crew {
public:
  /// Errors: the system gives no more threads.
  static Result<std::unique_ptr<Crew>> make(unsigned threads);
  ~Crew();
  Crew(const Crew &) = delete;
  Crew &operator=(const Crew &) = delete;

  unsigned size() const { return count; }

  /// Calls work(thread) on each, the caller being thread 0. Returns the seconds from when the
  /// first began, all being awake, until the last was done.
  double run(const std::function<void(unsigned thread)> &work);

private:
  explicit Crew(unsigned threads) : count(threads), times(threads) {}
  void serve(unsigned thread);
  void runTimed(unsigned thread);
  /// Waits awake until so many have passed since the run began.
  void meet(std::atomic<unsigned> &arrived);

  const unsigned count;
  struct Times {
    std::chrono::steady_clock::time_point begin, end;
  };
  std::vector<Times> times; // of each thread
  std::vector<std::thread> others;
  const std::function<void(unsigned)> *work = nullptr;
  std::atomic<unsigned> runs = 0, ready = 0, done = 0;
  bool stopping = false;
};

} // namespace weft::cli
