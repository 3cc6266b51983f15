// The files that weights come from, mapped when first asked for.
#pragma once

#include "runtime/base/MappedFile.h"

#include <map>
#include <mutex>
#include <optional>

namespace weft {

/// How a file is known again: its size, the bytes before its first weight (its header, which a
/// reader parsed), and an XXH3 of the header and of samples of the rest. So a checkpoint that was
/// replaced is noticed, a fine-tuned one of the same shape too, and no more is read than a header
/// and a page of each of 64 places.
struct FileCheck {
  uint64_t size = 0;
  uint64_t header = 0;
  uint64_t hash = 0;

  /// The check of a file with these bytes; `header` is at most their number.
  static FileCheck of(std::span<const std::byte> file, uint64_t header);
  bool operator==(const FileCheck &) const = default;
};

/// Owns the mappings; spans it gave stay valid until it is destroyed. Any thread may call.
class WeightFiles {
public:
  /// Which files may be read.
  enum class Access {
    Anywhere,
    /// Those in `directory` and below it, once links are followed: for a module that somebody
    /// else wrote, which may name any file of its reader's.
    Inside,
  };

  /// Paths that are not absolute are taken from `directory`; "" is the process's own.
  explicit WeightFiles(std::string directory = {}, Access access = Access::Anywhere)
      : directory(std::move(directory)), access(access) {}

  /// Bytes [offset, offset + size) of a file, which must be the one that `check` was made of.
  /// Errors: the file may not be read or cannot be opened, it is another one, or it is too
  /// short; they name the file, and the sizes.
  Result<std::span<const std::byte>> read(const std::string &file, uint64_t offset, uint64_t size,
                                          const std::optional<FileCheck> &check = {});

  /// Whether the file may be read, without opening it.
  Result<void> allow(const std::string &file) const;

private:
  struct Mapping {
    MappedFile file;
    /// What it was found to be; another check of the same file is computed once as well.
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
