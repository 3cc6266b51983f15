#include "runtime/cli/report/Bandwidth.h"

#include "runtime/device/cpu/CpuCaches.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace weft::cli {

namespace {

constexpr int passes = 7;

// Picking a clone at load does not go together with the address sanitizer.
#if defined(__x86_64__) && defined(__has_feature)
#if !__has_feature(address_sanitizer)
#define WEFT_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef WEFT_CLONES
#define WEFT_CLONES
#endif

/// Sum of all words; `count` is a multiple of 64. Enough independent sums that the loads,
/// not the additions, are the limit.
WEFT_CLONES uint64_t sumOf(const uint64_t *words, size_t count) {
  uint64_t sums[64] = {};
  for (size_t i = 0; i < count; i += 64)
    for (size_t lane = 0; lane < 64; ++lane)
      sums[lane] += words[i + lane];
  uint64_t sum = 0;
  for (uint64_t part : sums)
    sum += part;
  return sum;
}

} // namespace

Result<ReadBandwidth> ReadBandwidth::make(unsigned threads) {
  ReadBandwidth result;
  result.threads = std::max(threads, 1u);
  const uint64_t wanted =
      std::clamp<uint64_t>(4 * lastLevelCacheBytes(), uint64_t(256) << 20, uint64_t(1) << 30);
  result.wordsEach = wanted / sizeof(uint64_t) / result.threads / 64 * 64;
  // Left uninitialised: each thread touches its part first, so that it lies near it.
  result.buffer.reset(new (std::nothrow) uint64_t[result.wordsEach * result.threads]);
  if (!result.buffer)
    return fail(fmt::format("cannot allocate {} bytes to measure the read bandwidth", wanted));
  return result;
}

double ReadBandwidth::measure() {
  std::atomic<uint64_t> sink = 0; // or the sums would be left out as unused
  std::vector<std::chrono::steady_clock::time_point> times;
  times.reserve(passes + 1);
  std::barrier all(threads, [&]() noexcept { times.push_back(std::chrono::steady_clock::now()); });
  auto work = [&](unsigned index) {
    uint64_t *begin = buffer.get() + index * wordsEach;
    if (!touched)
      std::fill(begin, begin + wordsEach, index + 1);
    for (int pass = 0; pass < passes; ++pass) {
      all.arrive_and_wait();
      sink += sumOf(begin, wordsEach);
    }
    all.arrive_and_wait();
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back(work, i);
  work(0);
  for (std::thread &other : others)
    other.join();
  touched = true;

  std::vector<double> rates;
  for (size_t i = 1; i < times.size(); ++i) {
    const double seconds = std::chrono::duration<double>(times[i] - times[i - 1]).count();
    rates.push_back(double(wordsEach * threads * sizeof(uint64_t)) / seconds);
  }
  std::ranges::nth_element(rates, rates.begin() + rates.size() / 2);
  return rates[rates.size() / 2];
}

} // namespace weft::cli
