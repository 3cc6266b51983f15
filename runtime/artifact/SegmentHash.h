// The hash of a segment. It is the same whether computed as a stream or in parallel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weft {

/// A segment of up to this many bytes is hashed by XXH3-64 as a whole. A longer one is cut into
/// chunks of this size (the last may be shorter); its hash is the XXH3-64 of the chunks' XXH3-64
/// values, each as 8 bytes, little-endian.
inline constexpr size_t hashChunk = size_t(4) << 20;

/// Returns the XXH3-64 of `bytes` with seed 0, without chunks.
uint64_t hashBytes(std::span<const std::byte> bytes);

/// Returns the hash of a whole segment, using up to `threads` threads if it has several chunks.
uint64_t hashSegment(std::span<const std::byte> bytes, unsigned threads = 1);

/// Computes hashSegment() of bytes that are given in pieces, in order. Not thread-safe.
class SegmentHasher {
public:
  SegmentHasher();
  SegmentHasher(SegmentHasher &&) noexcept;
  SegmentHasher &operator=(SegmentHasher &&) noexcept;
  ~SegmentHasher();

  /// Adds `bytes` to the segment.
  void update(std::span<const std::byte> bytes);
  /// Returns the hash of all bytes since construction or the last finish(), and starts over.
  uint64_t finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace weft
