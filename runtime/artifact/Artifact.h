// A .weft file, open and verified.
#pragma once

#include "runtime/artifact/artifact_generated.h"
#include "runtime/base/Error.h"
#include "runtime/base/MappedFile.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// Version of the format that this code writes. Older ones are read, newer ones refused.
inline constexpr uint32_t formatVersion = 2;

inline constexpr char artifactMagic[8] = {'W', 'E', 'F', 'T', '\r', '\n', '\x1a', '\n'};

/// The first bytes of a file. Integers are little endian.
struct ArtifactHeader {
  char magic[8];           // artifactMagic
  uint32_t version;        // formatVersion
  uint32_t headerBytes;    // sizeof(ArtifactHeader)
  uint64_t metadataOffset; // of the FlatBuffer, a multiple of the page size
  uint64_t metadataBytes;
  uint64_t metadataHash; // XXH3-64
  uint64_t fileBytes;    // of the whole file
  uint64_t reserved;     // zero
  uint64_t headerHash;   // XXH3-64 of all fields before
};
static_assert(sizeof(ArtifactHeader) == 64);

inline constexpr uint64_t artifactPage = 4096; // alignment of segments
inline constexpr uint64_t artifactAlign = 64;  // alignment of parameters and buffers

/// The sizes chosen at load that the formulas of an artifact depend on.
struct Sizes {
  uint64_t tokens = 1;
  uint64_t rows = 1;
  uint64_t context = 1;
  uint64_t sequences = 1;
};

/// Bytes that `size` comes to. Errors on overflow.
Result<uint64_t> evaluate(const schema::Size &size, const Sizes &sizes);

/// The parts of a program beside the target's own, in order.
std::vector<const schema::Part *> partsOf(const schema::Program &program);
/// The part of the kernels of a step: 0 is the target's own.
unsigned partOf(const schema::Program &program, const schema::Step &step);

/// An artifact whose every offset, size and index was checked: code that reads it needs no
/// checks of its own. Immutable; may be read from any thread.
class Artifact {
public:
  /// Opens and verifies the file at `path`: header, metadata (FlatBuffers verifier, then
  /// meaning: indices, ranges, formulas, alignment) and the hash of every segment.
  /// Long segments are hashed by `threads` threads. Errors are one line beginning with the
  /// path.
  static Result<Artifact> open(const std::string &path, unsigned threads = 1);

  const schema::Artifact &metadata() const { return *table; }
  /// The bytes of a segment that metadata() names; valid as long as the artifact.
  std::span<const std::byte> segment(const schema::Segment &segment) const;
  std::span<const std::byte> weights() const { return segment(*table->weights()); }
  /// The whole file, header and metadata included.
  std::span<const std::byte> fileBytes() const { return file.bytes(); }
  const std::string &path() const { return file.path(); }
  /// XXH3-64 of the metadata, which has the hash of every segment: equal for equal files.
  uint64_t contentHash() const;
  /// Of the whole file.
  uint64_t bytes() const { return file.bytes().size(); }

private:
  Artifact(MappedFile file, const schema::Artifact *table) : file(std::move(file)), table(table) {}

  MappedFile file;
  const schema::Artifact *table;
};

} // namespace weft
