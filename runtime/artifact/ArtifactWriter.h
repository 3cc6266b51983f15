// Writes a .weft file: all of it or nothing.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <functional>
#include <memory>
#include <string>

namespace weft {

/// Writes segments one after the other to a temporary file in the folder of `path`, and
/// renames it over `path` in finish(). Destroyed before that, it removes the file. Where
/// the file system allows it, the file has no name until then, so that nothing is left
/// behind even when the process is killed. After an error only destruction makes sense.
/// Holds back up to 4 MiB, so errors may come later than the bytes they are about. Not
/// thread-safe.
class ArtifactWriter {
public:
  /// Errors: a folder that is missing or closed, something at `path` that is no file.
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

  /// Writes `metadata` (a finished FlatBuffer) and the header, syncs, renames. It is not
  /// verified here: open the result where that is wanted.
  Result<void> finish(std::span<const std::byte> metadata);

private:
  struct Impl;
  explicit ArtifactWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft
