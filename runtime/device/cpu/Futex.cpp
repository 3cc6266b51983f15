#include "runtime/device/cpu/Futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weft {

static void futex(const std::atomic<uint32_t> &word, int operation, uint32_t value) {
  static_assert(sizeof word == sizeof(uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

void sleepWhile(const std::atomic<uint32_t> &word, uint32_t value) {
  futex(word, FUTEX_WAIT_PRIVATE, value);
}

void wakeOne(const std::atomic<uint32_t> &word) { futex(word, FUTEX_WAKE_PRIVATE, 1); }

void pauseProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

} // namespace weft
