#include "ir/storage/WeightFiles.h"

namespace weft {

Result<std::span<const std::byte>> WeightFiles::map(const std::string &file) {
  std::lock_guard lock(mutex);
  auto found = files.find(file);
  if (found == files.end()) {
    bool relative = !directory.empty() && !file.starts_with('/');
    Result<MappedFile> opened = MappedFile::open(relative ? directory + "/" + file : file);
    if (!opened)
      return failFrom(opened);
    found = files.emplace(file, std::move(*opened)).first;
  }
  return found->second.bytes();
}

Result<std::span<const std::byte>> WeightFiles::read(const std::string &file, uint64_t offset,
                                                     uint64_t size) {
  Result<std::span<const std::byte>> whole = map(file);
  if (!whole)
    return whole;
  if (offset > whole->size() || size > whole->size() - offset)
    return fail("'" + file + "' is too short: expected " + std::to_string(size) +
                " bytes at offset " + std::to_string(offset) + ", found a file of " +
                std::to_string(whole->size()) + " bytes");
  return whole->subspan(offset, size);
}

} // namespace weft
