// weft sign, weft verify and --require-signed as a person types them.
#include "CommandLine.h"

#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace weft::test {
namespace {

using testing::HasSubstr;

TEST(SignCommand, SignsAndVerifies) {
  TemporaryFolder folder;
  const std::string model = folder.file("model.weft"), key = folder.file("key");
  ASSERT_TRUE(additiveModel().write(model));
  EXPECT_EQ(weft({"sign", "--new-key", key}).code, 0);
  struct stat status;
  ASSERT_EQ(stat((key + ".pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u) << "a private key is for its owner alone";
  EXPECT_THAT(weft({"sign", "--new-key", key}).error, HasSubstr("exists"));

  const Outcome unsignedModel = weft({"verify", model, "--public-key", key + ".pub.pem"});
  EXPECT_EQ(unsignedModel.code, 1);
  EXPECT_THAT(unsignedModel.error, HasSubstr("expected a signature of key"));
  EXPECT_EQ(weft({"sign", model, "--key", key + ".pem"}).code, 0);
  const Outcome verified = weft({"verify", model, "--public-key", key + ".pub.pem", "--json"});
  EXPECT_EQ(verified.code, 0) << verified.error;
  EXPECT_THAT(verified.out, HasSubstr("\"signed_by\""));
  EXPECT_EQ(weft({"verify", model}).code, 0);
}

TEST(SignCommand, RequireSignedRefusesWhatIsNotSigned) {
  TemporaryFolder folder;
  const std::string model = folder.file("model.weft"), key = folder.file("key");
  ASSERT_TRUE(additiveModel().write(model));
  ASSERT_EQ(weft({"sign", "--new-key", key}).code, 0);
  const std::vector<std::string> inspect = {"inspect", model, "--require-signed", key + ".pub.pem"};
  EXPECT_THAT(weft(inspect).error, HasSubstr("expected a signature of key"));
  ASSERT_EQ(weft({"sign", model, "--key", key + ".pem"}).code, 0);
  const Outcome opened = weft(inspect);
  EXPECT_EQ(opened.code, 0) << opened.error;
  EXPECT_THAT(weft({"inspect", model, "--require-signed", key + ".pem"}).error,
              HasSubstr("expected an Ed25519 public key"));
}

TEST(SignCommand, NeedsAModelAndAKey) {
  EXPECT_EQ(weft({"sign", "model.weft"}).code, 2);
  EXPECT_EQ(weft({"sign"}).code, 1);
  EXPECT_EQ(weft({"sign", "--key", "k.pem"}).code, 2);
}

} // namespace
} // namespace weft::test
