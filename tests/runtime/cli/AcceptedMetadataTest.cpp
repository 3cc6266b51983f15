// What the verifier accepts goes to all who read it: they need no checks of their own.
#include "runtime/artifact/SegmentHash.h"
#include "runtime/cli/measure/Traffic.h"
#include "runtime/cli/report/Describe.h"
#include "runtime/cli/report/DescribeProgram.h"
#include "runtime/program/Session.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"
#include "tests/runtime/program/FakeDevice.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace weft::test {
namespace {

/// Gives the file the metadata of somebody who knows how hashes are made.
std::vector<std::byte> sealed(std::vector<std::byte> file, std::span<const std::byte> metadata) {
  ArtifactHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  std::ranges::copy(metadata, file.begin() + header.metadataOffset);
  header.metadataHash = hashBytes(metadata);
  const auto bytes = std::as_bytes(std::span(&header, 1));
  header.headerHash = hashBytes(bytes.first(offsetof(ArtifactHeader, headerHash)));
  std::ranges::copy(bytes, file.begin());
  return file;
}

/// Reads everything that commands read of an artifact, for people and for numbers.
void describeAll(const Artifact &artifact) {
  const schema::Artifact &metadata = artifact.metadata();
  cli::formatsOf(metadata);
  for (const schema::Program *program : *metadata.programs()) {
    cli::programText(cli::programJson(metadata, *program, true), true);
    for (const schema::Entry *entry : *program->entries())
      for (uint64_t length : {uint64_t(0), uint64_t(31), uint64_t(1) << 40})
        cli::decodeTraffic(metadata, *entry, length);
  }
}

/// Loads the program on a device whose kernels do nothing and which checks every view, and runs a
/// token. Errors are fine; what is beyond any buffer is for the sanitizer to see.
void openAndRun(const Artifact &artifact) {
  SessionOptions options;
  options.context = 8;
  options.sequences = 2;
  options.tokens = 4;
  options.rows = 2;
  constexpr uint64_t mostMemory = 16 << 20;
  auto memory = Session::memory(artifact, options);
  if (!memory || memory->total() > mostMemory)
    return;
  auto device = std::make_unique<FakeDevice>();
  const auto nothing = [](const WeftDispatch *) {};
  device->functions = {
      {"embed", nothing}, {"embed.one", nothing}, {"keep", nothing}, {"head", nothing}};
  auto session = Session::open(artifact, options, std::move(device));
  if (!session)
    return;
  const int32_t tokens[] = {1, 2}, positions[] = {0, 1}, sequences[] = {0, 0}, rows[] = {1};
  (void)(*session)->forward({tokens, positions, sequences, rows});
  if ((*session)->canFork())
    (void)(*session)->fork({.from = 0, .to = 1, .length = 2, .sharedPrefix = 0});
}

TEST(AcceptedMetadata, IsSafeForAllWhoReadIt) {
  TemporaryFolder folder;
  const std::string path = folder.file("model.weft");
  ASSERT_TRUE(additiveModel().write(path));
  const std::vector<std::byte> file = readFile(path);
  ArtifactHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  const std::vector<std::byte> metadata(file.begin() + header.metadataOffset, file.end());
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int accepted = 0;
  constexpr int rounds = 3000;
  for (int i = 0; i < rounds; ++i) {
    auto changed = metadata;
    // Small numbers are the likelier sizes and indices.
    for (uint64_t flips = 1 + random() % 3; flips > 0; --flips)
      changed[random() % changed.size()] = std::byte(random() % 2 ? random() : random() % 9);
    writeFile(path, sealed(file, changed));
    auto artifact = Artifact::open(path);
    if (!artifact) {
      ASSERT_EQ(artifact.error().message.find('\n'), std::string::npos);
      continue;
    }
    ++accepted;
    describeAll(*artifact);
    openAndRun(*artifact);
  }
  EXPECT_GT(accepted, rounds / 20) << "too few reach those who read them";
}

} // namespace
} // namespace weft::test
