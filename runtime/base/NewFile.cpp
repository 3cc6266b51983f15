#include "runtime/base/NewFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weft {

namespace {

constexpr unsigned mostAttempts = 1000;

/// A name that no other writer takes at the same time; not secret, just unlikely.
std::string temporaryName(const std::string &path, unsigned attempt) {
  return fmt::format("{}.{}-{}.tmp", path, ::getpid(), attempt);
}

/// `fd`, or a copy of it where it has the number of a standard stream that the process was started
/// without: what is meant for that stream would go into the file.
int aboveStandardStreams(int fd) {
  if (fd < 0 || fd > STDERR_FILENO)
    return fd;
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(fd);
  return copy;
}

} // namespace

NewFile::NewFile(NewFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::exchange(other.temporary, {})),
      fd(std::exchange(other.fd, -1)), written(other.written) {}

NewFile::~NewFile() {
  if (fd >= 0)
    ::close(fd);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

std::string NewFile::directory() const {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

tl::unexpected<Error> NewFile::failure(const char *action, int error) const {
  const std::string after = written ? fmt::format(" (after {} bytes)", written) : "";
  return fail(fmt::format("cannot {} '{}': {}{}", action, path, std::strerror(error), after));
}

Result<NewFile> NewFile::create(const std::string &path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    return fail("cannot write '" + path + "': expected a regular file or nothing there");
  std::error_code none;
  const bool link = std::filesystem::is_symlink(path, none);
  NewFile file(link ? std::filesystem::weakly_canonical(path, none).string() : path);
  if (auto opened = file.open(); !opened)
    return failFrom(opened);
  return file;
}

Result<void> NewFile::open() {
  // A file without a name vanishes with the process, however that ends. Giving it one
  // later takes /proc.
  if (::access("/proc/self/fd", X_OK) == 0)
    fd = aboveStandardStreams(::open(directory().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  for (unsigned attempt = 0; fd < 0 && attempt < mostAttempts; ++attempt) {
    std::string name = temporaryName(path, attempt);
    fd = aboveStandardStreams(::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
    if (fd >= 0)
      temporary = name;
    else if (errno != EEXIST)
      break;
  }
  if (fd < 0)
    return failure("create", errno);
  return {};
}

Result<void> NewFile::writeAt(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (taken < 0 && errno == EINTR)
      continue;
    if (taken <= 0)
      return failure("write", taken < 0 ? errno : ENOSPC);
    offset += taken;
    bytes = bytes.subspan(taken);
    written = std::max(written, offset);
  }
  return {};
}

Result<void> NewFile::publish() {
  if (::fsync(fd) != 0)
    return failure("write", errno);
  if (temporary.empty()) {
    const std::string self = fmt::format("/proc/self/fd/{}", fd);
    for (unsigned attempt = 0; temporary.empty(); ++attempt) {
      std::string name = temporaryName(path, attempt);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
        temporary = name;
      else if (errno != EEXIST || attempt == mostAttempts)
        return failure("create", errno);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return failure("create", errno);
  temporary.clear();
  // Makes the new name durable; the content already is, so a failure loses nothing.
  const int parent = ::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
  return {};
}

Result<void> writeNewFile(const std::string &path, std::string_view text) {
  auto file = NewFile::create(path);
  if (!file)
    return failFrom(file);
  if (auto done = file->append(text); !done)
    return done;
  return file->publish();
}

} // namespace weft
