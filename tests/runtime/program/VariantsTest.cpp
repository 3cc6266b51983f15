// Which of its alternatives a variant runs: by the artifact, by asking, by measuring, and by what
// was measured before.
#include "FakeDevice.h"

#include "runtime/program/Session.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <chrono>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace weft::test {
namespace {

using Reason = VariantChoice::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

void spin(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

void nothing(const WeftDispatch *) {}
void fast(const WeftDispatch *) { spin(std::chrono::microseconds(20)); }
void slow(const WeftDispatch *) { spin(std::chrono::microseconds(200)); }

/// The additive model, whose kernel for one token has alternatives of which the last is fast.
class VariantsTest : public testing::Test {
protected:
  VariantsTest() {
    auto &program = model.programs[0];
    program.kernels.push_back({"embed.one.b", 64});
    program.kernels.push_back({"embed.one.c", 80});
    program.steps[0].variants[0].alternatives = {{4, "", "Other"}, {5, "", {}}};
    options.context = 16;
    options.tokens = 8;
    options.variants.leastBytes = 0;
    options.variants.seconds = 1; // Of which 25 rounds take 15 ms.
    options.variants.folder = cache.path().string();
  }

  void open() {
    session.reset();
    ASSERT_TRUE(model.write(folder.file("model.weft")));
    auto opened = Artifact::open(folder.file("model.weft"));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    artifact = std::make_unique<Artifact>(std::move(*opened));
    auto made = std::make_unique<FakeDevice>();
    made->identityName = identity;
    made->features = features;
    made->functions = {{"embed", nothing},       {"embed.one", slow}, {"embed.one.b", slow},
                       {"embed.one.c", fast},    {"keep", nothing},   {"head", nothing},
                       {"embed.one.ahead", slow}};
    device = made.get();
    auto session = Session::open(*artifact, options, std::move(made));
    ASSERT_TRUE(session.has_value()) << session.error().message;
    this->session = std::move(*session);
  }

  /// The kernel that runs for one token, after a call; what was chosen says the same.
  uint32_t kernelOfOneToken() {
    const int32_t zero = 0;
    EXPECT_TRUE(session->forward({{&zero, 1}, {&zero, 1}, {&zero, 1}, {}}));
    return device->ran.front().first;
  }
  const VariantChoice &choice() {
    EXPECT_EQ(session->variants().size(), 1u);
    return session->variants().front();
  }
  std::vector<std::filesystem::path> cacheFiles() {
    return {std::filesystem::directory_iterator(cache.path()), {}};
  }

  TemporaryFolder folder, cache;
  SyntheticArtifact model = additiveModel();
  SessionOptions options;
  std::string identity = "Maker 1-2-3";
  std::set<std::string, std::less<>> features;
  std::unique_ptr<Artifact> artifact;
  FakeDevice *device = nullptr;
  std::unique_ptr<Session> session;
};

TEST_F(VariantsTest, AreMeasuredOnceAndKept) {
  open();
  EXPECT_EQ(choice().reason, Reason::Measured);
  EXPECT_EQ(choice().kernel(), "embed.one.c");
  EXPECT_GT(choice().gain, 0.5);
  EXPECT_EQ(kernelOfOneToken(), 5u);
  EXPECT_EQ(cacheFiles().size(), 1u);
  open();
  EXPECT_EQ(choice().reason, Reason::Recalled);
  EXPECT_GT(choice().gain, 0.5);
  EXPECT_EQ(kernelOfOneToken(), 5u);
}

TEST_F(VariantsTest, AreMeasuredAgainForOtherDevicesCodeAndThreads) {
  options.threads = 2;
  open();
  for (auto change : {std::function([&] { identity = "Maker 1-2-4"; }),
                      std::function([&] { model.programs[0].code.back() = std::byte(1); }),
                      std::function([&] { options.threads = 1; })}) {
    change();
    open();
    EXPECT_EQ(choice().reason, Reason::Measured);
  }
  EXPECT_EQ(cacheFiles().size(), 4u);
}

TEST_F(VariantsTest, AreMeasuredAgainWhereTheFileIsAnything) {
  open();
  const std::string file = cacheFiles().front().string();
  const std::vector<std::byte> good = readFile(file);
  const std::string text(reinterpret_cast<const char *>(good.data()), good.size());
  auto replaced = [&](const std::string &from, const std::string &to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string &bad :
       {std::string(), std::string("weft"), std::string(1 << 20, 'x'),
        text.substr(0, text.size() - 1), text + "x", replaced("Maker", "Baker"),
        replaced("weft variants 1", "weft variants 2"), replaced(": 2 ", ": 3 "),
        replaced(": 2 ", ": -2 "), replaced(": 2 ", ": 99999999999999999999 "), replaced(" .c", ""),
        replaced("\nchoose", "\nlose")}) {
    ASSERT_NE(bad, text);
    std::ofstream(file, std::ios::binary) << bad;
    open();
    EXPECT_EQ(choice().reason, Reason::Measured) << bad.substr(0, 200);
    EXPECT_EQ(kernelOfOneToken(), 5u);
    EXPECT_TRUE(readFile(file) == good || choice().reason == Reason::Measured);
  }
  // Nobody writes to it.
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  open();
  EXPECT_EQ(choice().reason, Reason::Measured);
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  open();
  EXPECT_EQ(choice().reason, Reason::Measured);
}

TEST_F(VariantsTest, WithoutMeasuringAreWhatTheArtifactSays) {
  options.variants.measure = false;
  open();
  EXPECT_EQ(choice().reason, Reason::Favored);
  EXPECT_EQ(kernelOfOneToken(), 1u);
  identity = "Otherwise 1-2-3";
  open();
  EXPECT_EQ(kernelOfOneToken(), 4u);
  model.programs[0].steps[0].variants[0].alternatives = {{5, "", ""}, {4, "", "Other"}};
  open();
  EXPECT_EQ(kernelOfOneToken(), 5u);
  EXPECT_THAT(cacheFiles(), IsEmpty());
}

TEST_F(VariantsTest, AreNotMeasuredWhereThatWouldNotMatter) {
  options.variants.leastBytes = 29; // One more than there are.
  open();
  EXPECT_EQ(choice().reason, Reason::Favored);
  options.variants.leastBytes = 28;
  identity = ""; // A device that says nothing of itself.
  open();
  EXPECT_EQ(choice().reason, Reason::Favored);
  EXPECT_THAT(cacheFiles(), IsEmpty());
}

TEST_F(VariantsTest, ThatThereWasNoTimeForAreNotKept) {
  options.variants.seconds = 1e-4;
  open();
  EXPECT_EQ(choice().reason, Reason::Favored);
  EXPECT_EQ(kernelOfOneToken(), 1u);
  EXPECT_THAT(cacheFiles(), IsEmpty());
}

TEST_F(VariantsTest, WhoseFeaturesAreMissingArePassedOver) {
  model.programs[0].steps[0].variants[0].alternatives = {{4, "", {}}, {5, "vector,more", ""}};
  features = {"more"};
  open();
  EXPECT_THAT(choice().alternatives, ElementsAre("", ".b"));
  EXPECT_NE(kernelOfOneToken(), 5u);
  features = {"more", "vector"};
  options.variants.measure = false;
  open();
  EXPECT_THAT(choice().alternatives, ElementsAre("", ".b", ".c"));
  EXPECT_EQ(kernelOfOneToken(), 5u);
}

TEST_F(VariantsTest, MayBeAskedFor) {
  for (auto [take, kernel] : {std::pair(0u, 1u), {1, 4}, {2, 5}, {4, 4}}) {
    options.variants.take = take;
    open();
    EXPECT_EQ(choice().reason, Reason::Asked);
    EXPECT_EQ(kernelOfOneToken(), kernel);
  }
  EXPECT_THAT(cacheFiles(), IsEmpty());
}

TEST_F(VariantsTest, OfEarlierFilesPrefetchOnIntelsProcessors) {
  model.programs[0].steps[0].variants[0].alternatives.clear();
  model.programs[0].kernels[4].name = "embed.one.ahead";
  options.variants.measure = false;
  open();
  EXPECT_EQ(kernelOfOneToken(), 1u);
  identity = "GenuineIntel 6-143-8 00000000";
  open();
  EXPECT_EQ(choice().kernel(), "embed.one.ahead");
  EXPECT_EQ(kernelOfOneToken(), 4u);
}

TEST_F(VariantsTest, FailWhereTheDeviceDoes) {
  ASSERT_TRUE(model.write(folder.file("model.weft")));
  auto opened = Artifact::open(folder.file("model.weft"));
  auto made = std::make_unique<FakeDevice>();
  made->identityName = identity;
  for (const char *name : {"embed", "embed.one", "embed.one.b", "embed.one.c", "keep", "head"})
    made->functions[name] = nothing;
  made->failNextRun = true;
  auto session = Session::open(*opened, options, std::move(made));
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().message, "the device was lost");
}

} // namespace
} // namespace weft::test
