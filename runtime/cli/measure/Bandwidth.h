// How fast this machine reads memory: the roofline of what memory bounds.
#pragma once

#include "runtime/cli/measure/Crew.h"
#include "runtime/cli/measure/ReadWays.h"

#include <cstdint>
#include <memory>
#include <span>

namespace weft::cli {

/// The fastest of several ways for several threads to read memory: what decoding, which reads
/// every weight for every token, is compared with. It reads as many bytes as a step does, and
/// by default those same bytes, so that both find as much in the caches and in huge pages. To be
/// measured in turn with the step. Not thread-safe.
class ReadBandwidth {
public:
  /// Looks for the fastest way, which takes some twenty reads. `weights` is what the step reads
  /// (only its last `bytes` where it is longer), and must outlive this; what is shorter than
  /// `bytes`, as weights without the cache, stands for all of it. Errors: no threads, or no
  /// memory to read where `weights` is empty.
  static Result<ReadBandwidth> find(unsigned threads, std::span<const std::byte> weights,
                                    uint64_t bytes);

  /// Bytes a second of one read by all threads.
  double measure();
  /// What one measure() reads.
  uint64_t bytes() const { return length; }
  const ReadWay &way() const { return best; }

private:
  /// Memory in huge pages where the system has them.
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
  /// Of a read, a multiple of pieceBytes.
  uint64_t length = 0, pieceBytes = 0;
  Mapping copy{nullptr, Unmap{0}};
  const std::byte *copied = nullptr;
  ReadWay best;
};

} // namespace weft::cli
