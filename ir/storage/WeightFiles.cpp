#include "ir/storage/WeightFiles.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <filesystem>

namespace weft {

FileCheck FileCheck::of(std::span<const std::byte> file, uint64_t header) {
  constexpr uint64_t places = 64, sampleBytes = 64;
  header = std::min<uint64_t>(header, file.size());
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, file.data(), header);
  uint64_t rest = file.size() - header;
  for (uint64_t i = 0; i < places; ++i) {
    // The first of so many equal parts, each of which is sampled at its end.
    uint64_t end = header + rest / places * (i + 1) + rest % places * (i + 1) / places;
    uint64_t bytes = std::min(sampleBytes, end - header);
    XXH3_64bits_update(&state, file.data() + end - bytes, bytes);
  }
  return {file.size(), header, XXH3_64bits_digest(&state)};
}

std::string WeightFiles::pathOf(const std::string &file) const {
  bool relative = !directory.empty() && !file.starts_with('/');
  return relative ? directory + "/" + file : file;
}

Result<void> WeightFiles::allow(const std::string &file) const {
  if (access == Access::Anywhere)
    return {};
  std::error_code error;
  namespace fs = std::filesystem;
  fs::path folder = fs::weakly_canonical(directory.empty() ? "." : directory, error);
  fs::path path = error ? fs::path() : fs::weakly_canonical(pathOf(file), error);
  auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  if (!error && end == folder.end())
    return {};
  return fail("'" + file +
              "' is outside of the module's folder; --allow-source takes weights from "
              "anywhere");
}

Result<std::span<const std::byte>> WeightFiles::map(const std::string &file,
                                                    const std::optional<FileCheck> &check) {
  std::lock_guard lock(mutex);
  auto found = files.find(file);
  if (found == files.end()) {
    if (Result<void> allowed = allow(file); !allowed)
      return failFrom(allowed);
    Result<MappedFile> opened = MappedFile::open(pathOf(file));
    if (!opened)
      return failFrom(opened);
    found = files.emplace(file, Mapping{std::move(*opened), {}}).first;
  }
  auto &[mapped, known] = found->second;
  if (!check)
    return mapped.bytes();
  if (mapped.bytes().size() != check->size)
    return fail("'" + file + "' is not the file that was imported: expected " +
                std::to_string(check->size) + " bytes, found " +
                std::to_string(mapped.bytes().size()));
  if (!known || known->header != check->header)
    known = FileCheck::of(mapped.bytes(), check->header);
  if (*known != *check)
    return fail("'" + file +
                "' is not the file that was imported: it has as many bytes, but "
                "others; import the checkpoint again");
  return mapped.bytes();
}

Result<std::span<const std::byte>> WeightFiles::read(const std::string &file, uint64_t offset,
                                                     uint64_t size,
                                                     const std::optional<FileCheck> &check) {
  Result<std::span<const std::byte>> whole = map(file, check);
  if (!whole)
    return whole;
  if (offset > whole->size() || size > whole->size() - offset)
    return fail("'" + file + "' is too short: expected " + std::to_string(size) +
                " bytes at offset " + std::to_string(offset) + ", found a file of " +
                std::to_string(whole->size()) + " bytes");
  return whole->subspan(offset, size);
}

} // namespace weft
