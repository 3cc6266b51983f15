#include "runtime/artifact/SegmentHash.h"
#include "runtime/artifact/Verify.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace weft::verify {

namespace {

using Bytes = std::span<const std::byte>;

/// A used range of the file.
struct Range {
  std::string name;
  uint64_t offset;
  uint64_t bytes;
  uint64_t end() const { return offset + bytes; }
};

} // namespace

static Result<ArtifactHeader> readHeader(Bytes file) {
  ArtifactHeader header;
  size_t common = std::min(file.size(), sizeof artifactMagic);
  if (std::memcmp(file.data(), artifactMagic, common) != 0)
    return fail("not a .weft file: expected it to begin with \"WEFT\"; if it is a checkpoint, "
                "compile it with weftc first");
  if (file.size() < sizeof header)
    return fail(fmt::format("truncated: expected a header of {} bytes, found {} bytes",
                            sizeof header, file.size()));
  std::memcpy(&header, file.data(), sizeof header);

  if (header.version > formatVersion)
    return fail(fmt::format("format version {} is newer than {}, the newest that this weft reads; "
                            "use a newer weft or compile the model again with this one's weftc",
                            header.version, formatVersion));
  if (header.version == 0)
    return fail(
        fmt::format("damaged: expected a format version from 1 to {}, found 0", formatVersion));
  if (header.headerBytes != sizeof header)
    return fail(fmt::format("damaged: expected a header of {} bytes, found {}", sizeof header,
                            header.headerBytes));
  uint64_t hash = hashBytes(file.first(offsetof(ArtifactHeader, headerHash)));
  if (hash != header.headerHash)
    return fail(fmt::format("damaged header: expected hash {:016x}, found {:016x}",
                            header.headerHash, hash));
  if (header.reserved != 0)
    return fail("damaged header: expected zero in its reserved field");
  if (header.fileBytes != file.size())
    return fail(fmt::format("{}: expected {} bytes, found {}; copy or compile it again",
                            file.size() < header.fileBytes ? "truncated" : "bytes follow its end",
                            header.fileBytes, file.size()));
  return header;
}

static Result<void> checkPlace(const Range &range, uint64_t fileBytes) {
  if (range.offset % artifactPage != 0)
    return fail(fmt::format("{}: expected an offset that is a multiple of {}, found {}", range.name,
                            artifactPage, range.offset));
  if (range.offset > fileBytes || range.bytes > fileBytes - range.offset)
    return fail(fmt::format("{}: expected it inside the file of {} bytes, found {} bytes at {}",
                            range.name, fileBytes, range.bytes, range.offset));
  return {};
}

/// Nothing but zeros between the ranges, and no two overlap. Sorts them.
static Result<void> checkGaps(Bytes file, std::vector<Range> &ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range &a, const Range &b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  });
  auto checkGap = [&](uint64_t begin, uint64_t end) -> Result<void> {
    auto gap = file.subspan(begin, end - begin);
    auto found = std::find_if(gap.begin(), gap.end(), [](std::byte b) { return b != std::byte(); });
    if (found == gap.end())
      return {};
    return fail(fmt::format("damaged: expected zeros between segments, found {:#04x} at {}",
                            static_cast<unsigned>(*found), begin + (found - gap.begin())));
  };
  uint64_t end = 0;
  const Range *before = nullptr;
  for (const Range &range : ranges) {
    if (range.bytes == 0)
      continue;
    if (before && range.offset < end)
      return fail(fmt::format("{} at {} overlaps {}, which ends at {}", range.name, range.offset,
                              before->name, end));
    if (auto gap = checkGap(end, range.offset); !gap)
      return gap;
    end = range.end();
    before = &range;
  }
  return checkGap(end, file.size());
}

static Result<void> checkHash(std::string_view name, Bytes bytes, uint64_t expected,
                              unsigned threads) {
  MappedFile::adviseSequential(bytes);
  uint64_t hash = hashSegment(bytes, threads);
  MappedFile::adviseNormal(bytes);
  if (hash == expected)
    return {};
  return fail(fmt::format("damaged {}: expected hash {:016x}, found {:016x}; copy or compile the "
                          "file again",
                          name, expected, hash));
}

std::vector<NamedSegment> segmentsOf(const schema::Artifact &artifact) {
  std::vector<NamedSegment> segments = {{"tokenizer", artifact.text()->tokenizer()},
                                        {"weights", artifact.weights()}};
  for (const schema::Program *program : *artifact.programs()) {
    std::string name = "code of the program for " + quoted(program->processor());
    segments.emplace_back(name, program->code());
    for (const schema::Part *part : partsOf(*program))
      segments.emplace_back(name + " on " + quoted(part->target()), part->code());
  }
  return segments;
}

Result<const schema::Artifact *> file(Bytes bytes, unsigned threads) {
  auto header = readHeader(bytes);
  if (!header)
    return failFrom(header);
  Range metadataRange{"metadata", header->metadataOffset, header->metadataBytes};
  if (auto place = checkPlace(metadataRange, bytes.size()); !place)
    return failFrom(place);
  Bytes metadataBytes = bytes.subspan(metadataRange.offset, metadataRange.bytes);
  if (uint64_t hash = hashBytes(metadataBytes); hash != header->metadataHash)
    return fail(fmt::format("damaged metadata: expected hash {:016x}, found {:016x}; copy or "
                            "compile the file again",
                            header->metadataHash, hash));
  auto artifact = metadata(metadataBytes);
  if (!artifact)
    return failFrom(artifact);

  std::vector<Range> ranges = {{"header", 0, sizeof(ArtifactHeader)}, metadataRange};
  const std::vector<NamedSegment> segments = segmentsOf(**artifact);
  for (const auto &[name, segment] : segments) {
    Range range{name, segment->offset(), segment->bytes()};
    if (auto place = checkPlace(range, bytes.size()); !place)
      return failFrom(place);
    ranges.push_back(range);
  }
  if (auto gaps = checkGaps(bytes, ranges); !gaps)
    return failFrom(gaps);
  for (const auto &[name, segment] : segments) {
    auto content = bytes.subspan(segment->offset(), segment->bytes());
    if (auto hash = checkHash(name, content, segment->hash(), threads); !hash)
      return failFrom(hash);
  }
  return *artifact;
}

} // namespace weft::verify
