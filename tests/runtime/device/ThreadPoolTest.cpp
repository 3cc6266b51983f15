// Regions, barriers and shares, with any number of threads.
#include "runtime/device/cpu/RunCommands.h"

#include <atomic>
#include <gmock/gmock.h>
#include <random>
#include <thread>

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

TEST_P(ThreadPoolTest, EveryWorkerRunsOnceInEachRegion) {
  std::vector<int> runs(pool->size());
  for (int i = 0; i < 200; ++i)
    pool->run([&](unsigned worker) { ++runs[worker]; });
  EXPECT_THAT(runs, testing::Each(200));
}

TEST_P(ThreadPoolTest, WorkersWakeAfterSleeping) {
  std::vector<int> runs(pool->size());
  for (int i = 0; i < 5; ++i) {
    pool->run([&](unsigned worker) { ++runs[worker]; });
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  EXPECT_THAT(runs, testing::Each(5));
}

TEST_P(ThreadPoolTest, BarrierShowsWhatOthersWrote) {
  std::vector<int> values(pool->size());
  std::atomic<int> wrong = 0;
  pool->run([&](unsigned worker) {
    for (int i = 1; i <= 100; ++i) {
      values[worker] = i;
      pool->barrier();
      for (int value : values)
        wrong += value != i;
      pool->barrier();
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(ThreadPoolTest, SlowWorkersAreWaitedFor) {
  int written = 0;
  bool seen = true;
  pool->run([&](unsigned worker) {
    if (worker + 1 == pool->size()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5)); // Others fall asleep.
      written = 1;
    }
    pool->barrier();
    if (worker == 0)
      seen = written == 1;
  });
  EXPECT_TRUE(seen);
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
    std::vector<std::atomic<int64_t>> taken(commands.size());
    runCommands(pool, {commands, kernels, bindings, sizes, taken});
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
    std::vector<std::atomic<int64_t>> taken(1);
    runCommands(*pool, {commands, kernels, bindings, sizes, taken});
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
      std::vector<std::atomic<int64_t>> taken(1);
      runCommands(*pool, {commands, kernels, bindings, sizes, taken});
      for (int64_t i = 0; i < 1010; ++i)
        EXPECT_EQ(counts[i], i < groups ? 1 : 0) << share << ", " << groups << " groups, " << i;
      if (share == 0)
        EXPECT_EQ(calls, 4);
    }
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
