// The device as a whole, with real machine code. What it shares with all others is tested by
// tests/conformance/DeviceTest.cpp and DeviceRunTest.cpp.
#include "runtime/device/Registry.h"
#include "runtime/device/cpu/CpuFeatures.h"
#include "tests/Shared.h"

#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <set>
#include <sstream>

namespace weft::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// After 8 bytes of no code, a kernel that copies i64 elements:
///   for (i = begin; i != end; ++i) ((i64 *)bindings[1])[i] = ((i64 *)bindings[0])[i];
constexpr uint64_t copyEntry = 8;
// clang-format off
#if defined(__x86_64__)
constexpr uint8_t copyCode[] = {
    0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, // int3
    0x48, 0x8b, 0x07,                               // mov  rax, [rdi]        bindings
    0x48, 0x8b, 0x08,                               // mov  rcx, [rax]
    0x48, 0x8b, 0x50, 0x08,                         // mov  rdx, [rax + 8]
    0x48, 0x8b, 0x77, 0x10,                         // mov  rsi, [rdi + 16]   begin
    0x4c, 0x8b, 0x47, 0x18,                         // mov  r8, [rdi + 24]    end
    0x4c, 0x39, 0xc6,                               // loop: cmp rsi, r8
    0x74, 0x0d,                                     // je   done
    0x48, 0x8b, 0x04, 0xf1,                         // mov  rax, [rcx + 8 * rsi]
    0x48, 0x89, 0x04, 0xf2,                         // mov  [rdx + 8 * rsi], rax
    0x48, 0xff, 0xc6,                               // inc  rsi
    0xeb, 0xee,                                     // jmp  loop
    0xc3,                                           // done: ret
};
#elif defined(__aarch64__)
constexpr uint32_t copyCode[] = {
    0xd4200000, 0xd4200000, // brk
    0xf9400001,             // ldr x1, [x0]         bindings
    0xf9400022,             // ldr x2, [x1]
    0xf9400423,             // ldr x3, [x1, #8]
    0xf9400804,             // ldr x4, [x0, #16]    begin
    0xf9400c05,             // ldr x5, [x0, #24]    end
    0xeb05009f,             // loop: cmp x4, x5
    0x540000a0,             // b.eq done
    0xf8647846,             // ldr x6, [x2, x4, lsl #3]
    0xf8247866,             // str x6, [x3, x4, lsl #3]
    0x91000484,             // add x4, x4, #1
    0x17fffffb,             // b loop
    0xd65f03c0,             // done: ret
};
#endif
// clang-format on

class CpuDeviceTest : public testing::TestWithParam<unsigned> {
protected:
  void SetUp() override {
    auto made = makeDevice("cpu", GetParam());
    ASSERT_TRUE(made) << made.error().message;
    device = std::move(*made);
  }

  std::unique_ptr<Executable> loadCopy() { return load({{"copy", copyEntry}}); }
  std::unique_ptr<Executable> load(const std::vector<KernelEntry> &kernels) {
    auto loaded = device->load(std::as_bytes(std::span(copyCode)), kernels);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return std::move(*loaded);
  }

  std::unique_ptr<Device> device;
};

TEST_P(CpuDeviceTest, SaysWhenEachThreadWorkedOnACommand) {
  constexpr int64_t count = 1000;
  alignas(64) static int64_t source[count];
  for (int64_t i = 0; i < count; ++i)
    source[i] = i * 3 + 1;
  auto executable = loadCopy();
  auto from = device->import(std::as_bytes(std::span(source)));
  auto middle = device->allocate(sizeof source, Reach::Host);
  auto to = device->allocate(sizeof source, Reach::Host);
  ASSERT_TRUE(from && middle && to);
  BufferView views[] = {{from->get(), 0, sizeof source},
                        {middle->get(), 0, sizeof source},
                        {middle->get(), 0, sizeof source},
                        {to->get(), 0, sizeof source}};
  // The one in the middle has nothing to do.
  auto list =
      device->record(*executable, {{0, 0, 2, count}, {0, 0, 2, 0}, {0, 2, 2, count}}, views);
  ASSERT_TRUE(list) << list.error().message;
  const int64_t sizes[WEFT_SIZE_COUNT] = {};
  for (int run = 0; run < 3; ++run) {
    std::vector<CommandSpan> spans;
    ASSERT_TRUE(device->runTimed(**list, sizes, spans));
    EXPECT_EQ(std::memcmp((*to)->host(), source, sizeof source), 0);
    std::set<std::pair<uint32_t, uint32_t>> seen;
    int64_t lastOfFirst = 0;
    for (const CommandSpan &span : spans) {
      EXPECT_TRUE(span.command == 0 || span.command == 2) << span.command;
      EXPECT_LT(span.thread, GetParam());
      EXPECT_TRUE(seen.emplace(span.command, span.thread).second);
      EXPECT_LE(0, span.begin);
      EXPECT_LE(span.begin, span.end);
      if (span.command == 0)
        lastOfFirst = std::max(lastOfFirst, span.end);
    }
    for (const CommandSpan &span : spans)
      if (span.command == 2)
        EXPECT_GE(span.begin, lastOfFirst); // a barrier is between them
    EXPECT_GE(seen.size(), 2u);
  }
}

