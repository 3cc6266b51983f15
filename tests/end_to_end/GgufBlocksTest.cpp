// Weights that a GGUF file holds in blocks reach the artifact bit for bit.

#include "ir/storage/Packing.h"
#include "tests/backends/Conformance.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"
#include "tests/end_to_end/Logits.h"

namespace weft::test {
namespace {

/// A block as GGUF stores it: f16 scale, codes.
std::string block(float scale, const std::vector<uint8_t> &codes) {
  return raw(_Float16(scale)) + std::string(codes.begin(), codes.end());
}

/// ggml's quantize_row_q8_0_ref.
std::string q8Block(const float *x) {
  float largest = 0;
  for (int i = 0; i < 32; ++i)
    largest = std::max(largest, std::abs(x[i]));
  float scale = largest / 127, inverse = scale ? 1 / scale : 0;
  std::vector<uint8_t> codes(32);
  for (int i = 0; i < 32; ++i)
    codes[i] = uint8_t(int8_t(std::round(x[i] * inverse)));
  return block(scale, codes);
}

/// ggml's quantize_row_q4_0_ref: the value of the largest magnitude becomes -8.
std::string q4Block(const float *x) {
  float largest =
      *std::max_element(x, x + 32, [](float a, float b) { return std::abs(a) < std::abs(b); });
  float scale = largest / -8, inverse = scale ? 1 / scale : 0;
  auto code = [&](int i) { return uint8_t(std::min(15, int(x[i] * inverse + 8.5f))); };
  std::vector<uint8_t> codes(16);
  for (int i = 0; i < 16; ++i)
    codes[i] = code(i) | code(i + 16) << 4;
  return block(scale, codes);
}

/// Matrices in blocks of a type, vectors in f32.
template <uint32_t type, std::string encode(const float *)>
std::pair<uint32_t, std::string> inBlocks(const Weights &weights) {
  if (weights.shape.size() == 1)
    return CheckpointContents::f32(weights);
  std::string bytes;
  for (size_t i = 0; i < weights.values.size(); i += 32)
    bytes += encode(&weights.values[i]);
  return {type, bytes};
}

constexpr auto q8_0 = inBlocks<8, q8Block>;
constexpr auto q4_0 = inBlocks<2, q4Block>;

/// Matrices in super-blocks, vectors in f32.
std::pair<uint32_t, std::string> inSuperBlocks(uint32_t type, const Storage &storage,
                                               const Weights &weights) {
  if (weights.shape.size() == 1)
    return CheckpointContents::f32(weights);
  std::string bytes(storage.bytes(weights.shape[0], weights.shape[1]), '\0');
  encodeRows(storage, weights.shape[1], weights.values.data(), weights.shape[0],
             reinterpret_cast<std::byte *>(bytes.data()));
  return {type, bytes};
}

std::pair<uint32_t, std::string> q4_K(const Weights &weights) {
  return inSuperBlocks(12, Storage::q4K(), weights);
}

std::pair<uint32_t, std::string> q6_K(const Weights &weights) {
  return inSuperBlocks(14, Storage::q6K(), weights);
}

/// As in a file of type Q4_K_M: six bits for the embeddings, the logits, and what leads out of
/// the wide layer.
std::pair<uint32_t, std::string> mixedK(const Weights &weights) {
  bool isTable = weights.shape[0] == GaussianCheckpoint::vocabulary;
  return isTable || weights.shape.back() == GaussianCheckpoint::hidden ? q6_K(weights)
                                                                       : q4_K(weights);
}

/// A type of GGUF, and what it is here.
struct Kind {
  uint32_t type;
  Storage plain;
  size_t blockBytes;
};
const Kind kinds[] = {{8, Storage::q8(), 34},
                      {2, Storage::q4(), 18},
                      {12, Storage::q4K(), 144},
                      {14, Storage::q6K(), 210}};

/// Merged and rearranged weights have the same blocks in another order: sorted, they compare.
std::vector<std::string> cut(const std::string &bytes, size_t blockBytes,
                             std::vector<std::string> blocks = {}) {
  for (size_t i = 0; i < bytes.size(); i += blockBytes)
    blocks.push_back(bytes.substr(i, blockBytes));
  return blocks;
}

class GgufBlocks : public ArtifactTest {
protected:
  std::vector<std::string> blocksOfArtifact(const Kind &kind) {
    const Storage &plain = kind.plain;
    auto artifact = Artifact::open(artifactPath);
    EXPECT_TRUE(artifact.has_value());
    std::vector<std::string> blocks;
    for (const schema::Parameter *parameter : *artifact->metadata().parameters()) {
      const schema::Storage &s = parameter->storage()[0];
      if (s.bits() == 0)
        continue;
      Storage stored{Scalar(s.scalar()),
                     s.bits(),
                     s.block(),
                     s.bias(),
                     {Arrangement::Kind(s.arrangement()), s.rows(), s.depth()},
                     {},
                     parameter->super(),
                     parameter->mins()};
      if (!stored.sameNumbers(plain))
        continue;
      int64_t rows = parameter->shape()->Get(0), columns = parameter->shape()->Get(1);
      std::string packed(plain.bytes(rows, columns), '\0');
      transcodeRows(stored, &artifact->weights()[parameter->offset()], 0, rows, plain,
                    reinterpret_cast<std::byte *>(packed.data()), columns);
      blocks = cut(packed, kind.blockBytes, std::move(blocks));
    }
    std::ranges::sort(blocks);
    return blocks;
  }

