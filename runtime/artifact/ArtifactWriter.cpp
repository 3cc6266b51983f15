#include "runtime/artifact/ArtifactWriter.h"

#include "runtime/artifact/SegmentHash.h"
#include "runtime/base/NewFile.h"
#include "runtime/sign/Sha256.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

namespace weft {

struct ArtifactWriter::Impl {
  explicit Impl(NewFile file) : file(std::move(file)) {}

  NewFile file;
  /// The end of the file as it is to be: `staged` begins at its last multiple of blockBytes and
  /// is not written yet.
  uint64_t position = 0;
  std::vector<std::byte> staged;
  /// Where the open segment began, if one is.
  uint64_t segmentBegin = 0;
  bool inSegment = false;
  SegmentHasher hasher;
  sign::Sha256 digest;
  std::vector<schema::Digest> digests;

  Result<void> append(std::span<const std::byte> bytes);
  Result<void> flush();
  Result<void> pad();
};

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
  if (auto done = file.writeAt(position - staged.size(), staged); !done)
    return done;
  staged.clear();
  return {};
}

Result<void> ArtifactWriter::Impl::pad() {
  static constexpr std::byte zeros[artifactPage] = {};
  return append(std::span(zeros).first((artifactPage - position % artifactPage) % artifactPage));
}

ArtifactWriter::ArtifactWriter(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
ArtifactWriter::ArtifactWriter(ArtifactWriter &&) noexcept = default;
ArtifactWriter &ArtifactWriter::operator=(ArtifactWriter &&) noexcept = default;
ArtifactWriter::~ArtifactWriter() = default;

Result<ArtifactWriter> ArtifactWriter::create(const std::string &path) {
  auto file = NewFile::create(path);
  if (!file)
    return failFrom(file);
  auto impl = std::make_unique<Impl>(std::move(*file));
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
  impl->digest.update(bytes);
  return impl->append(bytes);
}

Result<schema::Segment> ArtifactWriter::end() {
  assert(impl->inSegment && "begin() a segment first");
  impl->inSegment = false;
  const uint64_t begin = impl->segmentBegin, bytes = impl->position - begin;
  const sign::Sha256Digest digest = impl->digest.finish();
  if (bytes > 0)
    impl->digests.emplace_back(begin, bytes, digest);
  return schema::Segment(begin, bytes, impl->hasher.finish());
}

const std::vector<schema::Digest> &ArtifactWriter::digests() const { return impl->digests; }

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
  if (auto written = impl->file.writeAt(0, headerBytes); !written)
    return written;
  return impl->file.publish();
}

} // namespace weft
