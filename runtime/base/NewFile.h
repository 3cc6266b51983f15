// Writes a file: all of it or nothing.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// A file that takes its place in publish(), and what was there stays until then. Destroyed before
/// that, it leaves nothing; where the file system allows it, it has no name so far, so that nothing
/// is left behind even when the process is killed. After an error only destruction makes sense. Not
/// thread-safe.
class NewFile {
public:
  /// A symbolic link to a file stays, and the file is replaced. Errors: a folder that is missing
  /// or closed, something at `path` that is no file, such as a device or a pipe.
  static Result<NewFile> create(const std::string &path);
  NewFile(NewFile &&) noexcept;
  NewFile &operator=(NewFile &&) = delete;
  ~NewFile();

  /// Errors: a full disk, named with the bytes written so far.
  Result<void> writeAt(uint64_t offset, std::span<const std::byte> bytes);
  /// Behind the last byte so far.
  Result<void> append(std::span<const std::byte> bytes) { return writeAt(written, bytes); }
  Result<void> append(std::string_view text) { return append(std::as_bytes(std::span(text))); }

  /// Syncs the file and gives it its name.
  Result<void> publish();

private:
  explicit NewFile(std::string path) : path(std::move(path)) {}
  tl::unexpected<Error> failure(const char *action, int error) const;
  std::string directory() const;
  Result<void> open();

  std::string path;
  /// Beside `path`; empty while the file has no name at all.
  std::string temporary;
  int fd = -1;
  uint64_t written = 0;
};

/// The whole of a file at once.
Result<void> writeNewFile(const std::string &path, std::string_view text);

} // namespace weft
