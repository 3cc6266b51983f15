// Any bytes as the metadata of an artifact: no crash, no read outside them, errors of one line.
// What is accepted becomes a file whose hashes fit, as its maker would make it, and is given to all
// who read artifacts without checks of their own: plans, sessions and their copies, commands.
#include "Fuzz.h"
#include "runtime/artifact/SegmentHash.h"
#include "runtime/artifact/Verify.h"
#include "runtime/cli/measure/Traffic.h"
#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/DescribeProgram.h"
#include "runtime/program/Session.h"
#include "tests/runtime/program/FakeDevice.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

using namespace weft;
using namespace weft::fuzz;

namespace {

constexpr uint64_t largestFile = 1 << 20, mostMemory = 16 << 20;

uint64_t pagesOf(uint64_t bytes) { return (bytes + artifactPage - 1) / artifactPage; }

/// Writes a file of zeros with the segments that the metadata in `bytes` names, whose hashes it
/// sets there, and the metadata behind them. False where they do not fit into a small file.
bool seal(const std::string &path, const schema::Artifact &artifact, std::span<std::byte> bytes) {
  const auto segments = verify::segmentsOf(artifact);
  uint64_t end = artifactPage;
  for (const auto &[name, segment] : segments) {
    if (segment->offset() > largestFile || segment->bytes() > largestFile)
      return false;
    end = std::max(end, segment->offset() + segment->bytes());
  }
  static const std::vector<std::byte> zeros(largestFile);
  for (const auto &[name, segment] : segments) {
    const uint64_t hash = hashSegment(std::span(zeros).first(segment->bytes()));
    const auto changed = schema::Segment(segment->offset(), segment->bytes(), hash);
    // A table of a FlatBuffer may lie over another: then this changes more than a hash.
    const auto at = reinterpret_cast<const std::byte *>(segment) - bytes.data();
    std::memcpy(bytes.data() + at, &changed, sizeof changed);
  }
  ArtifactHeader header = {.magic = {},
                           .version = formatVersion,
                           .headerBytes = sizeof header,
                           .metadataOffset = pagesOf(end) * artifactPage,
                           .metadataBytes = bytes.size(),
                           .metadataHash = hashBytes(bytes),
                           .fileBytes = 0,
                           .reserved = 0,
                           .headerHash = 0};
  std::ranges::copy(artifactMagic, header.magic);
  header.fileBytes = header.metadataOffset + bytes.size();
  const auto headerBytes = std::as_bytes(std::span(&header, 1));
  header.headerHash = hashBytes(headerBytes.first(offsetof(ArtifactHeader, headerHash)));

  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  require(file >= 0 && ::ftruncate(file, off_t(header.fileBytes)) == 0);
  require(::pwrite(file, &header, sizeof header, 0) == ssize_t(sizeof header));
  require(::pwrite(file, bytes.data(), bytes.size(), off_t(header.metadataOffset)) ==
          ssize_t(bytes.size()));
  ::close(file);
  return true;
}

/// Reads everything that commands read of an artifact, for people and for numbers.
void describeAll(const Artifact &artifact) {
  const schema::Artifact &metadata = artifact.metadata();
  cli::formatsOf(metadata);
  for (const schema::Program *program : *metadata.programs()) {
    cli::programText(cli::programJson(metadata, *program, true), true);
    for (const schema::Entry *entry : *program->entries()) {
      for (uint64_t length : {uint64_t(0), uint64_t(31), uint64_t(1) << 40})
        if (auto traffic = cli::decodeTraffic(metadata, *entry, length); !traffic)
          requireOneLine(traffic.error());
      (void)cli::workOfSteps(metadata, *entry, {7, 3, 64});
    }
  }
}

/// A device that runs the kernels of a program, which do nothing; it checks every view.
std::unique_ptr<test::FakeDevice> deviceOf(const schema::Program &program) {
  auto device = std::make_unique<test::FakeDevice>();
  for (const schema::Kernel *kernel : *program.kernels())
    device->functions[kernel->name()->str()] = [](const WeftDispatch *) {};
  for (const flatbuffers::String *feature : *program.features())
    device->features.insert(feature->str());
  device->architectureName = program.architecture()->str();
  return device;
}

void openAndRun(const Artifact &artifact) {
  SessionOptions options;
  options.context = 8;
  options.sequences = 2;
  options.tokens = 4;
  options.rows = 2;
  options.variants.measure = false;
  if (artifact.metadata().programs()->size() == 0)
    return;
  auto memory = Session::memory(artifact, options);
  if (!memory)
    return requireOneLine(memory.error());
  if (memory->total() > mostMemory)
    return;
  auto session =
      Session::open(artifact, options, deviceOf(*artifact.metadata().programs()->Get(0)));
  if (!session)
    return requireOneLine(session.error());
  const int32_t tokens[] = {1, 2}, positions[] = {0, 1}, sequences[] = {0, 0}, rows[] = {1};
  auto logits = (*session)->forward({tokens, positions, sequences, rows});
  if (logits)
    require(logits->size() == (*session)->vocabulary());
  else
    requireOneLine(logits.error());
  if ((*session)->canFork())
    (void)(*session)->fork({.from = 0, .to = 1, .length = 2, .sharedPrefix = 0});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The reader's metadata begins at a multiple of 8 within its mapping.
  std::vector<uint64_t> aligned((size + 7) / 8 + 1);
  std::copy(data, data + size, reinterpret_cast<uint8_t *>(aligned.data()));
  const auto bytes = std::as_writable_bytes(std::span(aligned)).first(size);
  auto metadata = verify::metadata(bytes);
  if (!metadata) {
    requireOneLine(metadata.error());
    return 0;
  }
  const std::string path = scratchFolder().file("model.weft");
  if (!seal(path, **metadata, bytes))
    return 0;
  auto artifact = Artifact::open(path);
  if (!artifact) {
    requireOneLine(artifact.error());
    return 0;
  }
  describeAll(*artifact);
  openAndRun(*artifact);
  return 0;
}
