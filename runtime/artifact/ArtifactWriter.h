// Writes a .weft file: all of it or nothing.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// Writes segments one after the other to a NewFile, which takes its place in finish(). Destroyed
/// before that, it leaves nothing. After an error only destruction makes sense. Holds back up to
/// 4 MiB, so errors may come later than the bytes they are about. Not thread-safe.
class ArtifactWriter {
public:
  /// Errors are those of NewFile::create().
  static Result<ArtifactWriter> create(const std::string &path);
  ArtifactWriter(ArtifactWriter &&) noexcept;
  ArtifactWriter &operator=(ArtifactWriter &&) noexcept;
  ~ArtifactWriter();

  /// Appends a whole segment. Errors are those of write().
  Result<schema::Segment> append(std::span<const std::byte> bytes);

  /// Begins a segment that is written in pieces, in order, by write(); end() closes it.
  Result<void> begin();
  /// Errors: a full disk, named with the bytes written so far.
  Result<void> write(std::span<const std::byte> bytes);
  Result<schema::Segment> end();

  /// The digests of all segments so far that are not empty, in the order of the file.
  const std::vector<schema::Digest> &digests() const;

  /// Writes `metadata` (a finished FlatBuffer) and the header, syncs, renames. It is not
  /// verified here: open the result where that is wanted.
  Result<void> finish(std::span<const std::byte> metadata);

private:
  struct Impl;
  explicit ArtifactWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft
