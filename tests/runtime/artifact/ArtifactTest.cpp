// Round trip, whole-file checks and what damage does.
#include "SyntheticArtifact.h"

#include "runtime/artifact/Kernel.h"
#include "runtime/artifact/SegmentHash.h"
#include "runtime/artifact/Verify.h"
#include "tests/Shared.h"

#include <cstring>
#include <gmock/gmock.h>
#include <random>

namespace weft::test {
namespace {

using testing::HasSubstr;

class ArtifactTest : public testing::Test {
  TemporaryFolder folder;

protected:
  std::string path = folder.file("model.weft");

  /// The error of opening a file with these bytes; empty if it opens.
  std::string errorOf(std::span<const std::byte> bytes) {
    writeFile(path, bytes);
    auto opened = Artifact::open(path);
    return opened ? "" : opened.error().message;
  }

  std::vector<std::byte> modelBytes() {
    EXPECT_TRUE(additiveModel().write(path));
    return readFile(path);
  }
};

/// Makes the header's hash right again after a change to the header.
void sealHeader(std::vector<std::byte> &file) {
  uint64_t hash = hashBytes(std::span(file).first(offsetof(ArtifactHeader, headerHash)));
  std::memcpy(&file[offsetof(ArtifactHeader, headerHash)], &hash, sizeof hash);
}

TEST_F(ArtifactTest, RoundTrip) {
  SyntheticArtifact model = additiveModel();
  ASSERT_TRUE(model.write(path));
  auto artifact = Artifact::open(path, 2);
  ASSERT_TRUE(artifact) << artifact.error().message;
  EXPECT_EQ(artifact->metadata().vocabulary(), 7u);
  EXPECT_EQ(artifact->metadata().parameters()->Get(1)->name()->str(), "embedding");
  EXPECT_TRUE(std::ranges::equal(artifact->weights(), model.weights));
  auto code = artifact->segment(*artifact->metadata().programs()->Get(0)->code());
  EXPECT_TRUE(std::ranges::equal(code, model.programs[0].code));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(artifact->weights().data()) % artifactPage, 0u);
}

TEST_F(ArtifactTest, KeepsWhatWasMeasured) {
  SyntheticArtifact model = additiveModel();
  model.programs[0].steps[0].variants[1].shared = 0;
  ASSERT_TRUE(model.write(path));
  auto artifact = Artifact::open(path);
  ASSERT_TRUE(artifact) << artifact.error().message;
  const schema::Program &program = *artifact->metadata().programs()->Get(0);
  const schema::Tuning &tuning = *program.tunings()->Get(0);
  EXPECT_EQ(tuning.kernel(), 1u);
  EXPECT_EQ(tuning.chosen(), 1u);
  const schema::Candidate &chosen = *tuning.candidates()->Get(1);
  EXPECT_EQ(chosen.settings()->Get(0)->name()->str(), "unroll");
  EXPECT_EQ(chosen.settings()->Get(0)->value(), 8);
  EXPECT_EQ(chosen.nanoseconds(), 800u);
  EXPECT_EQ(chosen.again(), 790u);
  const auto &variants = *program.entries()->Get(0)->steps()->Get(0)->variants();
  EXPECT_EQ(variants.Get(0)->shared(), WEFT_SHARE_DEFAULT);
  EXPECT_EQ(variants.Get(1)->shared(), 0);
}

TEST_F(ArtifactTest, SameInputSameBytes) {
  auto first = modelBytes();
  EXPECT_EQ(first, modelBytes());
}

TEST_F(ArtifactTest, EmptySegmentsAreFine) {
  SyntheticArtifact model = additiveModel();
  model.tokenizer.clear();
  ASSERT_TRUE(model.write(path));
  auto artifact = Artifact::open(path);
  ASSERT_TRUE(artifact) << artifact.error().message;
  EXPECT_TRUE(artifact->segment(*artifact->metadata().text()->tokenizer()).empty());
}

TEST_F(ArtifactTest, LongSegmentInPieces) {
  SyntheticArtifact model = additiveModel();
  auto writer = ArtifactWriter::create(path);
  ASSERT_TRUE(writer);
  std::vector<std::byte> bytes(2 * hashChunk + 12345);
  std::mt19937_64 random(7);
  for (auto &byte : bytes)
    byte = std::byte(random());
  ASSERT_TRUE(writer->begin());
  for (size_t at = 0; at < bytes.size(); at += 1000003)
    ASSERT_TRUE(
        writer->write(std::span(bytes).subspan(at, std::min<size_t>(1000003, bytes.size() - at))));
  auto weights = writer->end();
  auto tokenizer = writer->append({});
  auto code = writer->append(model.programs[0].code);
  ASSERT_TRUE(weights && tokenizer && code);
  ASSERT_TRUE(writer->finish(model.metadata(*weights, *tokenizer, {{*code}})));
  for (unsigned threads : {1, 2, 5}) {
    auto artifact = Artifact::open(path, threads);
    ASSERT_TRUE(artifact) << artifact.error().message;
    EXPECT_TRUE(std::ranges::equal(artifact->weights(), bytes));
  }
  auto file = readFile(path);
  file[weights->offset() + hashChunk + 5] ^= std::byte(1);
  EXPECT_THAT(errorOf(file), HasSubstr("damaged weights"));
}

TEST_F(ArtifactTest, NewerVersionIsRefusedNamingBoth) {
  auto file = modelBytes();
  uint32_t version = formatVersion + 6;
  std::memcpy(&file[offsetof(ArtifactHeader, version)], &version, sizeof version);
  sealHeader(file);
  EXPECT_THAT(errorOf(file), HasSubstr("format version 8 is newer than 2"));
}

TEST_F(ArtifactTest, OtherFilesAreRefused) {
  std::string text = "GGUF and some more bytes, enough for a header of the length that is needed";
  EXPECT_THAT(errorOf(std::as_bytes(std::span(text))), HasSubstr("not a .weft file"));
  EXPECT_THAT(errorOf({}), HasSubstr("is empty"));
  EXPECT_THAT(errorOf(std::as_bytes(std::span("WEFT", 4))), HasSubstr("truncated"));
  auto missing = Artifact::open(path + ".missing");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("No such file"));
  auto directory = Artifact::open("/tmp");
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("regular file"));
}

