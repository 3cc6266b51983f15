#include "runtime/device/cpu/ThreadPool.h"

#include "runtime/device/cpu/Futex.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <sched.h>

namespace weft {

using namespace std::chrono_literals;

constexpr unsigned mostThreads = 1024;
constexpr size_t stackBytes = WEFT_KERNEL_STACK + (size_t(1) << 20);

// A worker looks for work for so long: decoding shares again after some microseconds of
// sampling. First alone; then it lets others go first where there are any.
constexpr auto awake = 200us, selfish = 20us;
// A worker that was interrupted owes the time that it was waited for, and pays a quarter of the
// time that passes until the next wait: two threads that lose more are not faster than one. Who
// owes more than `mostDebt` is left alone for `leastPause`, or for twice as long as the last
// time if it had been back for less than `soon` times its debt.
constexpr auto mostDebt = 2ms, leastPause = 4ms, mostPause = 500ms;
constexpr int paidPart = 4, soon = 8;
constexpr int looksPerClock = 64;

Grid::Grid(int64_t groups, int64_t fixed, unsigned threads, uint32_t piecesOfLane)
    : groups(groups), fixed(fixed) {
  if (fixed > 0) {
    lanes = uint32_t(std::min<int64_t>(threads, fixed));
    pieces = uint32_t(
        std::clamp<int64_t>(piecesOfLane, 1, std::min<int64_t>(fixed / lanes, Claims::most)));
  }
  const int64_t restGroups = groups - fixed;
  restPiece = std::max({int64_t(1), restGroups / (8 * int64_t(threads)),
                        (restGroups + Claims::most - 1) / Claims::most});
  restPieces = uint32_t((restGroups + restPiece - 1) / restPiece);
}

int64_t Grid::longestPiece() const {
  const int64_t ofLanes = pieces == 0 ? 0 : (fixed / lanes + 1) / pieces + 1;
  return std::max(ofLanes, restPieces == 0 ? 0 : restPiece);
}

Grid::Range Grid::ofLane(unsigned lane, uint32_t piece) const {
  const int64_t share = fixed / lanes, larger = fixed % lanes; // So many have one more.
  const int64_t begin = lane * share + std::min<int64_t>(lane, larger);
  const int64_t length = share + (lane < larger ? 1 : 0);
  return {begin + length * piece / pieces, begin + length * (piece + 1) / pieces};
}

Grid::Range Grid::ofRest(uint32_t piece) const {
  const int64_t begin = fixed + piece * restPiece;
  return {begin, std::min(begin + restPiece, groups)};
}

/// What a thread has to know of a grid before it takes a piece; the grid itself is there only
/// for who has one.
struct ThreadPool::Round {
  uint64_t number = 0;
  const Grid *grid = nullptr;
  uint32_t lanes = 0, pieces = 0, restPieces = 0;
  int lane = -1; // of the one who asked
};

ThreadPool::ThreadPool(unsigned threads) : workers(threads - 1), claims(threads) {}

Result<std::unique_ptr<ThreadPool>> ThreadPool::make(unsigned threads) {
  if (threads == 0 || threads > mostThreads)
    return fail(fmt::format("expected 1 to {} threads, found {}", mostThreads, threads));
  std::unique_ptr<ThreadPool> pool(new ThreadPool(threads));
  pool->assignLanes();
  if (auto started = pool->startThreads(); !started)
    return failFrom(started);
  return pool;
}

Result<void> ThreadPool::startThreads() {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stackBytes);
  starts.reserve(workers.size()); // Threads keep pointers into it.
  int error = 0;
  for (unsigned i = 0; i < workers.size(); ++i) {
    auto entry = [](void *argument) -> void * {
      auto *start = static_cast<Start *>(argument);
      start->pool->serve(start->pool->workers[start->worker]);
      return nullptr;
    };
    error = ::pthread_create(&workers[i].thread, &attributes, entry, &starts.emplace_back(this, i));
    if (error != 0)
      break;
    ++started;
  }
  ::pthread_attr_destroy(&attributes);
  if (error != 0)
    return fail(fmt::format("cannot start thread {} of {}: {}; ask for fewer", started + 2, size(),
                            std::strerror(error)));
  return {};
}

ThreadPool::~ThreadPool() {
  stopping.store(true);
  for (size_t i = 0; i < started; ++i)
    if (workers[i].asleep.exchange(0) == 1)
      wakeOne(workers[i].asleep);
  for (size_t i = 0; i < started; ++i)
    ::pthread_join(workers[i].thread, nullptr);
}

void ThreadPool::serve(Worker &self) {
  uint64_t seen = 0;
  while (waitForRound(self, seen)) {
    Round round;
    if (!read(round, self))
      continue;
    seen = round.number;
    if (round.lane < 0)
      continue;
    self.working.store(true, std::memory_order_relaxed);
    // Looking at everybody's lane costs a miss of the cache for each, so only where pieces
    // are long.
    const Taken taken = takePieces(round, unsigned(round.lane), round.pieces > 1);
    // Sequentially consistent, as in finish(): either the caller sees this or is seen asleep.
    if (taken.pieces > 0)
      reported.fetch_add(taken.pieces);
    if (taken.pieces > 0 && callerSleeps.load())
      wakeOne(reported);
    self.working.store(false, std::memory_order_relaxed);
  }
}

/// Returns once there may be a round other than `seen`; false if there will be none.
bool ThreadPool::waitForRound(Worker &self, uint64_t seen) {
  auto found = [&] {
    const uint64_t now = current.load(std::memory_order_relaxed);
    return (now % 2 == 0 && now / 2 != seen) || stopping.load(std::memory_order_relaxed);
  };
  const Clock::time_point begin = Clock::now();
  for (Clock::duration waited{}; waited < awake && self.lane.load(std::memory_order_relaxed) >= 0;
       waited = Clock::now() - begin)
    for (int i = 0; i < looksPerClock; ++i) {
      if (found())
        return !stopping.load(std::memory_order_relaxed);
      // Where processors are idle, yielding returns at once and is as good as a pause; where
      // they are not, the one who is waited for may need this one.
      if (waited < selfish)
        pauseProcessor();
      else
        ::sched_yield();
    }
  sleep(self, seen);
  return !stopping.load(std::memory_order_relaxed);
}

