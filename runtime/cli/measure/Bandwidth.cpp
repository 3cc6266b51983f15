#include "runtime/cli/measure/Bandwidth.h"

#include "runtime/device/cpu/CpuCaches.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <sys/mman.h>
#include <vector>

namespace weft::cli {

constexpr size_t line = 64, page = 4096, hugePage = size_t(2) << 20;

void ReadBandwidth::Unmap::operator()(std::byte *mapped) const { ::munmap(mapped, bytes); }

Result<ReadBandwidth> ReadBandwidth::find(unsigned threads, std::span<const std::byte> weights,
                                          uint64_t bytes) {
  ReadBandwidth result;
  auto crew = Crew::make(std::max(threads, 1u));
  if (!crew)
    return failFrom(crew);
  result.crew = std::move(*crew);
  // Loads are aligned, and pieces are whole pages, as large as what threads take of a kernel's
  // last quarter.
  if (!weights.empty())
    weights = weights.subspan(std::min<uint64_t>(
        (line - reinterpret_cast<uintptr_t>(weights.data()) % line) % line, weights.size()));
  const uint64_t most = weights.empty() ? bytes : std::min<uint64_t>(bytes, weights.size());
  result.pieceBytes =
      std::clamp<uint64_t>(most / (64 * result.crew->size()) / page * page, page, 64 * page);
  result.length = std::max<uint64_t>(most / result.pieceBytes, 1) * result.pieceBytes;
  if (weights.size() >= result.length)
    result.memory = weights.data() + (weights.size() - result.length) / line * line;
  // What fits into the cache is not there any more where another memory is read in between.
  if (!result.memory || result.length > lastLevelCacheBytes())
    result.copyWeights();
  if (!result.memory && !result.copied)
    return fail(
        fmt::format("cannot allocate {} bytes to measure the read bandwidth", result.length));
  result.chooseWay();
  return result;
}

/// Each thread writes the part that it will read, so that it lies near it.
void ReadBandwidth::copyWeights() {
  const size_t mapped = length + hugePage;
  void *fresh = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fresh == MAP_FAILED)
    return;
  copy = Mapping(static_cast<std::byte *>(fresh), Unmap{mapped});
  std::byte *base = copy.get();
  base += (hugePage - reinterpret_cast<uintptr_t>(base) % hugePage) % hugePage;
  ::madvise(base, length, MADV_HUGEPAGE);
  const uint64_t pieces = length / pieceBytes, count = crew->size();
  crew->run([&](unsigned thread) {
    const uint64_t begin = pieces * thread / count * pieceBytes,
                   end = pieces * (thread + 1) / count * pieceBytes;
    if (memory)
      std::memcpy(base + begin, memory + begin, end - begin);
    else
      std::memset(base + begin, 1, end - begin); // Pages of zeros are all the same one.
  });
  copied = base;
}

double ReadBandwidth::seconds(const ReadWay &way) {
  const std::byte *base = way.copy || !memory ? copied : memory;
  const uint64_t pieces = length / pieceBytes, count = crew->size();
  const uint64_t fixed = way.apart ? pieces - pieces / 4 : 0;
  std::atomic<uint64_t> taken = fixed, sink = 0; // sink: or the reads would be left out
  return crew->run([&](unsigned thread) {
    const uint64_t begin = fixed * thread / count, end = fixed * (thread + 1) / count;
    uint64_t sum = readMemory(way, base + begin * pieceBytes, (end - begin) * pieceBytes);
    for (uint64_t piece; (piece = taken.fetch_add(1, std::memory_order_relaxed)) < pieces;)
      sum += readMemory(way, base + piece * pieceBytes, pieceBytes);
    sink.fetch_add(sum, std::memory_order_relaxed);
  });
}

/// Goes through the properties of a way twice, and keeps of each the value that is fastest with
/// the others as they are.
void ReadBandwidth::chooseWay() {
  using Change = std::function<void(ReadWay &)>;
  const std::vector<std::vector<Change>> properties = {
      {[](ReadWay &way) { way.copy = false; }, [](ReadWay &way) { way.copy = true; }},
      {[](ReadWay &way) { way.ahead = 0; }, [](ReadWay &way) { way.ahead = 2 << 10; },
       [](ReadWay &way) { way.ahead = 8 << 10; }, [](ReadWay &way) { way.ahead = 16 << 10; }},
      {[](ReadWay &way) { way.streams = 1; }, [](ReadWay &way) { way.streams = 2; },
       [](ReadWay &way) { way.streams = 4; }},
      {[](ReadWay &way) { way.computes = false; }, [](ReadWay &way) { way.computes = true; }},
      {[](ReadWay &way) { way.apart = true; }, [](ReadWay &way) { way.apart = false; }},
      {[](ReadWay &way) { way.wide = true; }, [](ReadWay &way) { way.wide = false; }}};
  best = {.wide = hasWideLoads(), .copy = memory == nullptr};
  seconds(best); // Touches all pages.
  // Noise only ever adds.
  auto least = [&](const ReadWay &way) {
    constexpr double enough = 0.1;
    double fastest = seconds(way), spent = fastest;
    for (int i = 1; i < 2 || (i < 5 && spent < enough); ++i) {
      const double again = seconds(way);
      spent += again;
      fastest = std::min(fastest, again);
    }
    return fastest;
  };
  for (int round = 0; round < 2; ++round)
    for (const auto &changes : properties) {
      ReadWay fastest = best;
      double time = least(best);
      for (const Change &change : changes) {
        ReadWay way = best;
        change(way);
        if ((way.copy && !copied) || (!way.copy && !memory) || (way.wide && !hasWideLoads()))
          continue;
        if (const double taken = least(way); taken < time) {
          time = taken;
          fastest = way;
        }
      }
      best = fastest;
    }
}

double ReadBandwidth::measure() { return double(length) / seconds(best); }

} // namespace weft::cli
