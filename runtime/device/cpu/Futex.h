// Sleep until a word changes.
#pragma once

#include <atomic>
#include <cstdint>

namespace weft {

/// Sleeps while `word` is `value`; may return earlier.
void sleepWhile(const std::atomic<uint32_t> &word, uint32_t value);

/// Wakes one thread that sleeps on `word`, if there is one.
void wakeOne(const std::atomic<uint32_t> &word);

/// Tells the processor that this thread waits for another one.
void pauseProcessor();

} // namespace weft