TEST_F(ArtifactTest, TruncatedAndExtendedFilesNameTheirSizes) {
  auto file = modelBytes();
  size_t size = file.size();
  file.pop_back();
  EXPECT_THAT(errorOf(file),
              HasSubstr(std::to_string(size) + " bytes, found " + std::to_string(size - 1)));
  file.resize(size + 1);
  EXPECT_THAT(errorOf(file), HasSubstr("bytes follow its end"));
}

TEST_F(ArtifactTest, DamageAnywhereIsFound) {
  auto file = modelBytes();
  uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2000; ++i) {
    auto damaged = file;
    bool truncate = i % 4 == 0;
    size_t place = random() % file.size();
    if (truncate)
      damaged.resize(place);
    else
      damaged[place] ^= std::byte(1u << random() % 8);
    std::string error = errorOf(damaged);
    ASSERT_NE(error, "") << (truncate ? "truncated to " : "flipped at ") << place;
    ASSERT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

// Damage that the hashes do not catch: somebody made them right again.
TEST_F(ArtifactTest, MetadataMadeToDeceive) {
  auto file = modelBytes();
  ArtifactHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  std::vector<std::byte> metadata(file.begin() + header.metadataOffset, file.end());
  uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int refused = 0;
  constexpr int rounds = 20000;
  for (int i = 0; i < rounds; ++i) {
    auto changed = metadata;
    for (uint64_t flips = 1 + random() % 4; flips > 0; --flips)
      changed[random() % changed.size()] = std::byte(random());
    auto result = verify::metadata(changed);
    refused += !result;
    if (!result)
      ASSERT_EQ(result.error().message.find('\n'), std::string::npos);
  }
  EXPECT_GT(refused, rounds / 4);
}

TEST(SegmentHash, StreamedParallelAndDefinedAgree) {
  std::mt19937_64 random(11);
  for (size_t size : {size_t(0), size_t(1), hashChunk - 1, hashChunk, hashChunk + 1, 2 * hashChunk,
                      3 * hashChunk + 77}) {
    std::vector<std::byte> bytes(size);
    for (size_t i = 0; i < size; i += 97)
      bytes[i] = std::byte(random());
    std::vector<uint64_t> chunks;
    for (size_t at = 0; at < size; at += hashChunk)
      chunks.push_back(hashBytes(std::span(bytes).subspan(at, std::min(hashChunk, size - at))));
    uint64_t defined =
        size <= hashChunk ? hashBytes(bytes) : hashBytes(std::as_bytes(std::span(chunks)));

    EXPECT_EQ(hashSegment(bytes), defined) << size;
    EXPECT_EQ(hashSegment(bytes, 3), defined) << size;
    SegmentHasher hasher;
    hasher.update(std::as_bytes(std::span("before")));
    hasher.finish();
    for (size_t at = 0; at < size; at += 700001)
      hasher.update(std::span(bytes).subspan(at, std::min<size_t>(700001, size - at)));
    EXPECT_EQ(hasher.finish(), defined) << size;
  }
}

} // namespace
} // namespace weft::test
