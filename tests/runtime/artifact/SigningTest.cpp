// Digests and signatures of artifacts, and what is noticed.
#include "SyntheticArtifact.h"

#include "runtime/artifact/Signing.h"
#include "runtime/artifact/Verify.h"
#include "runtime/base/NewFile.h"
#include "tests/Shared.h"

#include <cstring>
#include <gmock/gmock.h>
#include <sstream>

namespace weft::test {
namespace {

using testing::HasSubstr;

class Signing : public testing::Test {
  TemporaryFolder folder;

protected:
  std::string path = folder.file("model.weft"), signature = signaturePath(path);
  sign::Key key = std::move(*sign::Key::generate());

  Artifact written(const SyntheticArtifact &model = additiveModel()) {
    auto done = model.write(path);
    EXPECT_TRUE(done) << done.error().message;
    auto artifact = Artifact::open(path);
    EXPECT_TRUE(artifact) << artifact.error().message;
    return std::move(*artifact);
  }
  std::string problem(const Artifact &artifact) {
    auto verified = verifySignature(artifact, signature, key, 2);
    return verified ? "" : verified.error().message;
  }
};

TEST_F(Signing, HoldsForTheFileThatWasSigned) {
  const Artifact artifact = written();
  auto text = signArtifact(artifact, key);
  ASSERT_TRUE(text) << text.error().message;
  ASSERT_TRUE(writeNewFile(signature, *text));
  EXPECT_EQ(problem(artifact), "");
  EXPECT_TRUE(verifyDigests(artifact, 3));
}

TEST_F(Signing, AnotherFileAnotherKeyAndNoSignatureAreNamed) {
  {
    const Artifact artifact = written();
    EXPECT_THAT(problem(artifact), HasSubstr("expected a signature of key " + key.id()));
    ASSERT_TRUE(writeNewFile(signature, *signArtifact(artifact, *sign::Key::generate())));
    EXPECT_THAT(problem(artifact), HasSubstr("found one of key"));
    ASSERT_TRUE(writeNewFile(signature, *signArtifact(artifact, key)));
  }
  SyntheticArtifact other = additiveModel();
  other.weights.back() = std::byte(0x43);
  EXPECT_THAT(problem(written(other)), HasSubstr("it is not the file that key"));
}

// XXH3 can be made to fit; the digests of the metadata are what the signature stands on.
TEST_F(Signing, ChangedBytesWhoseHashWasMadeToFitAreFound) {
  SyntheticArtifact model = additiveModel();
  model.changeDigests = [](std::vector<schema::Digest> &digests) {
    const_cast<uint8_t &>(digests.front().sha256()->data()[3]) ^= 1;
  };
  const Artifact artifact = written(model);
  auto verified = verifyDigests(artifact);
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message, HasSubstr("changed weights: expected SHA-256"));
  EXPECT_FALSE(signArtifact(artifact, key));
}

TEST_F(Signing, FilesWithoutDigestsAreNamed) {
  SyntheticArtifact model = additiveModel();
  model.changeDigests = [](std::vector<schema::Digest> &digests) { digests.clear(); };
  auto verified = verifyDigests(written(model));
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message, HasSubstr("compile the model again"));
  model.changeDigests = [](std::vector<schema::Digest> &digests) { digests.pop_back(); };
  verified = verifyDigests(written(model));
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message, HasSubstr("has no digest of the segment"));
}

TEST_F(Signing, SignatureFilesThatAreNoneAreRefused) {
  const Artifact artifact = written();
  const std::string right = *signArtifact(artifact, key);
  for (const std::string &text :
       {std::string("x"), right + "more", right.substr(0, right.size() - 8), "\n" + right,
        std::string(1 << 20, 'x')}) {
    ASSERT_TRUE(writeNewFile(signature, text));
    EXPECT_THAT(problem(artifact), HasSubstr("to be a signature file that begins with"));
  }
  // As a transfer that changes line ends leaves it.
  std::string windows;
  for (char c : right)
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  ASSERT_TRUE(writeNewFile(signature, windows));
  EXPECT_EQ(problem(artifact), "");
}

} // namespace
} // namespace weft::test
