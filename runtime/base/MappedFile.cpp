#include "runtime/base/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weft {

Result<MappedFile> MappedFile::open(const std::string &path) {
  // Not to wait for somebody who writes to a pipe, which is refused anyhow.
  int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return fail("cannot open '" + path + "': " + std::strerror(errno));
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return fail("cannot open '" + path + "': expected a regular file");
  }
  if (info.st_size == 0) {
    ::close(fd);
    return fail("'" + path + "' is empty");
  }
  auto length = static_cast<size_t>(info.st_size);
  void *base = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
  int error = errno;
  ::close(fd);
  if (base == MAP_FAILED)
    return fail("cannot map '" + path + "': " + std::strerror(error));
#ifdef MADV_HUGEPAGE
  // What has to be read from the disk goes into pages as large as there are; see
  // ArtifactWriter.cpp.
  ::madvise(base, length, MADV_HUGEPAGE);
#endif
  return MappedFile(path, static_cast<const std::byte *>(base), length);
}

Result<MappedFile> MappedFile::open(const std::string &path, size_t largest) {
  Result<MappedFile> mapped = open(path);
  if (mapped && mapped->length > largest)
    return fail("'" + path + "': expected at most " + std::to_string(largest) + " bytes, found " +
                std::to_string(mapped->length));
  return mapped;
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : name(std::move(other.name)), base(std::exchange(other.base, nullptr)),
      length(std::exchange(other.length, 0)) {}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(name, other.name);
  std::swap(base, other.base);
  std::swap(length, other.length);
  return *this;
}

MappedFile::~MappedFile() {
  if (base)
    ::munmap(const_cast<std::byte *>(base), length);
}

static void advise(std::span<const std::byte> bytes, int advice) {
  constexpr uintptr_t page = 4096;
  auto begin = reinterpret_cast<uintptr_t>(bytes.data()) & ~(page - 1);
  auto end = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size());
  ::madvise(reinterpret_cast<void *>(begin), end - begin, advice);
}

void MappedFile::adviseSequential(std::span<const std::byte> bytes) {
  advise(bytes, MADV_SEQUENTIAL);
}

void MappedFile::adviseNormal(std::span<const std::byte> bytes) { advise(bytes, MADV_NORMAL); }

} // namespace weft
