// weftc --tune: the same model, and a record of what was measured.

#include "runtime/artifact/Artifact.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class Tune : public CommandTest {
protected:
  void SetUp() override { checkpoint = GaussianCheckpoint(8).llama().writeHuggingFace(directory); }

  TemporaryDirectory directory;
  std::string checkpoint;
};

TEST_F(Tune, GivesTheSameBitsAndSaysWhatItMeasured) {
  compileModel(checkpoint, "--quantize=q8");
  EXPECT_EQ(runWell(weft + " inspect " + artifact).find("tuned"), std::string::npos);
  const std::string ids = "5,9,200,31,7,7,1,99,4,17,300,2,45", logits = logitsOf(ids);

  CommandResult result =
      run(weftc + " " + checkpoint + " -o " + artifact + " --quantize=q8 --tune --threads 2 -v");
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("\ntune "));
  EXPECT_THAT(result.err, HasSubstr("\n  linear_1: unroll "));
  for (const char *options : {"--threads 1", "--threads 2", "--threads 2 --batch 1", "--batch 5"})
    EXPECT_TRUE(logitsOf(ids, options) == logits) << options;

  auto opened = Artifact::open(artifact);
  ASSERT_TRUE(opened) << opened.error().message;
  const schema::Program &program = *opened->metadata().programs()->Get(0);
  ASSERT_NE(program.tunings(), nullptr);
  EXPECT_GE(program.tunings()->size(), 9u); // of four products in two forms, and attention
  for (const schema::Tuning *tuning : *program.tunings()) {
    EXPECT_EQ(tuning->threads(), 2u);
    EXPECT_GE(tuning->candidates()->size(), 3u);
    const schema::Candidate &kept = *tuning->candidates()->Get(0);
    const schema::Candidate &chosen = *tuning->candidates()->Get(tuning->chosen());
    if (tuning->chosen() != 0) {
      EXPECT_LT(double(chosen.nanoseconds()), 0.981 * double(kept.nanoseconds()) + 2);
      EXPECT_LT(double(chosen.again()), 0.981 * double(kept.again()) + 2);
    }
  }
  EXPECT_THAT(runWell(weft + " inspect " + artifact), HasSubstr("tuned with 2 threads"));
}

TEST_F(Tune, IsSilentUnlessAsked) {
  CommandResult result =
      run(weftc + " " + checkpoint + " -o " + artifact + " --quantize=q8 --tune --threads 1");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "");
  // The checkpoint has no tokenizer, which is said; nothing else is.
  EXPECT_THAT(result.err, testing::MatchesRegex("weftc: '[^\n]*': found no tokenizer[^\n]*\n"));
}

TEST_F(Tune, IsForThisMachineAlone) {
  auto expectRefused = [&](const std::string &options, const std::string &said) {
    CommandResult result = run(weftc + " " + checkpoint + " -o " + artifact + " --tune " + options);
    EXPECT_EQ(result.code, 1) << options;
    EXPECT_THAT(result.err, HasSubstr(said));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(artifact)) << options;
  };
  expectRefused("--cpu x86-64-v3", "expected --cpu native alone, found x86-64-v3");
  expectRefused("--cpu native,x86-64-v3", "expected --cpu native alone, found native,x86-64-v3");
  expectRefused("--compile-to fused",
                "--tune measures code: it does not go together with --compile-to");
}

} // namespace
} // namespace weft::test
