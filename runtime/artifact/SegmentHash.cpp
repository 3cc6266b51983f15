#include "runtime/artifact/SegmentHash.h"

// The library has its loops for AVX2 and AVX-512 and takes those that the processor has.
#if defined(__x86_64__)
#define XXH_STATIC_LINKING_ONLY
#include <xxh_x86dispatch.h>
#else
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

#include <algorithm>
#include <atomic>
#include <bit>
#include <system_error>
#include <thread>
#include <vector>

namespace weft {

static_assert(std::endian::native == std::endian::little,
              "artifacts are little endian, and so must the machine be");

uint64_t hashBytes(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

static uint64_t hashOfHashes(std::span<const uint64_t> chunks) {
  return hashBytes(std::as_bytes(chunks));
}

uint64_t hashSegment(std::span<const std::byte> bytes, unsigned threads) {
  if (bytes.size() <= hashChunk)
    return hashBytes(bytes);

  std::vector<uint64_t> hashes((bytes.size() + hashChunk - 1) / hashChunk);
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < hashes.size();) {
      size_t begin = i * hashChunk;
      hashes[i] = hashBytes(bytes.subspan(begin, std::min(hashChunk, bytes.size() - begin)));
    }
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; i < std::min<size_t>(threads, hashes.size()); ++i) {
    try {
      others.emplace_back(work);
    } catch (const std::system_error &) {
      break; // No more threads to be had: those there are do all of it.
    }
  }
  work();
  others.clear();
  return hashOfHashes(hashes);
}

struct SegmentHasher::Impl {
  XXH3_state_t state;
  size_t inChunk = 0;
  std::vector<uint64_t> chunks;

  Impl() { XXH3_64bits_reset(&state); }

  void closeChunk() {
    chunks.push_back(XXH3_64bits_digest(&state));
    XXH3_64bits_reset(&state);
    inChunk = 0;
  }
};

SegmentHasher::SegmentHasher() : impl(std::make_unique<Impl>()) {}
SegmentHasher::SegmentHasher(SegmentHasher &&) noexcept = default;
SegmentHasher &SegmentHasher::operator=(SegmentHasher &&) noexcept = default;
SegmentHasher::~SegmentHasher() = default;

void SegmentHasher::update(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (impl->inChunk == hashChunk)
      impl->closeChunk();
    auto piece = bytes.first(std::min(bytes.size(), hashChunk - impl->inChunk));
    XXH3_64bits_update(&impl->state, piece.data(), piece.size());
    impl->inChunk += piece.size();
    bytes = bytes.subspan(piece.size());
  }
}

uint64_t SegmentHasher::finish() {
  impl->closeChunk();
  uint64_t hash = impl->chunks.size() == 1 ? impl->chunks[0] : hashOfHashes(impl->chunks);
  impl->chunks.clear();
  return hash;
}

} // namespace weft