TEST_P(CpuDeviceTest, RunsMachineCode) {
  constexpr int64_t count = 100;
  alignas(64) int64_t source[count];
  for (int64_t i = 0; i < count; ++i)
    source[i] = i * i + 1;
  auto executable = loadCopy();
  auto from = device->import(std::as_bytes(std::span(source)));
  auto middle = device->allocate(sizeof source, Reach::Host);
  auto to = device->allocate(sizeof source + 64, Reach::Host);
  ASSERT_TRUE(from && middle && to);

  const BufferView bindings[] = {{from->get(), 0, sizeof source},
                                 {middle->get(), 0, sizeof source},
                                 {middle->get(), 0, sizeof source},
                                 {to->get(), 64, sizeof source}};
  auto list = device->record(*executable,
                             {{.firstBinding = 0, .bindingCount = 2, .groups = count},
                              {.firstBinding = 2, .bindingCount = 2, .groups = count}},
                             bindings);
  ASSERT_TRUE(list) << list.error().message;
  const int64_t sizes[WEFT_SIZE_COUNT] = {};
  ASSERT_TRUE(device->run(**list, sizes));
  EXPECT_EQ(std::memcmp((*to)->host() + 64, source, sizeof source), 0);

  (*list)->commands[1].groups = 0;
  std::memset((*to)->host(), 0, (*to)->bytes());
  ASSERT_TRUE(device->run(**list, sizes));
  EXPECT_EQ((*to)->host()[64], std::byte(0));
}

TEST_P(CpuDeviceTest, SaysWhichProcessorItIs) {
  EXPECT_EQ(device->identity(), cpuIdentity());
#if defined(__x86_64__)
  EXPECT_THAT(cpuIdentity(), ::testing::MatchesRegex("[!-~]{12} [0-9]+-[0-9]+-[0-9]+ [0-9a-f]{8}"));
#endif
}

TEST_P(CpuDeviceTest, MemoryIsAligned) {
  for (uint64_t bytes : {uint64_t(0), uint64_t(1), uint64_t(5000), uint64_t(5) << 20}) {
    auto buffer = device->allocate(bytes, Reach::Host);
    ASSERT_TRUE(buffer);
    EXPECT_EQ(reinterpret_cast<uintptr_t>((*buffer)->host()) % 64, 0u);
  }
}

TEST_P(CpuDeviceTest, BadBindingsAreRefused) {
  auto executable = loadCopy();
  auto buffer = device->allocate(256, Reach::Host);
  ASSERT_TRUE(buffer);
  auto errorOf = [&](Command command, BufferView view) {
    auto list = device->record(*executable, {command}, std::span(&view, 1));
    return list ? "" : list.error().message;
  };
  Command good = {.bindingCount = 1};
  EXPECT_EQ(errorOf(good, {buffer->get(), 64, 192}), "");
  EXPECT_THAT(errorOf(good, {buffer->get(), 64, 193}), HasSubstr("inside 256 bytes"));
  EXPECT_THAT(errorOf(good, {buffer->get(), 320, 0}), HasSubstr("inside 256 bytes"));
  EXPECT_THAT(errorOf(good, {buffer->get(), 32, 8}), HasSubstr("multiple of 64"));
  EXPECT_THAT(errorOf(good, {}), HasSubstr("expected a buffer"));
  EXPECT_THAT(errorOf({.bindingCount = 1, .shared = 17}, {buffer->get(), 0, 8}),
              HasSubstr("a share of at most 16, found 17"));
  EXPECT_THAT(errorOf({.kernel = 1}, {buffer->get(), 0, 8}), HasSubstr("kernel below 1"));
  EXPECT_THAT(errorOf({.firstBinding = 1, .bindingCount = 1}, {buffer->get(), 0, 8}),
              HasSubstr("bindings below 1"));
}

TEST_P(CpuDeviceTest, KernelsOutsideTheCodeAreRefused) {
  const KernelEntry kernels[] = {{"far", sizeof copyCode}};
  auto loaded = device->load(std::as_bytes(std::span(copyCode)), kernels);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("'far'"));
}

INSTANTIATE_TEST_SUITE_P(Threads, CpuDeviceTest, testing::Values(1, 3),
                         testing::PrintToStringParamName());

TEST(Registry, UnknownDevicesNameTheKnown) {
  auto device = makeDevice("gpu", 1);
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().message, HasSubstr("no device 'gpu': expected one of cpu"));
}

