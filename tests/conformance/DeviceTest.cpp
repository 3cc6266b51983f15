// Every promise of runtime/device/Device.h, of each device: what it says of itself, how it keeps
// memory, and what it does not take. DeviceRunTest.cpp has the runs.

#include "tests/conformance/DeviceSuite.h"

#include <sys/mman.h>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class DeviceMemory : public DeviceSuite {
protected:
  /// The bytes of a buffer of any reach.
  std::vector<std::byte> bytesIn(Buffer &buffer) {
    std::vector<std::byte> bytes(buffer.bytes());
    auto read = hostBuffer(bytes.size());
    const BufferCopy copy{{&buffer, 0, bytes.size()}, {read.get(), 0, bytes.size()}};
    auto copied = device->copy({&copy, 1});
    EXPECT_TRUE(copied.has_value()) << copied.error().message;
    if (!bytes.empty())
      std::memcpy(bytes.data(), read->host(), bytes.size());
    return bytes;
  }
  /// Whether every byte of a buffer is `byte`.
  bool isFull(Buffer &buffer, std::byte byte) {
    return bytesIn(buffer) == std::vector(buffer.bytes(), byte);
  }
};

/// Host memory that may be read and no more, as weights of a file are.
class ReadOnlyPages {
public:
  explicit ReadOnlyPages(std::span<const std::byte> contents) : length(contents.size()) {
    base = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memcpy(base, contents.data(), length);
    ::mprotect(base, length, PROT_READ);
  }
  ~ReadOnlyPages() { ::munmap(base, length); }
  ReadOnlyPages(const ReadOnlyPages &) = delete;
  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte *>(base), length};
  }

private:
  void *base;
  size_t length;
};

TEST_P(DeviceMemory, SaysWhatItIs) {
  EXPECT_EQ(device->name(), GetParam());
  EXPECT_EQ(device->architecture(), kernels->program.architecture);
  for (const std::string &feature : kernels->program.features)
    EXPECT_TRUE(device->hasFeature(feature)) << feature;
  EXPECT_FALSE(device->hasFeature("no-such-feature"));
  EXPECT_FALSE(device->hasFeature(""));
  EXPECT_EQ(device->identity(), device->identity());
  EXPECT_EQ(device->identity().find('\n'), std::string::npos);
}

TEST_P(DeviceMemory, OfANumberThatThereIsNotIsRefused) {
  auto other = makeDevice(GetParam() + ":99", 1);
  ASSERT_FALSE(other.has_value());
  expectOneLine(other.error().message);
}

TEST_P(DeviceMemory, IsListed) {
  std::vector<ListedDevice> listed = listDevices(GetParam());
  ASSERT_FALSE(listed.empty());
  for (const ListedDevice &one : listed) {
    EXPECT_TRUE(one.available) << one.description;
    expectOneLine(one.description);
  }
  EXPECT_EQ(listed.front().name, GetParam());
}

TEST_P(DeviceMemory, IsZeroWhenMade) {
  for (Reach reach : {Reach::Host, Reach::Kernels})
    for (uint64_t bytes : {0, 1, 63, 64, 4097, 3 << 20})
      // Twice, as memory that was given back may come again.
      for (int time = 0; time < 2; ++time) {
        auto buffer = device->allocate(bytes, reach);
        ASSERT_TRUE(buffer.has_value()) << buffer.error().message;
        EXPECT_EQ((*buffer)->bytes(), bytes);
        EXPECT_TRUE(isFull(**buffer, std::byte(0))) << bytes;
        if (reach == Reach::Host)
          ASSERT_TRUE((*buffer)->host());
        if (bytes == 0)
          continue;
        auto dirt = hostBuffer(bytes);
        std::memset(dirt->host(), 0xa5, bytes);
        const BufferCopy copy{all(dirt), all(*buffer)};
        ASSERT_TRUE(device->copy({&copy, 1}));
        EXPECT_TRUE(isFull(**buffer, std::byte(0xa5))) << bytes;
      }
}

TEST_P(DeviceMemory, TooMuchIsAnErrorThatNamesTheBytes) {
  for (uint64_t bytes : {uint64_t(1) << 62, UINT64_MAX - 1, UINT64_MAX})
    for (Reach reach : {Reach::Host, Reach::Kernels}) {
      auto buffer = device->allocate(bytes, reach);
      ASSERT_FALSE(buffer.has_value()) << bytes;
      EXPECT_THAT(buffer.error().message, HasSubstr(std::to_string(bytes) + " bytes"));
      expectOneLine(buffer.error().message);
    }
}

