// The hash of a segment: one number however it is computed, streamed or in parallel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weft {

/// A segment of at most this many bytes is hashed by XXH3-64 as a whole. A longer one is
/// cut into chunks of this size (the last one shorter), and its hash is XXH3-64 over the
/// chunks' XXH3-64, each as 8 bytes, little endian.
inline constexpr size_t hashChunk = size_t(4) << 20;

/// Plain XXH3-64, seed 0, without chunks.
uint64_t hashBytes(std::span<const std::byte> bytes);

/// Hash of a whole segment. Uses up to `threads` threads where there are several chunks.
uint64_t hashSegment(std::span<const std::byte> bytes, unsigned threads = 1);

/// The same, from pieces in order. Not thread-safe.
class SegmentHasher {
public:
  SegmentHasher();
  SegmentHasher(SegmentHasher &&) noexcept;
  SegmentHasher &operator=(SegmentHasher &&) noexcept;
  ~SegmentHasher();

  void update(std::span<const std::byte> bytes);
  /// The hash of all since construction or the last finish(); begins anew.
  uint64_t finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace weft
