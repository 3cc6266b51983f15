// Sleeping until a word in memory changes (futex).
#pragma once

#include <atomic>
#include <cstdint>

namespace weft {

/// Sleeps while `word` is `value`; may return earlier. Thread-safe.
void sleepWhile(const std::atomic<uint32_t> &word, uint32_t value);

/// Wakes one thread that sleeps in sleepWhile(word), if any.
void wakeOne(const std::atomic<uint32_t> &word);

/// Tells the processor that this thread spins (`pause` on x86-64, `yield` on AArch64).
void pauseProcessor();

} // namespace weft
