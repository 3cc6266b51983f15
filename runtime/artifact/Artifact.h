// An open, verified .weft file.
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

/// Version of the file format that this code writes. Older versions are read, newer ones are
/// refused.
inline constexpr uint32_t formatVersion = 2;

/// The first 8 bytes of every .weft file.
inline constexpr char artifactMagic[8] = {'W', 'E', 'F', 'T', '\r', '\n', '\x1a', '\n'};

/// The header: the first 64 bytes of a file. Integers are little-endian.
struct ArtifactHeader {
  char magic[8];           // artifactMagic
  uint32_t version;        // formatVersion
  uint32_t headerBytes;    // sizeof(ArtifactHeader)
  uint64_t metadataOffset; // where the FlatBuffer begins, a multiple of artifactPage
  uint64_t metadataBytes;
  uint64_t metadataHash; // XXH3-64
  uint64_t fileBytes;    // size of the whole file
  uint64_t reserved;     // zero
  uint64_t headerHash;   // XXH3-64 of all fields above
};
static_assert(sizeof(ArtifactHeader) == 64);

inline constexpr uint64_t artifactPage = 4096; // alignment of segments
inline constexpr uint64_t artifactAlign = 64;  // alignment of parameters and buffers

/// The sizes chosen when a model is loaded; an artifact's size formulas depend on them.
struct Sizes {
  uint64_t tokens = 1;    ///< tokens of one call
  uint64_t rows = 1;      ///< logit rows of one call
  uint64_t context = 1;   ///< positions of each sequence
  uint64_t sequences = 1; ///< sequences that the states have room for
};

/// Evaluates the formula `size` for `sizes`. Returns bytes. Errors: overflow.
Result<uint64_t> evaluate(const schema::Size &size, const Sizes &sizes);

/// Returns the parts of `program` (kernels for a second device), in the order of the file; empty if
/// one device runs all kernels. The pointers are into the artifact.
std::vector<const schema::Part *> partsOf(const schema::Program &program);
/// Returns which device runs `step`: 0 for the device of the program's target, i + 1 for
/// partsOf(program)[i].
unsigned partOf(const schema::Program &program, const schema::Step &step);

/// An artifact whose every offset, size and index was checked, so that code that reads it needs no
/// checks of its own. Owns a mapping of the file. Immutable; may be read from any thread.
class Artifact {
public:
  /// Opens and verifies the file at `path`: header, metadata (first by the FlatBuffers verifier,
  /// then indices, ranges, formulas and alignment) and the hash of every segment. Segments longer
  /// than hashChunk are hashed by up to `threads` threads. Errors are one line that begins with the
  /// path.
  static Result<Artifact> open(const std::string &path, unsigned threads = 1);

  const schema::Artifact &metadata() const { return *table; }
  /// Returns the bytes of a segment that metadata() names. They are valid as long as the artifact.
  std::span<const std::byte> segment(const schema::Segment &segment) const;
  std::span<const std::byte> weights() const { return segment(*table->weights()); }
  /// Returns the whole file, header and metadata included.
  std::span<const std::byte> fileBytes() const { return file.bytes(); }
  const std::string &path() const { return file.path(); }
  /// Returns the XXH3-64 of the metadata, which contains the hash of every segment: equal files
  /// have equal hashes.
  uint64_t contentHash() const;
  /// Returns the size of the whole file.
  uint64_t bytes() const { return file.bytes().size(); }

private:
  Artifact(MappedFile file, const schema::Artifact *table) : file(std::move(file)), table(table) {}

  MappedFile file;
  const schema::Artifact *table;
};

} // namespace weft
