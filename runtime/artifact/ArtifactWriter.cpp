#include "runtime/artifact/ArtifactWriter.h"

#include "runtime/artifact/SegmentHash.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace weft {

struct ArtifactWriter::Impl {
  std::string path;
  /// Beside the target; empty while the file has no name at all.
  std::string temporary;
  int fd = -1;
  /// The end of the file as it is to be: `staged` begins at its last multiple of blockBytes and
  /// is not written yet.
  uint64_t position = 0;
  std::vector<std::byte> staged;
  /// Bytes that were written, for messages.
  uint64_t written = 0;
  /// Where the open segment began, if one is.
  uint64_t segmentBegin = 0;
  bool inSegment = false;
  SegmentHasher hasher;

  ~Impl() {
    if (fd >= 0)
      ::close(fd);
    if (!temporary.empty())
      ::unlink(temporary.c_str());
  }

  std::string directory() const {
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
  }

  tl::unexpected<Error> failure(const char *action, int error) const {
    return fail(fmt::format("cannot {} '{}': {} (after {} bytes)", action, path,
                            std::strerror(error), written));
  }

  Result<void> open();
  Result<void> writeAt(uint64_t offset, std::span<const std::byte> bytes);
  Result<void> append(std::span<const std::byte> bytes);
  Result<void> flush();
  Result<void> pad();
  Result<void> publish();
};

/// A name that no other writer takes at the same time; not secret, just unlikely.
static std::string temporaryName(const std::string &path, unsigned attempt) {
  return fmt::format("{}.{}-{}.tmp", path, ::getpid(), attempt);
}

constexpr unsigned mostAttempts = 1000;

Result<void> ArtifactWriter::Impl::open() {
  // A file without a name vanishes with the process, however that ends. Giving it one
  // later takes /proc.
  if (::access("/proc/self/fd", X_OK) == 0)
    fd = ::open(directory().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  for (unsigned attempt = 0; fd < 0 && attempt < mostAttempts; ++attempt) {
    std::string name = temporaryName(path, attempt);
    fd = ::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0)
      temporary = name;
    else if (errno != EEXIST)
      break;
  }
  if (fd < 0)
    return failure("create", errno);
  return {};
}

Result<void> ArtifactWriter::Impl::writeAt(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t taken = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
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

/// Written as whole blocks at multiples of their size, a file lies in the page cache in pages as
/// large as the processor has, where the file system can; decoding, which reads all weights for
/// each token, is 3 to 5% faster than with pages of 4 KiB.
constexpr size_t blockBytes = size_t(4) << 20;

Result<void> ArtifactWriter::Impl::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const size_t taken = std::min(bytes.size(), blockBytes - staged.size());
    staged.insert(staged.end(), bytes.begin(), bytes.begin() + taken);
    position += taken;
    bytes = bytes.subspan(taken);
    if (staged.size() == blockBytes)
      if (auto flushed = flush(); !flushed)
        return flushed;
  }
  return {};
}

Result<void> ArtifactWriter::Impl::flush() {
  if (auto done = writeAt(position - staged.size(), staged); !done)
    return done;
  staged.clear();
  return {};
}

Result<void> ArtifactWriter::Impl::pad() {
  static constexpr std::byte zeros[artifactPage] = {};
  return append(std::span(zeros).first((artifactPage - position % artifactPage) % artifactPage));
}

Result<void> ArtifactWriter::Impl::publish() {
  if (::fsync(fd) != 0)
    return failure("write", errno);
  if (temporary.empty()) {
    std::string self = fmt::format("/proc/self/fd/{}", fd);
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
  int parent = ::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
  return {};
}

ArtifactWriter::ArtifactWriter(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
ArtifactWriter::ArtifactWriter(ArtifactWriter &&) noexcept = default;
ArtifactWriter &ArtifactWriter::operator=(ArtifactWriter &&) noexcept = default;
ArtifactWriter::~ArtifactWriter() = default;

Result<ArtifactWriter> ArtifactWriter::create(const std::string &path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    return fail("cannot write '" + path + "': expected a regular file or nothing there");
  if (auto opened = impl->open(); !opened)
    return failFrom(opened);
  impl->staged.reserve(blockBytes);
  // Room for the header, written last.
  static constexpr std::byte page[artifactPage] = {};
  if (auto written = impl->append(page); !written)
    return failFrom(written);
  return ArtifactWriter(std::move(impl));
}

Result<schema::Segment> ArtifactWriter::append(std::span<const std::byte> bytes) {
  if (auto begun = begin(); !begun)
    return failFrom(begun);
  if (auto written = write(bytes); !written)
    return failFrom(written);
  return end();
}

Result<void> ArtifactWriter::begin() {
  assert(!impl->inSegment && "end() the segment before");
  if (auto padded = impl->pad(); !padded)
    return padded;
  impl->segmentBegin = impl->position;
  impl->inSegment = true;
  return {};
}

Result<void> ArtifactWriter::write(std::span<const std::byte> bytes) {
  assert(impl->inSegment && "begin() a segment first");
  impl->hasher.update(bytes);
  return impl->append(bytes);
}

Result<schema::Segment> ArtifactWriter::end() {
  assert(impl->inSegment && "begin() a segment first");
  impl->inSegment = false;
  return schema::Segment(impl->segmentBegin, impl->position - impl->segmentBegin,
                         impl->hasher.finish());
}

Result<void> ArtifactWriter::finish(std::span<const std::byte> metadata) {
  assert(!impl->inSegment && "end() the last segment first");
  if (auto padded = impl->pad(); !padded)
    return padded;
  ArtifactHeader header = {};
  std::memcpy(header.magic, artifactMagic, sizeof header.magic);
  header.version = formatVersion;
  header.headerBytes = sizeof header;
  header.metadataOffset = impl->position;
  header.metadataBytes = metadata.size();
  header.metadataHash = hashBytes(metadata);
  if (auto written = impl->append(metadata); !written)
    return written;
  if (auto flushed = impl->flush(); !flushed)
    return flushed;
  header.fileBytes = impl->position;
  auto headerBytes = std::as_bytes(std::span(&header, 1));
  header.headerHash = hashBytes(headerBytes.first(offsetof(ArtifactHeader, headerHash)));
  if (auto written = impl->writeAt(0, headerBytes); !written)
    return written;
  return impl->publish();
}

} // namespace weft
