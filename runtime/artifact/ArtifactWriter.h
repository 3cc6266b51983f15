// Writes a .weft file atomically: it appears complete or not at all.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// Writes segments one after the other to a NewFile, which finish() puts at its path. If it is
/// destroyed before finish(), no file is left. After an error it can only be destroyed. It buffers
/// up to 4 MiB, so an error may be reported by a later call than the one whose bytes failed. Not
/// thread-safe.
class ArtifactWriter {
public:
  /// Errors are those of NewFile::create().
  static Result<ArtifactWriter> create(const std::string &path);
  ArtifactWriter(ArtifactWriter &&) noexcept;
  ArtifactWriter &operator=(ArtifactWriter &&) noexcept;
  ~ArtifactWriter();

  /// Appends a whole segment and returns its place in the file, for the metadata. Errors are those
  /// of write().
  Result<schema::Segment> append(std::span<const std::byte> bytes);

  /// Begins a segment whose bytes are given to write() in pieces, in order; end() closes it.
  Result<void> begin();
  /// Appends `bytes` to the open segment. Errors: the disk is full or the write failed; the message
  /// says how many bytes were written.
  Result<void> write(std::span<const std::byte> bytes);
  /// Closes the open segment and returns its place in the file.
  Result<schema::Segment> end();

  /// Returns the SHA-256 digests of all non-empty segments so far, in the order of the file.
  const std::vector<schema::Digest> &digests() const;

  /// Writes `metadata` (a finished FlatBuffer) and the header, syncs the file and moves it to its
  /// path. Does not verify it; Artifact::open() does.
  Result<void> finish(std::span<const std::byte> metadata);

private:
  struct Impl;
  explicit ArtifactWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft
