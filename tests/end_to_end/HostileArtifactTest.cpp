// No bytes of an artifact crash the reader, and no flipped bit goes unseen.

#include "runtime/artifact/Artifact.h"
#include "tests/Shared.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"
#include "compiler/Compilation.h"

#include <gtest/gtest.h>

namespace weft::test {
namespace {

TEST(HostileArtifact, FlippedBitsAndTruncationsAreSeen) {
  TemporaryFolder folder;
  TemporaryDirectory checkpoint;
  CompilationOptions options;
  options.input = GaussianCheckpoint(3).llama().writeHuggingFace(checkpoint);
  options.output = folder.file("model.weft");
  options.quantize = WeightFormat::Q4;
  Result<void> compiled = compile(options);
  ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  std::string bytes = readFile(options.output), bad = folder.file("bad.weft");

  unsigned seed = std::random_device()();
  std::printf("  seed %u, %zu bytes\n", seed, bytes.size());
  std::mt19937 random(seed);
  writeFile(bad, bytes);
  std::fstream file(bad, std::ios::in | std::ios::out | std::ios::binary);
  for (int i = 0; i < 1500; ++i) {
    // Half of them in the metadata, which is a small part of the file.
    size_t from = i % 2 ? bytes.size() - 20000 : 0, place = from + random() % (bytes.size() - from);
    char flipped = bytes[place] ^ char(1 << random() % 8);
    file.seekp(place).put(flipped).flush();
    Result<Artifact> opened = Artifact::open(bad);
    ASSERT_FALSE(opened.has_value()) << "a flipped bit of byte " << place << " went unseen";
    ASSERT_EQ(opened.error().message.find('\n'), std::string::npos);
    file.seekp(place).put(bytes[place]).flush();
  }
  ASSERT_TRUE(Artifact::open(bad).has_value());
  for (int i = 0; i < 500; ++i) {
    size_t length = random() % bytes.size();
    std::filesystem::resize_file(bad, length);
    ASSERT_FALSE(Artifact::open(bad).has_value()) << "cut at " << length;
    writeFile(bad, bytes.substr(0, length)); // resize_file of a shorter file would add zeros
  }
}

} // namespace
} // namespace weft::test
