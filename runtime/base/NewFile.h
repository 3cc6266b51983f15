// Writes a file atomically: it appears complete or not at all.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// A file being written. publish() puts it at its path; until then an older file there stays as it
/// is. If it is destroyed before publish(), nothing is left. Where the file system supports unnamed
/// files (O_TMPFILE), nothing is left even when the process is killed. After an error it can only
/// be destroyed. Not thread-safe.
class NewFile {
public:
  /// Begins a file that will be published at `path`. If `path` is a symbolic link, the file that it
  /// points to is replaced. Errors: the folder is missing or not writable, or `path` is something
  /// else than a regular file, such as a device or a pipe.
  static Result<NewFile> create(const std::string &path);
  NewFile(NewFile &&) noexcept;
  NewFile &operator=(NewFile &&) = delete;
  ~NewFile();

  /// Writes `bytes` at `offset`. Errors: the disk is full or the write failed; the message says how
  /// many bytes were written.
  Result<void> writeAt(uint64_t offset, std::span<const std::byte> bytes);
  /// Writes `bytes` after the last byte written so far. Errors are those of writeAt().
  Result<void> append(std::span<const std::byte> bytes) { return writeAt(written, bytes); }
  Result<void> append(std::string_view text) { return append(std::as_bytes(std::span(text))); }

  /// Syncs the file to disk and moves it to its path.
  Result<void> publish();

private:
  explicit NewFile(std::string path) : path(std::move(path)) {}
  tl::unexpected<Error> failure(const char *action, int error) const;
  std::string directory() const;
  Result<void> open();

  std::string path;
  /// The temporary name, in the folder of `path`; empty while the file is unnamed.
  std::string temporary;
  int fd = -1;
  uint64_t written = 0;
};

/// Writes `text` as the file at `path`, by a NewFile. Errors are those of NewFile.
Result<void> writeNewFile(const std::string &path, std::string_view text);

} // namespace weft