void ThreadPool::sleep(Worker &self, uint64_t seen) {
  // Sequentially consistent with the destructor: either it sees who sleeps or is seen. A round
  // that begins just now may be missed, as the caller needs nobody.
  self.asleep.store(1);
  sleepers.fetch_add(1, std::memory_order_relaxed);
  const uint64_t now = current.load(std::memory_order_relaxed);
  const bool wanted =
      now % 2 == 0 && now / 2 != seen && self.lane.load(std::memory_order_relaxed) >= 0;
  if (wanted || stopping.load()) {
    if (self.asleep.exchange(0) == 1)
      sleepers.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  while (self.asleep.load(std::memory_order_relaxed) == 1)
    sleepWhile(self.asleep, 1);
}

/// The round at hand; false where it is just being made.
bool ThreadPool::read(Round &round, const Worker &self) const {
  // Each load is an acquire, so that none moves past the next: seeing a field of a later round
  // means seeing that `current` has changed.
  const uint64_t before = current.load(std::memory_order_acquire);
  round.number = before / 2;
  round.grid = grid.load(std::memory_order_acquire);
  round.lanes = lanes.load(std::memory_order_acquire);
  round.pieces = pieces.load(std::memory_order_acquire);
  round.restPieces = restPieces.load(std::memory_order_acquire);
  round.lane = self.lane.load(std::memory_order_acquire);
  return before % 2 == 0 && current.load(std::memory_order_relaxed) == before;
}

/// Runs pieces of `lane`, then of those that nobody has a fixed share of, and then, if it
/// `helps`, of other lanes, as long as there are any. Returns how many workgroups it ran.
ThreadPool::Taken ThreadPool::takePieces(const Round &round, unsigned lane, bool helps) {
  Taken taken;
  auto run = [&](Grid::Range range) {
    round.grid->call(round.grid->context, range.begin, range.end);
    taken.groups += range.end - range.begin;
    ++taken.pieces;
  };
  if (lane < round.lanes)
    while (auto piece = claims[lane].takeFirst(round.number, round.pieces))
      run(round.grid->ofLane(lane, *piece));
  while (auto piece = rest.takeFirst(round.number, round.restPieces))
    run(round.grid->ofRest(*piece));
  for (unsigned i = 1; helps && i <= round.lanes; ++i) {
    // Whose owner comes still finds the beginning, next to what it had the last time.
    const unsigned other = (lane + i) % round.lanes;
    while (auto piece = claims[other].takeLast(round.number, round.pieces))
      run(round.grid->ofLane(other, *piece));
  }
  return taken;
}

int64_t ThreadPool::share(const Grid &shared) {
  ++round;
  current.store(2 * round - 1, std::memory_order_relaxed);
  grid.store(&shared, std::memory_order_release);
  lanes.store(shared.lanes, std::memory_order_release);
  pieces.store(shared.pieces, std::memory_order_release);
  restPieces.store(shared.restPieces, std::memory_order_release);
  current.store(2 * round, std::memory_order_release);
  if (sleepers.load(std::memory_order_relaxed) > alone)
    wakeWorkers();
  const Taken taken =
      takePieces({round, &shared, shared.lanes, shared.pieces, shared.restPieces, 0}, 0, true);
  owed += shared.lanes * shared.pieces + shared.restPieces - taken.pieces;
  return taken.groups;
}

void ThreadPool::wakeWorkers() {
  for (Worker &worker : workers)
    if (!worker.leftAlone && worker.asleep.load(std::memory_order_relaxed) == 1 &&
        worker.asleep.exchange(0) == 1) {
      sleepers.fetch_sub(1, std::memory_order_relaxed);
      wakeOne(worker.asleep);
    }
}

void ThreadPool::finish(std::chrono::nanoseconds patience) {
  if (reported.load(std::memory_order_acquire) == owed)
    return;
  // Time in which the caller itself was interrupted is nobody's fault: of what passes between
  // two looks at the clock, no more than this counts.
  constexpr Clock::duration uninterrupted = 20us;
  Clock::duration waited{};
  for (Clock::time_point now = Clock::now(); waited < patience;) {
    for (int i = 0; i < looksPerClock; ++i) {
      if (reported.load(std::memory_order_acquire) == owed)
        return;
      pauseProcessor();
    }
    const Clock::time_point then = std::exchange(now, Clock::now());
    waited += std::min(now - then, uninterrupted);
  }
  for (Worker &worker : workers)
    worker.late = worker.working.load(std::memory_order_relaxed) && !worker.leftAlone;
  const Clock::time_point asleep = Clock::now();
  callerSleeps.store(true);
  for (uint32_t some; (some = reported.load()) != owed;)
    sleepWhile(reported, some);
  callerSleeps.store(false, std::memory_order_relaxed);
  const Clock::time_point now = Clock::now();
  for (Worker &worker : workers)
    if (worker.late)
      charge(worker, waited + (now - asleep), now);
}

void ThreadPool::charge(Worker &worker, Clock::duration lost, Clock::time_point now) {
  const Clock::duration paid = (now - worker.lastLate) / paidPart;
  worker.debt = std::max(worker.debt - paid, Clock::duration::zero()) + lost;
  worker.lastLate = now;
  if (worker.debt <= mostDebt)
    return;
  const bool again = now - worker.until < soon * worker.debt;
  worker.pause = again ? std::min<Clock::duration>(2 * worker.pause, mostPause) : leastPause;
  worker.until = worker.lastLate = now + worker.pause;
  worker.debt = Clock::duration::zero();
  worker.leftAlone = true;
  ++alone;
  lanesChanged = true;
}

unsigned ThreadPool::crew() {
  if (alone > 0) {
    const Clock::time_point now = Clock::now();
    for (Worker &worker : workers)
      if (worker.leftAlone && worker.until <= now) {
        worker.leftAlone = false;
        --alone;
        lanesChanged = true;
      }
  }
  if (lanesChanged)
    assignLanes();
  return members;
}

void ThreadPool::assignLanes() {
  // Who reads meanwhile finds no round; who has read the last one finds nothing left of it.
  current.store(2 * round + 1, std::memory_order_relaxed);
  members = 1;
  for (Worker &worker : workers)
    worker.lane.store(worker.leftAlone ? -1 : int(members++), std::memory_order_release);
  for (Claims &lane : claims)
    lane.close(round);
  rest.close(round);
  lanesChanged = false;
}

} // namespace weft