TEST(Registry, ANameLoadsItsOwnPluginAlone) {
  TemporaryFolder folder;
  for (const char *name : {"nobody.so", "other.so"})
    std::ofstream(folder.file(name)) << "no library";
  ::setenv("WEFT_PLUGIN_PATH", folder.path().c_str(), 1);
  const std::string error = makeDevice("nobody").error().message;
  EXPECT_THAT(error, HasSubstr("nobody.so"));
  EXPECT_THAT(error, Not(HasSubstr("other.so")));
  // Names that an artifact may have and no file of a folder has.
  for (const char *name : {"../nobody", "nobody.so", "", "a\nb"})
    EXPECT_THAT(makeDevice(name).error().message, Not(HasSubstr("cannot open"))) << name;
  {
    const PluginSearchOff off;
    EXPECT_THAT(makeDevice("nobody").error().message, Not(HasSubstr("nobody.so")));
  }
  EXPECT_THAT(makeDevice("nobody").error().message, HasSubstr("nobody.so"));
  ::unsetenv("WEFT_PLUGIN_PATH");
}

TEST(Registry, ABarePluginIsOneOfTheFolders) {
  TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("here.so") << "no library";
  const std::string error = loadDevicePlugin("here.so").error().message;
  EXPECT_THAT(error, HasSubstr("cannot open the plug-in 'here.so': expected it in one of"));
  EXPECT_THAT(error, HasSubstr("the one in the current folder is ./here.so"));
  EXPECT_THAT(loadDevicePlugin("./here.so").error().message, Not(HasSubstr("expected it in")));
  ::setenv("WEFT_PLUGIN_PATH", folder.path().c_str(), 1);
  EXPECT_THAT(loadDevicePlugin("here.so").error().message, Not(HasSubstr("expected it in")));
  ::unsetenv("WEFT_PLUGIN_PATH");
  std::filesystem::current_path(before);
}

TEST(Registry, DevicesCanBeAddedOnce) {
  DevicePlugin plugin{.name = "test",
                      .make = [](const DeviceOptions &options) -> Result<std::unique_ptr<Device>> {
                        return fail("made number " + std::to_string(options.number));
                      },
                      .list = []() -> Result<std::vector<std::string>> {
                        return std::vector<std::string>{"first", "second"};
                      }};
  ASSERT_TRUE(registerDevice(plugin));
  EXPECT_EQ(makeDevice("test").error().message, "made number 0");
  EXPECT_EQ(makeDevice("test:12").error().message, "made number 12");
  EXPECT_THAT(makeDevice("test:x").error().message, HasSubstr("name:number, found 'test:x'"));
  EXPECT_FALSE(registerDevice(plugin));
  plugin.name = "cpu";
  EXPECT_FALSE(registerDevice(plugin));
  // Those of plug-ins that were built with it may be there too.
  EXPECT_THAT(deviceNames(), testing::IsSupersetOf({"cpu", "test"}));
  std::string listed;
  for (const ListedDevice &device : listDevices())
    if (device.available)
      listed += device.name + " ";
  EXPECT_THAT(listed, testing::StartsWith("cpu "));
  EXPECT_THAT(listed, HasSubstr("test test:1 "));
}

#if defined(__x86_64__)
// The kernel tells in its own words; where both know an extension they must agree.
TEST(CpuFeatures, AgreeWithTheKernel) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags"))
    ;
  std::istringstream words(line);
  std::vector<std::string> flags(std::istream_iterator<std::string>(words), {});
  ASSERT_FALSE(flags.empty());
  const std::pair<const char *, const char *> names[] = {
      {"sse2", "sse2"},         {"sse4_2", "sse4.2"},
      {"avx", "avx"},           {"avx2", "avx2"},
      {"fma", "fma"},           {"f16c", "f16c"},
      {"bmi1", "bmi"},          {"bmi2", "bmi2"},
      {"avx512f", "avx512f"},   {"avx512bw", "avx512bw"},
      {"avx512dq", "avx512dq"}, {"avx512vl", "avx512vl"},
      {"avx512cd", "avx512cd"}, {"avx512_vnni", "avx512vnni"},
      {"avx_vnni", "avxvnni"},  {"avx512_bf16", "avx512bf16"},
      {"popcnt", "popcnt"},     {"xsave", "xsave"},
      {"vaes", "vaes"},         {"gfni", "gfni"},
      {"lahf_lm", "sahf"},      {"xsavec", "xsavec"},
      {"clzero", "clzero"}};
  for (auto [flag, name] : names)
    EXPECT_EQ(std::ranges::count(flags, flag) > 0, hasCpuFeature(name)) << name;
  // Linux 6.18 has it in no list, older ones do.
  if (std::ranges::count(flags, "abm") > 0)
    EXPECT_TRUE(hasCpuFeature("lzcnt"));
  EXPECT_TRUE(hasCpuFeature("64bit"));
  EXPECT_FALSE(hasCpuFeature("no-such-feature"));
}
#endif

} // namespace
} // namespace weft::test
