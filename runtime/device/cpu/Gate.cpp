#include "runtime/device/cpu/Gate.h"

#include <climits>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weft {

static void pauseProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

static void futex(std::atomic<uint32_t> &word, int operation, uint32_t value) {
  static_assert(sizeof word == sizeof(uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

void Gate::advance() {
  // Sequentially consistent, as in waitPast(): either the sleeper sees the new value or
  // this sees the sleeper.
  counter.fetch_add(1, std::memory_order_seq_cst);
  if (sleepers.load(std::memory_order_seq_cst) != 0)
    futex(counter, FUTEX_WAKE_PRIVATE, INT_MAX);
}

/// Looks for the value to change until `end`, doing `between` in between.
template <typename Between>
static bool changesBefore(const Gate &gate, uint32_t seen,
                          std::chrono::steady_clock::time_point end, Between between) {
  constexpr int looksPerClock = 64;
  do {
    for (int i = 0; i < looksPerClock; ++i) {
      if (gate.value() != seen)
        return true;
      between();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

void Gate::waitPast(uint32_t seen, std::chrono::microseconds awake) {
  // Where processors are idle, yielding returns at once and is as good as a pause; where
  // they are not, the one who is waited for may need this one.
  constexpr std::chrono::microseconds selfish(20);
  auto begin = std::chrono::steady_clock::now();
  if (changesBefore(*this, seen, begin + selfish, pauseProcessor) ||
      changesBefore(*this, seen, begin + awake, ::sched_yield))
    return;
  sleepers.fetch_add(1, std::memory_order_seq_cst);
  while (counter.load(std::memory_order_seq_cst) == seen)
    futex(counter, FUTEX_WAIT_PRIVATE, seen);
  sleepers.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace weft