TEST_P(DeviceMemory, OfTheHostIsReadInPlaceOrCopied) {
  const Numbers a = numbers(37, 1), b = numbers(37, 2);
  const ReadOnlyPages pages(std::as_bytes(std::span(a)));
  auto imported = device->import(pages.bytes());
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  EXPECT_EQ((*imported)->bytes(), a.size() * sizeof(float));
  auto other = bufferOf(b), result = hostBuffer(37 * rowBytes);
  const BufferView bindings[] = {all(*imported), all(other), all(result)};
  auto list = record({command(sum, 37)}, bindings);
  ASSERT_TRUE(list);
  run(*list, 37);
  EXPECT_EQ(numbersIn(result), sums(a, b));
  EXPECT_EQ(bytesIn(**imported), std::vector(pages.bytes().begin(), pages.bytes().end()));
}

TEST_P(DeviceMemory, OfTheHostMayBeOfAnySize) {
  alignas(4096) static std::byte host[8192];
  for (size_t i = 0; i < sizeof host; ++i)
    host[i] = std::byte(i * 7 + i / 256);
  // Whole pages, parts of them, and what begins within one.
  for (auto [begin, bytes] :
       {std::pair<size_t, size_t>{0, 8192}, {0, 1}, {4096, 100}, {64, 4000}, {192, 0}, {0, 0}}) {
    auto imported = device->import(std::span(host).subspan(begin, bytes));
    ASSERT_TRUE(imported.has_value()) << imported.error().message;
    EXPECT_EQ((*imported)->bytes(), bytes);
    EXPECT_EQ(bytesIn(**imported), std::vector(host + begin, host + begin + bytes));
  }
}

TEST_P(DeviceMemory, OfTheHostBeginsAtAMultipleOf64) {
  alignas(64) static std::byte host[256];
  for (size_t begin : {1, 4, 16, 32, 65}) {
    auto imported = device->import(std::span(host).subspan(begin, 64));
    ASSERT_FALSE(imported.has_value()) << begin;
    EXPECT_THAT(imported.error().message, HasSubstr("multiple of 64"));
    expectOneLine(imported.error().message);
  }
}

TEST_P(DeviceMemory, IsCopied) {
  constexpr uint64_t bytes = 1000;
  auto from = hostBuffer(bytes), to = hostBuffer(bytes);
  auto middle = device->allocate(bytes, Reach::Kernels);
  ASSERT_TRUE(middle.has_value());
  for (uint64_t i = 0; i < bytes; ++i)
    from->host()[i] = std::byte(i * 3 + i / 256 + 1);
  // Several at once, of odd sizes at odd places; one of nothing; one within a buffer.
  const BufferCopy there[] = {{{from.get(), 0, 1}, {middle->get(), 999, 1}},
                              {{from.get(), 5, 700}, {middle->get(), 3, 700}},
                              {{from.get(), 1000, 0}, {middle->get(), 1000, 0}},
                              {{from.get(), 900, 64}, {from.get(), 100, 64}}};
  // Those of one call come in any order: the last one here touches what the second reads.
  ASSERT_TRUE(device->copy(std::span(there).first(3)));
  ASSERT_TRUE(device->copy(std::span(there).last(1)));
  const BufferCopy back{{middle->get(), 0, bytes}, {to.get(), 0, bytes}};
  ASSERT_TRUE(device->copy({&back, 1}));
  ASSERT_TRUE(device->copy({}));
  std::vector<std::byte> expected(bytes);
  auto original = [](uint64_t i) { return std::byte(i * 3 + i / 256 + 1); };
  for (uint64_t i = 0; i < 700; ++i)
    expected[3 + i] = original(5 + i);
  expected[999] = original(0);
  EXPECT_EQ(bytesIn(*to), expected);
  for (uint64_t i = 0; i < bytes; ++i)
    ASSERT_EQ(from->host()[i], original(i >= 100 && i < 164 ? i + 800 : i)) << i;
}

TEST_P(DeviceMemory, BeyondABufferIsNotCopied) {
  auto from = hostBuffer(256), to = hostBuffer(256);
  std::memset(from->host(), 1, 256);
  const BufferCopy good{{from.get(), 0, 64}, {to.get(), 0, 64}};
  const std::pair<const char *, BufferCopy> bad[] = {
      {"behind the end", {{from.get(), 193, 64}, {to.get(), 0, 64}}},
      {"behind the other end", {{from.get(), 0, 64}, {to.get(), 193, 64}}},
      {"far behind", {{from.get(), UINT64_MAX - 31, 64}, {to.get(), 0, 64}}},
      {"too long", {{from.get(), 0, UINT64_MAX}, {to.get(), 0, UINT64_MAX}}},
      {"of other lengths", {{from.get(), 0, 64}, {to.get(), 0, 32}}},
      {"from no buffer", {{nullptr, 0, 64}, {to.get(), 0, 64}}},
      {"to no buffer", {{from.get(), 0, 64}, {nullptr, 0, 64}}}};
  for (const auto &[what, copy] : bad) {
    const BufferCopy copies[] = {good, copy};
    auto copied = device->copy(copies);
    ASSERT_FALSE(copied.has_value()) << what;
    expectOneLine(copied.error().message);
    EXPECT_TRUE(isFull(*to, std::byte(0))) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, DeviceMemory, everyDevice, deviceOf);

} // namespace
} // namespace weft::test
