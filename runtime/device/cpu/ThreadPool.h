// A thread pool that divides the workgroups of kernels, and copes with threads that are
// interrupted.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/cpu/Claims.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <pthread.h>
#include <vector>

namespace weft {

/// The workgroups 0 <= i < groups of one command, divided among threads. Those below `fixed` are
/// divided into contiguous lanes, one for each thread and the same in each run, so that what a
/// thread wrote is still in its cache when it reads it. The others are taken in small pieces by
/// whichever thread is free first. Lanes are taken in pieces too, by the thread that owns the lane
/// or by a thread that has nothing else to do.
struct Grid {
  /// Runs the workgroups begin <= i < end; must not throw. Threads call it concurrently, with
  /// disjoint ranges.
  using Call = void (*)(const void *context, int64_t begin, int64_t end);

  /// Divides `groups` workgroups: the first `fixed` into lanes for `threads` threads, each lane
  /// into `piecesOfLane` pieces (fewer if it has fewer workgroups).
  Grid(int64_t groups, int64_t fixed, unsigned threads, uint32_t piecesOfLane = 1);
  Grid() = default;

  /// Returns the number of workgroups in the largest piece.
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

/// A pool of size() threads: the caller and workers that are created once. After work, a worker
/// spins for a fraction of a millisecond, then sleeps. The caller runs every piece that no worker
/// has taken, so it never waits for a worker that does not start, only for workers interrupted in
/// the middle of a piece. If waiting for a worker costs more than the worker is of use, it gets no
/// work for some milliseconds, and for longer if it happens again, because other processes will
/// keep interrupting it. Calls must not overlap: one thread at a time.
class ThreadPool {
public:
  /// Makes a pool. Errors: `threads` is 0 or above 1024, or the system cannot create that many
  /// threads.
  static Result<std::unique_ptr<ThreadPool>> make(unsigned threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned size() const { return unsigned(workers.size()) + 1; }

  /// Returns how many threads share work now, the caller included, without workers that get none.
  /// Grids shared before the next call must be made for that many. Only while nothing is shared.
  unsigned crew();

  /// Hands out `grid`, which must live until finish(), works on it too, and returns when no piece
  /// is free; workers may still be working on some. Returns how many workgroups the caller ran.
  int64_t share(const Grid &grid);

  /// Waits until all shared work is done; the caller then sees what the workers wrote. A worker
  /// that needs longer than `patience` from now counts as interrupted.
  void finish(std::chrono::nanoseconds patience);

private:
  using Clock = std::chrono::steady_clock;

  struct Worker {
    /// Whether the worker may have taken pieces that it has not reported.
    alignas(128) std::atomic<bool> working = false;
    /// The worker's lane, -1 while it gets no work.
    alignas(128) std::atomic<int> lane = -1;
    /// 1 while the worker sleeps or is about to. Whoever sets it to 0 takes the worker off
    /// `sleepers`.
    std::atomic<uint32_t> asleep = 0;
    // Of the caller alone:
    bool leftAlone = false, late = false; // gets no work; was waited for
    Clock::time_point until;              // when it gets work again
    Clock::time_point lastLate;           // when the caller last waited for it
    Clock::duration debt{};               // recent time lost by waiting for it
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
  struct Taken {
    uint32_t pieces = 0;
    int64_t groups = 0;
  };
  Taken takePieces(const Round &round, unsigned lane, bool helps);
  void wakeWorkers();
  void charge(Worker &worker, Clock::duration lost, Clock::time_point now);
  void assignLanes();

  // Each grid is a round. `current` is twice the round's number, and one less while the fields
  // below are written. A worker may read the fields at any time; they belong to one round if
  // `current` is the same before and after (a sequence lock).
  alignas(128) std::atomic<uint64_t> current = 0;
  std::atomic<const Grid *> grid = nullptr;
  std::atomic<uint32_t> lanes = 0, pieces = 0, restPieces = 0;
  std::atomic<bool> stopping = false;

  /// How many pieces workers have completed; wraps around.
  alignas(128) std::atomic<uint32_t> reported = 0;
  std::atomic<bool> callerSleeps = false;

  alignas(128) std::atomic<int> sleepers = 0;

  // Of the caller alone:
  uint64_t round = 0;
  uint32_t owed = 0; // the value of `reported` once every piece that workers took is done
  unsigned members = 1;
  int alone = 0; // workers that get no work
  bool lanesChanged = false;

  std::vector<Worker> workers;
  std::vector<Claims> claims; // one for each lane
  Claims rest;
  std::vector<Start> starts;
  size_t started = 0;
};

} // namespace weft