  void expectKept(const char *name, CheckpointContents::GgufEncoding encoding, double bound) {
    CheckpointContents contents = GaussianCheckpoint(4).llamaGguf();
    TemporaryDirectory dense, blocks;
    std::vector<int32_t> tokens = someTokens(GaussianCheckpoint::vocabulary);
    std::vector<float> expected = referenceLogits(contents.writeGguf(dense), tokens);
    compileModel(contents.writeGguf(blocks, encoding));
    if (HasFatalFailure())
      return;

    for (const Kind &kind : kinds) {
      std::vector<std::string> given;
      for (const auto &[tensor, weights] : contents.tensors)
        if (auto [type, bytes] = encoding(weights); type == kind.type)
          given = cut(bytes, kind.blockBytes, std::move(given));
      std::ranges::sort(given);
      EXPECT_TRUE(blocksOfArtifact(kind) == given)
          << "other blocks of " << kind.plain.describe() << " than in the file";
    }

    std::vector<float> together = logits(tokens, tokens.size(), 1);
    ASSERT_EQ(together.size(), expected.size());
    expectError(name, relativeError(together, expected), bound);
    EXPECT_EQ(logits(tokens, 1, 2), together) << "token by token, two threads";
  }
};

TEST_F(GgufBlocks, OfEightBitsAreKept) { expectKept("Q8_0", q8_0, 2e-2); }

TEST_F(GgufBlocks, OfFourBitsAreKept) { expectKept("Q4_0", q4_0, 3e-1); }

TEST_F(GgufBlocks, OfFourBitsWithMinimaAreKept) { expectKept("Q4_K", q4_K, 3e-1); }

TEST_F(GgufBlocks, OfSixBitsAreKept) { expectKept("Q6_K", q6_K, 8e-2); }

TEST_F(GgufBlocks, OfTwoKindsAreKept) {
  expectKept("Q4_K and Q6_K", mixedK, 3e-1);
  CommandResult shown = runCommand(folder.path().string(), weft + " inspect model.weft");
  for (const char *format : {"q4_K (block 32, super-block 256, f16 scales) tiled 16x4",
                             "q6_K (block 16, super-block 256, f16 scales) tiled 16x4",
                             "q6_K (block 16, super-block 256, f16 scales) tiled 1x4"})
    EXPECT_NE(shown.out.find(format), std::string::npos) << format << " in\n" << shown.out;
}

TEST_F(GgufBlocks, OfPartsOfSuperBlocksAreRefused) {
  writeFile(folder.file("model.gguf"),
            GgufWriter()
                .string("general.architecture", "llama")
                .tensor("token_embd.weight", {320, 4}, 12, std::string(4 * 2 * 144, 'x'))
                .finish());
  CommandResult result = runCommand(folder.path().string(), weftc + " model.gguf -o model.weft");
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(
      result.err.find("tensor 'token_embd.weight': expected rows of a multiple of 256 for Q4_K, "
                      "found shape [4, 320]"),
      std::string::npos)
      << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
}

} // namespace
} // namespace weft::test
