// The files of weights, which are mapped on first use.
#pragma once

#include "runtime/base/MappedFile.h"

#include <map>
#include <mutex>
#include <optional>

namespace weft {

/// The identity of a file: its size, the number of bytes before its first weight (its header, which
/// a reader parsed), and an XXH3 of the header and of samples of the rest. It detects a checkpoint
/// that was replaced, even by a fine-tuned one of the same shape, while reading only the header and
/// a page at each of 64 places.
struct FileCheck {
  uint64_t size = 0;
  uint64_t header = 0;
  uint64_t hash = 0;

  /// Computes the identity of a file with these bytes; `header` is at most their number.
  static FileCheck of(std::span<const std::byte> file, uint64_t header);
  bool operator==(const FileCheck &) const = default;
};

/// Owns the mappings; spans that it returned are valid until it is destroyed. Thread-safe.
class WeightFiles {
public:
  /// Which files may be read.
  enum class Access {
    Anywhere,
    /// Only files in `directory` and below it, after symbolic links are resolved. This is for a
    /// module that somebody else wrote, which could name any file that the user can read.
    Inside,
  };

  /// Relative paths are resolved against `directory`; "" is the process's current directory.
  explicit WeightFiles(std::string directory = {}, Access access = Access::Anywhere)
      : directory(std::move(directory)), access(access) {}

  /// Returns the bytes [offset, offset + size) of a file, whose identity must be `check` if that is
  /// given. Errors: the file may not be read or cannot be opened, has another identity, or is too
  /// short; the message names the file and the sizes.
  Result<std::span<const std::byte>> read(const std::string &file, uint64_t offset, uint64_t size,
                                          const std::optional<FileCheck> &check = {});

  /// Checks whether `access` allows the file, without opening it. Errors: it does not.
  Result<void> allow(const std::string &file) const;

private:
  struct Mapping {
    MappedFile file;
    /// The identity that was computed for the file; a second check of the same file uses it.
    std::optional<FileCheck> known;
  };

  Result<std::span<const std::byte>> map(const std::string &file,
                                         const std::optional<FileCheck> &check);
  std::string pathOf(const std::string &file) const;

  std::string directory;
  Access access;
  std::mutex mutex;
  std::map<std::string, Mapping> files;
};

} // namespace weft
