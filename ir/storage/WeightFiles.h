// The files that weights come from, mapped when first asked for.
#pragma once

#include "runtime/base/MappedFile.h"

#include <map>
#include <mutex>

namespace weft {

/// Owns the mappings; spans it gave stay valid until it is destroyed. Any thread may call.
class WeightFiles {
public:
  /// Paths that are not absolute are taken from `directory`; "" is the process's own.
  explicit WeightFiles(std::string directory = {}) : directory(std::move(directory)) {}

  /// Bytes [offset, offset + size) of a file. Errors: the file cannot be opened, or it is
  /// too short; they name the file and the sizes.
  Result<std::span<const std::byte>> read(const std::string &file, uint64_t offset, uint64_t size);

private:
  Result<std::span<const std::byte>> map(const std::string &file);

  std::string directory;
  std::mutex mutex;
  std::map<std::string, MappedFile> files;
};

} // namespace weft
