// Threads that share the workgroups of kernels, as long as they are there.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/Claims.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <pthread.h>
#include <vector>

namespace weft {

/// Workgroups 0 <= i < groups that threads share: those below `fixed` in lanes, one for each
/// thread and contiguous, the same every time, so that what a thread wrote is in its cache when
/// it reads on; the others in small pieces for whoever is ready first. A lane is taken in
/// pieces too, by the thread that it belongs to or by one that has nothing else left to do.
struct Grid {
  /// Runs the workgroups begin <= i < end; does not throw. Threads call it at once, with ranges
  /// that do not overlap.
  using Call = void (*)(const void *context, int64_t begin, int64_t end);

  /// Of `groups` workgroups, `fixed` in lanes for `threads` threads, each in `piecesOfLane`
  /// pieces if it has as many workgroups.
  Grid(int64_t groups, int64_t fixed, unsigned threads, uint32_t piecesOfLane = 1);
  Grid() = default;

  /// Most workgroups that a piece has.
  int64_t longestPiece() const;

  Call call = nullptr;
  const void *context = nullptr;

private:
  friend class ThreadPool;
  struct Range {
    int64_t begin, end;
  };
  Range ofLane(unsigned lane, uint32_t piece) const;
  Range ofRest(uint32_t piece) const;

  int64_t groups = 0, fixed = 0, restPiece = 1;
  uint32_t lanes = 0, pieces = 0, restPieces = 0;
};

/// `size()` threads: the one that calls, and workers that are created once. Workers look for
/// work for a fraction of a millisecond after they had some, then sleep. The caller does what
/// nobody else has taken, so it waits for nobody who does not come, only for those that were
/// interrupted in the middle of a piece. Where that costs more than they are of use, it leaves
/// them alone for some milliseconds, and longer if it happens again, because they would be
/// interrupted by whatever else the machine has to do. All calls are made by one thread at a time.
class ThreadPool {
public:
  /// Errors: `threads` is 0 or above 1024, or the system gives no more.
  static Result<std::unique_ptr<ThreadPool>> make(unsigned threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned size() const { return unsigned(workers.size()) + 1; }

  /// Threads to share with, the caller among them: those that are not left alone. Grids that are
  /// shared until the next call are for so many. Only while nothing is shared.
  unsigned crew();

  /// Hands out `grid`, which lives until finish(), and returns when no piece is left; some may
  /// still be worked on. Returns how many workgroups the caller ran.
  int64_t share(const Grid &grid);

  /// Returns when all that was shared is done; the caller sees what the others wrote. Who is
  /// at work for longer than `patience` from now was interrupted.
  void finish(std::chrono::nanoseconds patience);

private:
  using Clock = std::chrono::steady_clock;

  struct Worker {
    /// Whether it may have taken pieces that it has not reported.
    alignas(128) std::atomic<bool> working = false;
    /// The lane that belongs to it, -1 while it is left alone.
    alignas(128) std::atomic<int> lane = -1;
    /// 1 while it sleeps or is about to. Whoever makes it 0 takes it off `sleepers`.
    std::atomic<uint32_t> asleep = 0;
    // Of the caller alone:
    bool leftAlone = false, late = false;
    Clock::time_point until;    // when it is or was asked again
    Clock::time_point lastLate; // when it was waited for the last time
    Clock::duration debt{};     // time lost by waiting for it, of late
    Clock::duration pause{};
    pthread_t thread;
  };
  struct Round;
  struct Start {
    ThreadPool *pool;
    unsigned worker;
  };

  explicit ThreadPool(unsigned threads);
  Result<void> startThreads();
  void serve(Worker &self);
  bool waitForRound(Worker &self, uint64_t seen);
  void sleep(Worker &self, uint64_t seen);
  bool read(Round &round, const Worker &self) const;
  struct Part {
    uint32_t pieces = 0;
    int64_t groups = 0;
  };
  Part takePart(const Round &round, unsigned lane, bool helps);
  void wakeWorkers();
  void charge(Worker &worker, Clock::duration lost, Clock::time_point now);
  void assignLanes();

  // Rounds: one for each grid. `current` is twice the number of the round, one less while its
  // fields are written. Fields may be read at any time; they are of a round if `current` is
  // the same before and after.
  alignas(128) std::atomic<uint64_t> current = 0;
  std::atomic<const Grid *> grid = nullptr;
  std::atomic<uint32_t> lanes = 0, pieces = 0, restPieces = 0;
  std::atomic<bool> stopping = false;

  /// Pieces that workers have done so far; goes around.
  alignas(128) std::atomic<uint32_t> reported = 0;
  std::atomic<bool> callerSleeps = false;

  alignas(128) std::atomic<int> sleepers = 0;

  // Of the caller alone:
  uint64_t round = 0;
  uint32_t owed = 0; // what `reported` becomes when all that workers took is done
  unsigned members = 1;
  int alone = 0; // workers that are left alone
  bool lanesChanged = false;

  std::vector<Worker> workers;
  std::vector<Claims> claims; // of every lane
  Claims rest;
  std::vector<Start> starts;
  size_t started = 0;
};

} // namespace weft
