#include "runtime/cli/measure/ReadWays.h"

#include "runtime/device/cpu/CpuFeatures.h"

#include <fmt/format.h>

namespace weft::cli {

namespace {

constexpr size_t line = 64;

struct Wide {
  using Vector = uint64_t __attribute__((vector_size(64), may_alias));
};
struct Narrow {
  using Vector = uint64_t __attribute__((vector_size(32), may_alias));
};

template <typename Width, unsigned Streams, bool Computes>
[[gnu::always_inline]] inline uint64_t readAs(const std::byte *from, size_t bytes, size_t ahead) {
  using Vector = typename Width::Vector;
  const size_t each = bytes / Streams;
  Vector sums[Streams] = {};
  // Asked for again where nothing is to be ahead: that costs nothing, and spares a loop.
#if defined(__clang__)
#pragma clang loop unroll_count(8 / Streams)
#endif
  for (size_t at = 0; at < each; at += line)
    for (unsigned stream = 0; stream < Streams; ++stream) {
      const std::byte *place = from + stream * each + at;
      __builtin_prefetch(place + ahead, 0, 3);
      for (size_t in = 0; in < line; in += sizeof(Vector)) {
        Vector value = *reinterpret_cast<const Vector *>(place + in);
        if constexpr (Computes) { // some eight instructions, as for a block of weights
          const Vector low = value & 0x0f0f0f0f0f0f0f0f, high = (value >> 4) & 0x0f0f0f0f0f0f0f0f;
          value = (low + (high << 2)) ^ (high + (low << 1));
        }
        sums[stream] += value;
      }
    }
  uint64_t sum = 0;
  for (const Vector &stream : sums)
    for (size_t i = 0; i < sizeof(Vector) / sizeof(uint64_t); ++i)
      sum += stream[i];
  return sum;
}

#if defined(__x86_64__)
#define WEFT_WIDE __attribute__((target("avx512f")))
#define WEFT_NARROW __attribute__((target("avx2")))
#else
#define WEFT_WIDE
#define WEFT_NARROW
#endif

using Read = uint64_t (*)(const std::byte *, size_t, size_t);

template <unsigned Streams, bool Computes>
WEFT_WIDE uint64_t readWide(const std::byte *from, size_t bytes, size_t ahead) {
  return readAs<Wide, Streams, Computes>(from, bytes, ahead);
}
template <unsigned Streams, bool Computes>
WEFT_NARROW uint64_t readNarrow(const std::byte *from, size_t bytes, size_t ahead) {
  return readAs<Narrow, Streams, Computes>(from, bytes, ahead);
}
/// Of any processor of the architecture.
template <unsigned Streams, bool Computes>
uint64_t readPlain(const std::byte *from, size_t bytes, size_t ahead) {
  return readAs<Narrow, Streams, Computes>(from, bytes, ahead);
}

template <bool Computes> Read readerOf(const ReadWay &way) {
  const unsigned index = way.streams == 1 ? 0 : way.streams == 2 ? 1 : 2;
  static constexpr Read wide[] = {readWide<1, Computes>, readWide<2, Computes>,
                                  readWide<4, Computes>};
  static constexpr Read narrow[] = {readNarrow<1, Computes>, readNarrow<2, Computes>,
                                    readNarrow<4, Computes>};
  static constexpr Read plain[] = {readPlain<1, Computes>, readPlain<2, Computes>,
                                   readPlain<4, Computes>};
  if (way.wide && hasWideLoads())
    return wide[index];
  static const bool hasNarrow = hasCpuFeature("avx2");
  return hasNarrow ? narrow[index] : plain[index];
}

} // namespace

std::string ReadWay::describe() const {
  return fmt::format("{}-byte loads, {} a thread, {}, {}, {}{}", wide ? 64 : 32,
                     streams == 1 ? "1 stream" : fmt::format("{} streams", streams),
                     ahead ? fmt::format("prefetch {} KiB ahead", ahead >> 10) : "no prefetch",
                     apart ? "each thread its part" : "pieces in turn",
                     copy ? "huge pages" : "pages of the weights",
                     computes ? ", arithmetic between loads" : "");
}

bool hasWideLoads() {
  static const bool has = hasCpuFeature("avx512f");
  return has;
}

uint64_t readMemory(const ReadWay &way, const std::byte *from, size_t bytes) {
  const Read read = way.computes ? readerOf<true>(way) : readerOf<false>(way);
  return read(from, bytes, way.ahead);
}

} // namespace weft::cli
