// Sessions over the additive model: choice of program, memory, batches and their checks.
#include "FakeDevice.h"

#include "runtime/device/Registry.h"
#include "runtime/program/Session.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <atomic>
#include <gmock/gmock.h>
#include <new>

static std::atomic<size_t> allocations = 0;

// The thread sanitizer brings its own.
#if !__has_feature(thread_sanitizer)
void *operator new(size_t bytes) {
  ++allocations;
  if (void *memory = std::malloc(bytes))
    return memory;
  std::abort();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
#endif

namespace weft::test {
namespace {

using schema::Symbol;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

template <typename T> T *bound(const WeftDispatch *d, int i) {
  return static_cast<T *>(d->bindings[i]);
}

/// Bindings: tokens, weights, x. A workgroup is two tokens.
void embed(const WeftDispatch *d) {
  int64_t end = std::min(d->end * 2, d->sizes[WEFT_TOKENS]);
  for (int64_t i = d->begin * 2; i < end; ++i)
    bound<float>(d, 2)[i] = bound<float>(d, 1)[bound<int32_t>(d, 0)[i]];
}
void embedOne(const WeftDispatch *d) {
  *bound<float>(d, 2) = bound<float>(d, 1)[*bound<int32_t>(d, 0)];
}
/// Bindings: x, positions, sequences, state.
void keep(const WeftDispatch *d) {
  for (int64_t i = d->begin; i < d->end; ++i)
    bound<float>(d, 3)[bound<int32_t>(d, 2)[i] * d->sizes[WEFT_CONTEXT] + bound<int32_t>(d, 1)[i]] =
        bound<float>(d, 0)[i];
}
/// Bindings: rows, positions, sequences, state, logits. Seven workgroups a row.
void head(const WeftDispatch *d) {
  for (int64_t g = d->begin; g < d->end; ++g) {
    int32_t token = bound<int32_t>(d, 0)[g / 7];
    const float *state = bound<float>(d, 3) + bound<int32_t>(d, 2)[token] * d->sizes[WEFT_CONTEXT];
    float sum = float(g % 7);
    for (int32_t p = 0; p <= bound<int32_t>(d, 1)[token]; ++p)
      sum += state[p];
    bound<float>(d, 4)[g] = sum;
  }
}

class SessionTest : public testing::Test {
protected:
  TemporaryFolder folder;
  SyntheticArtifact model = additiveModel();
  std::unique_ptr<Artifact> artifact;
  std::unique_ptr<FakeDevice> made = std::make_unique<FakeDevice>();
  /// The one that the session owns.
  FakeDevice *device = made.get();
  std::unique_ptr<Session> session;

  SessionTest() {
    device->functions = {{"embed", embed}, {"embed.one", embedOne}, {"keep", keep}, {"head", head}};
  }

  void openArtifact() {
    std::string path = folder.file("model.weft");
    ASSERT_TRUE(model.write(path));
    auto opened = Artifact::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    artifact = std::make_unique<Artifact>(std::move(*opened));
  }

  void openSession(const SessionOptions &options) {
    openArtifact();
    auto opened = Session::open(*artifact, options, std::move(made));
    ASSERT_TRUE(opened) << opened.error().message;
    session = std::move(*opened);
  }

  std::string openError(const SessionOptions &options) {
    openArtifact();
    auto opened = Session::open(*artifact, options, std::move(made));
    return opened ? "" : opened.error().message;
  }

  using Ints = std::vector<int32_t>;
  /// The first logit of each row, which is the sum of weights.
  std::vector<float> sums(const Ints &tokens, const Ints &positions, const Ints &sequences,
                          const Ints &rows) {
    auto logits = session->forward({tokens, positions, sequences, rows});
    EXPECT_TRUE(logits) << logits.error().message;
    std::vector<float> result;
    for (size_t i = 0; logits && i < rows.size(); ++i) {
      result.push_back((*logits)[i * 7]);
      EXPECT_EQ((*logits)[i * 7 + 6], result.back() + 6);
    }
    return result;
  }

  std::string errorOf(const Ints &tokens, const Ints &positions, const Ints &sequences,
                      const Ints &rows) {
    auto logits = session->forward({tokens, positions, sequences, rows});
    return logits ? "" : logits.error().message;
  }
};

TEST_F(SessionTest, OneSequenceByOneAndInOne) {
  openSession({.context = 16, .tokens = 8, .rows = 8});
  EXPECT_THAT(sums({1}, {0}, {0}, {0}), ElementsAre(1));
  EXPECT_THAT(sums({2}, {1}, {0}, {0}), ElementsAre(3));
  EXPECT_EQ(session->length(0), 2u);
  EXPECT_THAT(sums({1, 2, 3}, {0, 1, 2}, {0, 0, 0}, {2, 1, 0, 0}), ElementsAre(7, 3, 1, 1));
  EXPECT_EQ(session->length(0), 3u);
}

TEST_F(SessionTest, RaggedBatch) {
  openSession({.context = 16, .sequences = 3, .tokens = 8, .rows = 8});
  EXPECT_THAT(sums({1, 4, 2, 5, 3}, {0, 0, 1, 1, 2}, {0, 2, 0, 2, 0}, {4, 3}), ElementsAre(7, 24));
  EXPECT_EQ(session->length(0), 3u);
  EXPECT_EQ(session->length(1), 0u);
  EXPECT_EQ(session->length(2), 2u);
}

TEST_F(SessionTest, GoingBackOverwrites) {
  openSession({.context = 16, .tokens = 8, .rows = 8});
  sums({1, 2, 3}, {0, 1, 2}, {0, 0, 0}, {});
  EXPECT_THAT(sums({5}, {1}, {0}, {0}), ElementsAre(17));
  EXPECT_EQ(session->length(0), 2u);
  session->truncate(0, 1);
  EXPECT_EQ(session->length(0), 1u);
  session->truncate(0, 9);
  EXPECT_EQ(session->length(0), 1u);
  EXPECT_THAT(errorOf({1}, {2}, {0}, {}), HasSubstr("holds 1 tokens"));
}

TEST_F(SessionTest, AForkGoesOnByItself) {
  openSession({.context = 16, .sequences = 3, .tokens = 8, .rows = 8});
  sums({1, 2, 3, 5}, {0, 1, 2, 0}, {0, 0, 0, 2}, {});
  ASSERT_TRUE(session->canFork());
  ASSERT_TRUE(session->fork({.from = 0, .to = 2, .length = 2}));
  EXPECT_EQ(session->length(0), 3u);
  EXPECT_EQ(session->length(2), 2u);
  EXPECT_THAT(sums({4, 4}, {2, 3}, {2, 0}, {0, 1}), ElementsAre(11, 15));
  ASSERT_TRUE(session->fork({.from = 0, .to = 2, .length = 4, .sharedPrefix = 2}));
  EXPECT_THAT(sums({1}, {4}, {2}, {0}), ElementsAre(16));
  ASSERT_TRUE(session->fork({.from = 0, .to = 0, .length = 1}));
  EXPECT_THAT(sums({4}, {1}, {0}, {0}), ElementsAre(9));
}

TEST_F(SessionTest, BadForksAreRefusedAndChangeNothing) {
  openSession({.context = 16, .sequences = 2, .tokens = 8, .rows = 8});
  sums({1, 2, 3, 5}, {0, 1, 2, 0}, {0, 0, 0, 1}, {});
  const std::pair<Fork, std::string> cases[] = {
      {{0, 2, 1}, "expected a sequence below 2 to copy, found 2"},
      {{UINT64_MAX, 0, 0}, "expected a sequence below 2"},
      {{0, 1, 4}, "sequence 0 holds 3 tokens, so expected at most that many to copy, found 4"},
      {{0, 1, 3, 2}, "at most 1 positions that sequences 0 and 1 have alike, found 2"},
      {{0, 1, 0, 1}, "at most 0 positions"},
  };
  for (const auto &[fork, expected] : cases) {
    auto forked = session->fork(fork);
    ASSERT_FALSE(forked);
    EXPECT_THAT(forked.error().message, HasSubstr(expected));
  }
  EXPECT_EQ(session->length(0), 3u);
  EXPECT_EQ(session->length(1), 1u);
}

TEST_F(SessionTest, StatesOfUnknownFormAreNotCopied) {
  model.states[0].runs = 0;
  openSession({.context = 16, .sequences = 2, .tokens = 8, .rows = 8});
  sums({1}, {0}, {0}, {});
  EXPECT_FALSE(session->canFork());
  auto forked = session->fork({.from = 0, .to = 1, .length = 1});
  ASSERT_FALSE(forked);
  EXPECT_THAT(forked.error().message, HasSubstr("compile the model again"));
}

TEST(Device, DoesNotCopyWhatTheHostCannotReach) {
  struct FarBuffer : Buffer {
    uint64_t bytes() const override { return 64; }
    std::byte *host() override { return nullptr; }
  } far;
  FakeDevice device;
  const BufferCopy copy = {{&far, 0, 8}, {&far, 8, 8}};
  auto copied = device.copy({&copy, 1});
  ASSERT_FALSE(copied);
  EXPECT_THAT(copied.error().message, HasSubstr("device 'cpu' has no way to copy"));
}

TEST_F(SessionTest, VariantsAndGridsFollowTheSizes) {
  openSession({.context = 16, .tokens = 8, .rows = 8});
  sums({1}, {0}, {0}, {0});
  EXPECT_THAT(device->ran, ElementsAre(Pair(1, 1), Pair(2, 1), Pair(3, 7)));
  sums({1, 2, 3}, {1, 2, 3}, {0, 0, 0}, {0, 2});
  EXPECT_THAT(device->ran, ElementsAre(Pair(0, 2), Pair(2, 3), Pair(3, 14)));
  sums({1, 2, 3}, {4, 5, 6}, {0, 0, 0}, {});
  EXPECT_THAT(device->ran, ElementsAre(Pair(0, 2), Pair(2, 3)));
  sums({1}, {7}, {0}, {0});
  EXPECT_THAT(device->ran, ElementsAre(Pair(1, 1), Pair(2, 1), Pair(3, 7)));
}

TEST_F(SessionTest, EachVariantHasItsShare) {
  model.programs[0].steps[0].variants[0].shared = 0;
  model.programs[0].steps[0].variants[1].shared = 16;
  openSession({.context = 16, .tokens = 8, .rows = 8});
  sums({1}, {0}, {0}, {0});
  EXPECT_THAT(device->shares, ElementsAre(0, 4, 4));
  sums({1, 2, 3}, {1, 2, 3}, {0, 0, 0}, {});
  EXPECT_THAT(device->shares, ElementsAre(16, 4));
}

TEST_F(SessionTest, BadBatchesAreRefusedAndChangeNothing) {
  openSession({.context = 6, .sequences = 2, .tokens = 4, .rows = 2});
  sums({1, 2}, {0, 1}, {0, 0}, {});
  const std::pair<std::string, std::string> cases[] = {
      {errorOf({}, {}, {}, {}), "1 to 4 tokens in a batch, found 0"},
      {errorOf({1, 1, 1, 1, 1}, {0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}, {}), "found 5"},
      {errorOf({1}, {2, 3}, {0}, {}), "found 2 and 1"},
      {errorOf({1}, {2}, {0}, {0, 0, 0}), "at most 2 rows of logits asked for, found 3"},
      {errorOf({1}, {2}, {0}, {1}), "rows below the 1 tokens of the batch, found 1"},
      {errorOf({1}, {2}, {0}, {-1}), "found -1"},
      {errorOf({7}, {2}, {0}, {}), "token 0: expected an id below the vocabulary of 7, found 7"},
      {errorOf({-1}, {2}, {0}, {}), "found -1"},
      {errorOf({1}, {0}, {2}, {}), "a sequence below 2, found 2"},
      {errorOf({1}, {0}, {-1}, {}), "found -1"},
      {errorOf({1}, {3}, {0}, {}), "sequence 0 holds 2 tokens"},
      {errorOf({1}, {-1}, {0}, {}), "a position below the context of 6, found -1"},
      {errorOf({1}, {6}, {0}, {}), "a position below the context of 6, found 6"},
      {errorOf({1, 1}, {2, 4}, {0, 0}, {}), "token 1: expected position 3 of sequence 0"},
      {errorOf({1, 1}, {2, 2}, {0, 0}, {}), "token 1: expected position 3 of sequence 0"},
      {errorOf({1, 1, 9}, {2, 0, 3}, {0, 1, 0}, {}), "token 2: expected an id"},
  };
  for (const auto &[error, expected] : cases)
    EXPECT_THAT(error, HasSubstr(expected));
  EXPECT_EQ(session->length(0), 2u);
  EXPECT_EQ(session->length(1), 0u);
  EXPECT_THAT(sums({3}, {2}, {0}, {0}), ElementsAre(7));
}

TEST_F(SessionTest, AFailedRunForgetsItsPositions) {
  openSession({.context = 16, .sequences = 2, .tokens = 4, .rows = 2});
  sums({1, 2, 3}, {0, 1, 2}, {0, 0, 0}, {});
  device->failNextRun = true;
  EXPECT_EQ(errorOf({4, 4, 4}, {1, 2, 0}, {0, 0, 1}, {}), "the device was lost");
  EXPECT_EQ(session->length(0), 1u);
  EXPECT_EQ(session->length(1), 0u);
}

TEST_F(SessionTest, CallsAllocateNothing) {
  openSession({.context = 16, .sequences = 2, .tokens = 4, .rows = 2});
  const int32_t tokens[] = {1, 2, 3}, positions[] = {0, 1, 0}, sequences[] = {0, 0, 1};
  const int32_t rows[] = {1, 2};
  size_t before = allocations;
  auto first = session->forward({tokens, positions, sequences, rows});
  auto second = session->forward({{tokens, 1}, {positions, 1}, {sequences, 1}, {}});
  auto forked = session->fork({.from = 0, .to = 1, .length = 1});
  size_t after = allocations;
  EXPECT_TRUE(first && second && forked);
  EXPECT_EQ(after, before);
}

TEST_F(SessionTest, MemoryIsTheSumOfTheFormulas) {
  SessionOptions options = {.context = 16, .sequences = 3, .tokens = 5, .rows = 2};
  openSession(options);
  MemoryUse use = session->memory();
  EXPECT_EQ(use.weights, 28u);        // What kernels read: there is a parameter that none does.
  EXPECT_EQ(use.states, 4u * 64 * 3); // Room for whole groups of 64 positions.
  EXPECT_EQ(use.arena, 64u + 64 * 5);
  EXPECT_EQ(use.inputsAndOutputs, 3u * 4 * 5 + 4 * 2 + 28 * 2);
  EXPECT_EQ(use.code, 5000u);
  auto planned = Session::memory(*artifact, options);
  ASSERT_TRUE(planned) << planned.error().message;
  EXPECT_EQ(planned->total(), use.total());
}

TEST_F(SessionTest, DefaultsAreFilledIn) {
  openSession({});
  EXPECT_EQ(session->options().context, 32u);
  EXPECT_EQ(session->options().tokens, 32u);
  EXPECT_EQ(session->vocabulary(), 7u);
}

TEST_F(SessionTest, LongContextsAreCutByDefaultOnly) {
  model.context = 100000;
  openSession({});
  EXPECT_EQ(session->options().context, 4096u);
}

TEST_F(SessionTest, ContextBeyondTheModelIsRefused) {
  EXPECT_THAT(openError({.context = 33}), HasSubstr("context of 33 asked for: the model was made "
                                                    "for at most 32"));
}

TEST_F(SessionTest, AbsurdSizesAreRefused) {
  EXPECT_THAT(openError({.sequences = 0}), HasSubstr("expected sequences of 1 to"));
  openArtifact();
  auto overflow = [&] {
    model.programs[0].arena = {64, uint64_t(1) << 62, 0, 0, 0};
    openArtifact();
    return Session::memory(*artifact, {});
  }();
  ASSERT_FALSE(overflow);
  EXPECT_THAT(overflow.error().message, HasSubstr("exceeds 2^64 bytes at 32 tokens"));
}

TEST_F(SessionTest, TheRichestProgramThatFitsIsTaken) {
  auto program = model.programs[0];
  program.processor = "better";
  program.features = {"fast", "faster"};
  program.steps[1].variants[0].kernel = 2;
  program.kernels.insert(program.kernels.begin(), {"embed", 0});
  for (auto &step : program.steps)
    for (auto &variant : step.variants)
      ++variant.kernel;
  model.programs.push_back(program);
  program.processor = "best";
  program.features = {"fast", "faster", "fastest"};
  model.programs.push_back(program);
  device->features = {"fast", "faster"};
  openSession({.tokens = 4});
  EXPECT_THAT(sums({3}, {0}, {0}, {0}), ElementsAre(4));
  EXPECT_THAT(device->ran, ElementsAre(Pair(2, 1), Pair(3, 1), Pair(4, 7)));
}

TEST_F(SessionTest, AProgramThatFitsNothingSaysWhy) {
  auto other = model.programs[0];
  model.programs[0].features = {"sse9", "avx4096"};
  device->features = {"avx4096"};
  other.processor = "pocket";
  other.architecture = "z80";
  model.programs.push_back(other);
  other.target = "toaster";
  model.programs.push_back(other);
  EXPECT_THAT(openError({}),
              testing::AllOf(HasSubstr("'generic' needs 'sse9', which this machine lacks"),
                             HasSubstr("'pocket' is for 'z80', this machine is"),
                             HasSubstr("is for the device 'toaster'")));
  // What it would take can still be said.
  EXPECT_TRUE(Session::memory(*artifact, {}));
}

TEST_F(SessionTest, NoProgramAndNoForward) {
  model.programs[0].entry = "backward";
  EXPECT_THAT(openError({}), HasSubstr("no entry point 'forward'"));
  model.programs.clear();
  made = std::make_unique<FakeDevice>();
  EXPECT_THAT(openError({}), HasSubstr("it has none at all"));
}

void doubled(const WeftDispatch *d) {
  for (int64_t i = 0; i < d->sizes[WEFT_TOKENS]; ++i)
    bound<float>(d, 1)[i] = bound<float>(d, 0)[i] * 2;
}

/// The device of a second part of a program; the registry makes them.
FakeDevice *otherDevice = nullptr;
bool otherSharesMemory = false;
unsigned otherDevicesMade = 0;

class OtherDevice final : public FakeDevice {
public:
  OtherDevice() {
    functions = {{"keep", keep}, {"head", head}, {"double", doubled}};
    sharesMemory = otherSharesMemory;
    otherDevice = this;
  }
  std::string_view name() const override { return "other"; }
};

/// States and logits on another device than embeddings.
class TwoDevices : public SessionTest, public testing::WithParamInterface<bool> {
protected:
  TwoDevices() {
    static const bool registered = bool(registerDevice(
        {.name = "other",
         .make = [](const DeviceOptions &) -> Result<std::unique_ptr<Device>> {
           ++otherDevicesMade;
           return std::make_unique<OtherDevice>();
         },
         .list = []() -> Result<std::vector<std::string>> { return std::vector<std::string>{}; }}));
    EXPECT_TRUE(registered);
    otherSharesMemory = GetParam();
    auto &program = model.programs[0];
    program.parts = {{"other", program.architecture, "", program.code}};
    program.kernels[2].part = program.kernels[3].part = 1;
    program.steps[0].results = program.steps[2].results = 1;
  }
};

TEST_P(TwoDevices, GiveWhatOneDoes) {
  openSession({.context = 16, .sequences = 2, .tokens = 8, .rows = 8});
  EXPECT_THAT(sums({1, 2, 3}, {0, 1, 2}, {0, 0, 0}, {2, 1, 0, 0}), ElementsAre(7, 3, 1, 1));
  EXPECT_THAT(sums({4, 1}, {3, 0}, {0, 1}, {0, 1}), ElementsAre(15, 1));
  EXPECT_THAT(device->ran, ElementsAre(Pair(0, 1)));
  EXPECT_THAT(otherDevice->ran, ElementsAre(Pair(0, 2), Pair(1, 14)));
  const uint64_t memories = GetParam() ? 1 : 2;
  EXPECT_EQ(session->memory().arena, memories * (64 + 64 * 8));
  EXPECT_EQ(session->memory().weights, 28u);
  EXPECT_EQ(session->memory().code, 10000u);
}

// The device that says whether it can run the part is the one that runs it.
TEST_P(TwoDevices, AreMadeOnce) {
  otherDevicesMade = 0;
  openSession({.context = 16, .tokens = 8, .rows = 8});
  EXPECT_EQ(otherDevicesMade, 1u);
}

TEST_P(TwoDevices, HandAValueThereAndBack) {
  auto &program = model.programs[0];
  const auto x = program.steps[0].bindings[2];
  auto y = x;
  y.offset = {64, 64, 0, 0, 0};
  program.arena = {64, 128, 0, 0, 0};
  program.kernels.push_back({"double", 64, 1});
  program.kernels.push_back({"double", 80, 0});
  program.steps.insert(program.steps.begin() + 1,
                       {{"there", Symbol::Tokens, {x, y}, {{0, 4, {1, 1, Symbol::One}}}, true, 1},
                        {"back", Symbol::Tokens, {y, x}, {{0, 5, {1, 1, Symbol::One}}}, true, 1}});
  device->functions["double"] = doubled;
  openSession({.context = 16, .tokens = 8, .rows = 8});
  EXPECT_THAT(sums({1, 2, 3}, {0, 1, 2}, {0, 0, 0}, {2}), ElementsAre(28));
}

TEST_P(TwoDevices, NeedBothOfThem) {
  model.programs[0].parts[0].target = "third";
  EXPECT_THAT(openError({}), HasSubstr("has a part that cannot run: no device 'third'"));
  model.programs[0].parts[0] = {"other", "z80", "", model.programs[0].code};
  made = std::make_unique<FakeDevice>();
  EXPECT_THAT(openError({}), HasSubstr("has a part that is for 'z80'"));
  made = std::make_unique<FakeDevice>();
  model.programs[0].parts[0] = {"other", made->architectureName, "sse9,sse10",
                                model.programs[0].code};
  EXPECT_THAT(openError({}), HasSubstr("has a part that needs 'sse9', 'sse10'"));
}

INSTANTIATE_TEST_SUITE_P(Memory, TwoDevices, testing::Bool(),
                         [](const auto &info) { return info.param ? "Shared" : "Apart"; });

} // namespace
} // namespace weft::test
