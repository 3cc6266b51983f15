// A parallel loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace weft::text {

/// Calls `work(index, thread)` for every index below `count`, on up to `threads` threads; the
/// caller is thread 0. Each thread takes the next index when it is done with one, so the indices of
/// a thread ascend. `work` must not throw.
template <typename Work> void forEach(size_t count, unsigned threads, Work work) {
  std::atomic<size_t> next = 0;
  auto run = [&](unsigned thread) {
    for (size_t index; (index = next++) < count;)
      work(index, thread);
  };
  std::vector<std::jthread> others;
  for (unsigned thread = 1; thread < threads && thread < count; ++thread)
    others.emplace_back(run, thread);
  run(0);
}

} // namespace weft::text
