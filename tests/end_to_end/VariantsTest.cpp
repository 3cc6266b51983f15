// Alternatives of kernels from the command line: the same bits whichever runs.

#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace weft::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Variants : public CommandTest {
protected:
  TemporaryDirectory directory;
};

TEST_F(Variants, GiveTheSameBits) {
  const std::string checkpoint = GaussianCheckpoint(8).llama().writeHuggingFace(directory);
  const std::string ids = "5,9,200,31,7,7,1,99,4,17,300,2,45";
  for (const std::string options :
       {"--cpu native --quantize=q8", "--cpu x86-64-v4 --quantize=q4", "--cpu x86-64-v3"}) {
    compileModel(checkpoint, options);
    if (run(weft + " eval " + artifact + " --tokens 1 --logits x.npy").err.find("has no program") !=
        std::string::npos)
      continue; // This machine lacks what the processor has.
    const std::string logits = logitsOf(ids, "--variants default");
    EXPECT_TRUE(logitsOf(ids) == logits);
    for (const char *which : {"0", "1", "2", "3", "4", "5"})
      for (const char *batch : {"", " --batch 1"})
        EXPECT_TRUE(logitsOf(ids, std::string("--variants ") + which + batch) == logits)
            << options << ", " << which << batch;
  }
}

TEST_F(Variants, AreToldWithTheReason) {
  compileModel(demo, "--quantize=q8");
  const json variants = json::parse(runWell(weft + " inspect --json " + artifact))["variants"];
#if defined(__x86_64__)
  ASSERT_FALSE(variants.empty());
  EXPECT_EQ(variants[0]["reason"], "not measured"); // The demo model is too small.
  EXPECT_GE(variants[0]["alternatives"].size(), 2u);
  EXPECT_THAT(runWell(weft + " inspect " + artifact),
              HasSubstr("\nvariants on this machine\n  linear"));
  const std::string bench = weft + " bench " + artifact + " -p 8 -n 2 -r 1 --variants 1";
  EXPECT_THAT(runWell(bench), HasSubstr(", asked for\n"));
  EXPECT_EQ(json::parse(runWell(bench + " --json"))["variants"][0]["reason"], "asked for");
#endif
  const CommandResult wrong = run(weft + " bench " + artifact + " --variants fastest");
  EXPECT_NE(wrong.code, 0);
  EXPECT_THAT(wrong.err,
              HasSubstr("expected measured, default or a number below 100, found 'fastest'"));
}

} // namespace
} // namespace weft::test
