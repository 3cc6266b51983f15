// A file's bytes, mapped read-only.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// Owns a read-only private mapping of a whole file. Movable, not copyable. The bytes stay valid
/// until it is destroyed and may be read from any thread.
class MappedFile {
public:
  /// Maps the file at `path`. Errors: it is missing, unreadable, empty or not a regular file.
  static Result<MappedFile> open(const std::string &path);
  /// The same. Errors also: it is larger than `largest` bytes.
  static Result<MappedFile> open(const std::string &path, size_t largest);

  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {base, length}; }
  std::string_view text() const { return {reinterpret_cast<const char *>(base), length}; }
  const std::string &path() const { return name; }

  /// Tells the operating system that `bytes` will be read once, in order, so that it reads ahead
  /// (madvise). It is a hint and never fails.
  static void adviseSequential(std::span<const std::byte> bytes);
  /// Undoes adviseSequential(): `bytes` will be read again, in any order.
  static void adviseNormal(std::span<const std::byte> bytes);

private:
  MappedFile(std::string name, const std::byte *base, size_t length)
      : name(std::move(name)), base(base), length(length) {}

  std::string name;
  const std::byte *base = nullptr;
  size_t length = 0;
};

} // namespace weft
