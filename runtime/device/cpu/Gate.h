// A counter that threads wait to see change: awake first, asleep after that.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace weft {

/// Thread-safe. What a thread wrote before advance() is seen by those that waited for it.
class alignas(64) Gate {
public:
  uint32_t value() const { return counter.load(std::memory_order_acquire); }

  /// Adds one and wakes all who wait.
  void advance();

  /// Returns once the value is another than `seen`. Looks again and again for `awake`, soon
  /// letting other threads go first where there are any, then sleeps.
  void waitPast(uint32_t seen, std::chrono::microseconds awake);

private:
  std::atomic<uint32_t> counter = 0;
  /// Spares advance() the system call where nobody sleeps.
  std::atomic<uint32_t> sleepers = 0;
};

} // namespace weft
