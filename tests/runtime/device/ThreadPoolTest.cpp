// Regions, barriers and shares, with any number of threads.
#include "runtime/device/cpu/RunCommands.h"

#include <atomic>
#include <csignal>
#include <gmock/gmock.h>
#include <random>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace weft::test {
namespace {

std::unique_ptr<ThreadPool> makePool(unsigned threads) {
  auto pool = ThreadPool::make(threads);
  EXPECT_TRUE(pool) << pool.error().message;
  return std::move(*pool);
}

class ThreadPoolTest : public testing::TestWithParam<unsigned> {
protected:
  std::unique_ptr<ThreadPool> pool = makePool(GetParam());
};

/// A grid of a function (int64_t begin, int64_t end).
template <typename Work>
Grid gridOf(const Work &work, int64_t groups, int64_t fixed, unsigned threads,
            uint32_t pieces = 1) {
  Grid grid(groups, fixed, threads, pieces);
  grid.context = &work;
  grid.call = [](const void *context, int64_t begin, int64_t end) {
    (*static_cast<const Work *>(context))(begin, end);
  };
  return grid;
}

constexpr std::chrono::nanoseconds patient = std::chrono::seconds(5);

TEST_P(ThreadPoolTest, EveryGroupRunsOnce) {
  for (int64_t groups : {1, 2, 7, 16, 100})
    for (int64_t fixed : {int64_t(0), groups / 2, groups})
      for (uint32_t pieces : {1, 3, 1000}) {
        std::vector<std::atomic<int>> runs(groups);
        auto work = [&](int64_t begin, int64_t end) {
          ASSERT_LT(begin, end);
          for (int64_t i = begin; i < end; ++i)
            ++runs[i];
        };
        for (int round = 1; round <= 20; ++round) {
          Grid grid = gridOf(work, groups, fixed, pool->crew(), pieces);
          pool->share(grid);
          pool->finish(patient);
          for (auto &count : runs)
            ASSERT_EQ(count, round) << groups << " groups, " << fixed << " fixed";
        }
      }
}

TEST_P(ThreadPoolTest, NoPieceIsLongerThanTheLongest) {
  for (int64_t groups : {1, 5, 64, 1001})
    for (int64_t fixed : {int64_t(0), groups * 3 / 4, groups}) {
      std::atomic<int64_t> longest = 0;
      auto work = [&](int64_t begin, int64_t end) {
        for (int64_t seen = longest; seen < end - begin;)
          longest.compare_exchange_weak(seen, end - begin);
      };
      Grid grid = gridOf(work, groups, fixed, pool->crew(), 4);
      pool->share(grid);
      pool->finish(patient);
      EXPECT_LE(longest, grid.longestPiece()) << groups << " groups, " << fixed << " fixed";
    }
}

TEST_P(ThreadPoolTest, WorkersWakeAfterSleeping) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(60);
  for (int i = 0; i < 5; ++i) {
    // Nobody has to come, least of all on a busy machine, but in the end they do.
    std::atomic<int> runs = 0;
    while (runs < int(pool->size()) && Clock::now() < end) {
      runs = 0;
      auto work = [&](int64_t, int64_t) {
        const auto enough = Clock::now() + std::chrono::milliseconds(20);
        for (++runs; runs < int(pool->size()) && Clock::now() < enough;)
          std::this_thread::yield();
      };
      Grid grid = gridOf(work, pool->size(), pool->size(), pool->crew());
      pool->share(grid);
      pool->finish(patient);
    }
    EXPECT_EQ(runs, int(pool->size()));
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
}

TEST_P(ThreadPoolTest, FinishShowsWhatOthersWrote) {
  std::vector<int> values(64);
  for (int i = 1; i <= 100; ++i) {
    auto work = [&](int64_t begin, int64_t end) {
      std::fill(values.begin() + begin, values.begin() + end, i);
    };
    Grid grid = gridOf(work, 64, 48, pool->crew());
    pool->share(grid);
    pool->finish(patient);
    ASSERT_THAT(values, testing::Each(i));
  }
}

TEST_P(ThreadPoolTest, GridsMayOverlap) {
  std::vector<int> first(64), second(64);
  for (int i = 1; i <= 100; ++i) {
    auto fill = [&](std::vector<int> &values) {
      return [&values, i](int64_t begin, int64_t end) {
        std::fill(values.begin() + begin, values.begin() + end, i);
      };
    };
    auto one = fill(first), other = fill(second);
    unsigned threads = pool->crew();
    Grid grids[] = {gridOf(one, 64, 48, threads), gridOf(other, 64, 64, threads)};
    for (Grid &grid : grids)
      pool->share(grid);
    pool->finish(patient);
    ASSERT_THAT(first, testing::Each(i));
    ASSERT_THAT(second, testing::Each(i));
  }
}

TEST_P(ThreadPoolTest, PiecesThatWereTakenAreWaitedFor) {
  const auto caller = std::this_thread::get_id();
  for (int i = 0; i < 20; ++i) {
    std::atomic<int> written = 0;
    auto work = [&](int64_t begin, int64_t end) {
      if (std::this_thread::get_id() != caller)
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // The caller falls asleep.
      written += int(end - begin);
    };
    Grid grid = gridOf(work, 16, 16, pool->crew());
    pool->share(grid);
    pool->finish(std::chrono::microseconds(50));
    ASSERT_EQ(written, 16);
  }
}

TEST_P(ThreadPoolTest, WhoIsLateIsLeftAloneForAWhile) {
  const unsigned size = pool->size();
  if (size == 1)
    return;
  const auto caller = std::this_thread::get_id();
  auto work = [&](int64_t, int64_t) {
    // The caller takes the time that it takes others to come.
    const bool late = std::this_thread::get_id() != caller;
    std::this_thread::sleep_for(std::chrono::milliseconds(late ? 30 : 2));
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  // On a busy machine nobody may come for a while.
  while (pool->crew() == size && std::chrono::steady_clock::now() < end) {
    Grid grid = gridOf(work, size, size, size);
    pool->share(grid);
    pool->finish(std::chrono::microseconds(50));
  }
  while (pool->crew() < size && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(pool->crew(), size);
}

/// Bindings: destination i64[groups], source i64[*sourceCount], sourceCount.
void sumKernel(const WeftDispatch *dispatch) {
  auto *to = static_cast<int64_t *>(dispatch->bindings[0]);
  auto *from = static_cast<const int64_t *>(dispatch->bindings[1]);
  int64_t count = *static_cast<const int64_t *>(dispatch->bindings[2]);
  for (int64_t i = dispatch->begin; i < dispatch->end; ++i) {
    int64_t sum = i + dispatch->sizes[WEFT_TOKENS];
    for (int64_t j = 0; j < count; ++j)
      sum = (sum * 31 + from[j]) % 1000003;
    to[i] = sum;
  }
}

/// A random chain in which every command reads all that the ones before its barrier wrote,
/// and commands without a barrier write where nobody reads yet.
struct Chain {
  static constexpr int64_t mostGroups = 40;
  std::vector<Command> commands;
  std::vector<std::vector<int64_t>> buffers;
  std::vector<int64_t> counts;
  std::vector<void *> bindings;

  Chain(std::mt19937_64 &random, size_t length) {
    buffers.assign(length + 1, std::vector<int64_t>(mostGroups));
    counts.assign(length + 1, 0);
    counts[0] = mostGroups;
    std::vector<size_t> complete = {0}, since;
    for (size_t i = 0; i < length; ++i) {
      bool barrier = random() % 4 != 0;
      if (barrier) {
        complete.insert(complete.end(), since.begin(), since.end());
        since.clear();
      }
      // Small ones are common: they are where barriers are left out.
      const int64_t choices[] = {0, 1, 1, 2, int64_t(random() % mostGroups)};
      int64_t groups = choices[random() % 5];
      size_t source =
          complete[complete.size() - 1 - random() % std::min<size_t>(complete.size(), 3)];
      counts[i + 1] = groups;
      commands.push_back({.kernel = uint32_t(random() % 2),
                          .firstBinding = uint32_t(bindings.size()),
                          .bindingCount = 3,
                          .groups = groups,
                          .barrier = barrier});
      bindings.insert(bindings.end(),
                      {buffers[i + 1].data(), buffers[source].data(), &counts[source]});
      since.push_back(i + 1);
    }
  }

  /// In place: the bindings point there.
  void clear() {
    for (size_t i = 1; i < buffers.size(); ++i)
      std::ranges::fill(buffers[i], -1);
  }

  std::vector<std::vector<int64_t>> run(ThreadPool &pool, int64_t tokens) {
    clear();
    const WeftKernel kernels[] = {sumKernel, sumKernel};
    const int64_t sizes[WEFT_SIZE_COUNT] = {tokens, 0, 0, 0};
    RunState state(commands.size());
    runCommands(pool, {commands, kernels, bindings, sizes, state});
    return buffers;
  }
};

TEST_P(ThreadPoolTest, CommandsSeeWhatWasBeforeTheirBarrier) {
  uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  auto alone = makePool(1);
  for (int round = 0; round < 5; ++round) {
    Chain chain(random, 150);
    for (int64_t tokens = 1; tokens <= 2; ++tokens) {
      auto expected = chain.run(*alone, tokens);
      ASSERT_EQ(chain.run(*pool, tokens), expected) << "round " << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(1, 2, 3, 4, 5, 16),
                         testing::PrintToStringParamName());

void countKernel(const WeftDispatch *dispatch) {
  auto *counts = static_cast<std::atomic<int> *>(dispatch->bindings[0]);
  for (int64_t i = dispatch->begin; i < dispatch->end; ++i)
    ++counts[i];
  ++static_cast<std::atomic<int> *>(dispatch->bindings[1])[0];
}

TEST(RunCommands, SharesCoverTheGridOnce) {
  auto pool = makePool(4);
  for (int64_t groups : {1, 2, 3, 4, 5, 7, 8, 31, 33, 64, 65, 1001}) {
    std::vector<std::atomic<int>> counts(1010);
    std::atomic<int> calls = 0;
    void *bindings[] = {counts.data(), &calls};
    const WeftKernel kernels[] = {countKernel};
    const Command commands[] = {{.kernel = 0, .bindingCount = 2, .groups = groups}};
    const int64_t sizes[WEFT_SIZE_COUNT] = {};
    RunState state(1);
    runCommands(*pool, {commands, kernels, bindings, sizes, state});
    for (int64_t i = 0; i < 1010; ++i)
      EXPECT_EQ(counts[i], i < groups ? 1 : 0) << groups << " groups, " << i;
    // From 64 on a quarter goes in pieces, of an 8th of a worker's share of it.
    if (groups < 64) {
      EXPECT_EQ(calls, std::min<int64_t>(groups, 4));
    } else {
      EXPECT_GE(calls, 4);
      EXPECT_LE(calls, 4 + 64);
    }
  }
}

TEST(RunCommands, AnyShareCoversTheGridOnce) {
  auto pool = makePool(4);
  for (int share = 0; share <= WEFT_SHARE_WHOLE; ++share)
    for (int64_t groups : {63, 64, 67, 1001}) {
      std::vector<std::atomic<int>> counts(1010);
      std::atomic<int> calls = 0;
      void *bindings[] = {counts.data(), &calls};
      const WeftKernel kernels[] = {countKernel};
      const Command commands[] = {
          {.kernel = 0, .bindingCount = 2, .groups = groups, .shared = uint8_t(share)}};
      const int64_t sizes[WEFT_SIZE_COUNT] = {};
      RunState state(1);
      runCommands(*pool, {commands, kernels, bindings, sizes, state});
      for (int64_t i = 0; i < 1010; ++i)
        EXPECT_EQ(counts[i], i < groups ? 1 : 0) << share << ", " << groups << " groups, " << i;
      if (share == 0)
        EXPECT_EQ(calls, 4);
    }
}

/// Notes which thread runs it. Bindings: std::thread::id[groups].
void whoKernel(const WeftDispatch *dispatch) {
  auto *ids = static_cast<std::thread::id *>(dispatch->bindings[0]);
  for (int64_t i = dispatch->begin; i < dispatch->end; ++i)
    ids[i] = std::this_thread::get_id();
}

TEST(RunCommands, WhatIsTooSmallIsNotShared) {
  auto pool = makePool(2);
  std::vector<std::thread::id> ids(100);
  void *bindings[] = {ids.data()};
  const WeftKernel kernels[] = {whoKernel};
  const std::vector<Command> commands(30, {.kernel = 0, .bindingCount = 1, .groups = 100});
  const int64_t sizes[WEFT_SIZE_COUNT] = {1};
  RunState state(commands.size());
  int alone = 0;
  // The machine may be busy whenever something is measured.
  for (int run = 0; run < 100'000 && alone < 10; ++run) {
    std::ranges::fill(ids, std::thread::id());
    runCommands(*pool, {commands, kernels, bindings, sizes, state});
    ASSERT_THAT(ids, testing::Not(testing::Contains(std::thread::id())));
    const bool all = std::ranges::count(ids, std::this_thread::get_id()) == 100;
    alone = all && run > 4 ? alone + 1 : 0;
  }
  EXPECT_EQ(alone, 10);
}

std::atomic<int> blocked = 0, mayGoOn = 0;
std::atomic<pid_t> workerNumber = 0;

void blockThread(int) {
  for (blocked = 1; mayGoOn == 0;)
    ::usleep(1000);
}

TEST(RunCommands, WorkersThatNeverComeAreNotWaitedFor) {
  blocked = mayGoOn = workerNumber = 0;
  auto pool = makePool(2);
  const auto caller = std::this_thread::get_id();
  // Worker 1 says its number as soon as it gets a piece.
  auto say = [&](int64_t, int64_t) {
    if (std::this_thread::get_id() != caller)
      workerNumber = ::gettid();
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  while (workerNumber == 0) {
    Grid grid = gridOf(say, 2, 2, 2);
    pool->crew();
    pool->share(grid);
    pool->finish(patient);
  }
  struct sigaction block = {}, before;
  block.sa_handler = blockThread;
  ASSERT_EQ(::sigaction(SIGUSR1, &block, &before), 0);
  ASSERT_EQ(::syscall(SYS_tgkill, ::getpid(), workerNumber.load(), SIGUSR1), 0);
  // Under ThreadSanitizer the signal waits for a call that it knows, and nothing is blocked.
  for (int i = 0; i < 1000 && blocked == 0; ++i)
    ::usleep(1000);

  std::mt19937_64 random(1);
  auto alone = makePool(1);
  Chain chain(random, 150);
  EXPECT_EQ(chain.run(*pool, 1), chain.run(*alone, 1));
  mayGoOn = 1;
  EXPECT_EQ(chain.run(*pool, 2), chain.run(*alone, 2));
  pool.reset();
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(ThreadPool, RefusesAbsurdNumbersOfThreads) {
  for (unsigned threads : {0u, 5000u}) {
    auto pool = ThreadPool::make(threads);
    ASSERT_FALSE(pool);
    EXPECT_THAT(pool.error().message, testing::HasSubstr(std::to_string(threads)));
  }
}

} // namespace
} // namespace weft::test
