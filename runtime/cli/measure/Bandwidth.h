// How fast this machine reads memory: the roofline of memory-bound work.
#pragma once

#include "runtime/cli/measure/Crew.h"
#include "runtime/cli/measure/ReadWays.h"

#include <cstdint>
#include <memory>
#include <span>

namespace weft::cli {

/// The fastest of several ways to read memory with several threads. Decoding, which reads every
/// weight for every token, is compared with it. It reads as many bytes as a step does, by default
/// the same bytes, so that both benefit equally from caches and huge pages. Measure it alternating
/// with the step. Not thread-safe.
class ReadBandwidth {
public:
  /// Finds the fastest way, by about twenty reads. `weights` is what the step reads (only its last
  /// `bytes` bytes if it is longer) and must outlive this. If it is shorter than `bytes`, as
  /// weights are without the KV cache, only it is read, and its rate is taken for all bytes.
  /// Errors: threads cannot be created, or memory cannot be allocated when `weights` is empty.
  static Result<ReadBandwidth> find(unsigned threads, std::span<const std::byte> weights,
                                    uint64_t bytes);

  /// Reads once with all threads. Returns bytes per second.
  double measure();
  /// Returns how many bytes one measure() reads.
  uint64_t bytes() const { return length; }
  /// Returns the fastest way.
  const ReadWay &way() const { return best; }

private:
  /// Unmaps memory that was mapped in huge pages, if the system has them.
  struct Unmap {
    size_t bytes;
    void operator()(std::byte *memory) const;
  };
  using Mapping = std::unique_ptr<std::byte, Unmap>;

  ReadBandwidth() = default;
  void copyWeights();
  void chooseWay();
  double seconds(const ReadWay &way);

  std::unique_ptr<Crew> crew;
  const std::byte *memory = nullptr;
  /// Bytes of one read, a multiple of pieceBytes.
  uint64_t length = 0, pieceBytes = 0;
  Mapping copy{nullptr, Unmap{0}};
  const std::byte *copied = nullptr;
  ReadWay best;
};

} // namespace weft::cli
