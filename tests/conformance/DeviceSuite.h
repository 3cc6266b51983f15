// What the tests of every device share: a device, and two kernels on it.
#pragma once

#include "runtime/device/Registry.h"
#include "tests/conformance/DeviceKernels.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <cstring>
#include <numeric>

namespace weft::test {

/// Registers the devices and backends of tests that are not built in. Once a process.
Result<void> registerTestDevices();

/// The kernels for a device, compiled once.
const Result<DeviceKernels> &kernelsOf(const std::string &device);

/// For INSTANTIATE_TEST_SUITE_P: the devices that are held to runtime/device/Device.h, and how a
/// test says which one it is of.
inline const auto everyDevice = ::testing::Values("cpu", "vulkan", "reference", "c");
inline std::string deviceOf(const ::testing::TestParamInfo<std::string> &info) {
  return info.param;
}

/// A line that says something.
inline void expectOneLine(const std::string &message) {
  EXPECT_FALSE(message.empty());
  EXPECT_EQ(message.find('\n'), message.npos) << message;
}

/// One device and code of its own, for the tests of all of them. Skipped where a device cannot be
/// had on this machine.
class DeviceSuite : public ::testing::TestWithParam<std::string> {
protected:
  static constexpr uint32_t sum = DeviceKernels::sum, product = DeviceKernels::product;
  static constexpr int64_t columns = DeviceKernels::columns;
  static constexpr uint64_t rowBytes = columns * sizeof(float);
  using Numbers = std::vector<float>;

  void SetUp() override {
    auto registered = registerTestDevices();
    ASSERT_TRUE(registered.has_value()) << registered.error().message;
    ::setenv("WEFT_VULKAN_VALIDATE", "1", 1);
    auto made = makeDevice(GetParam(), 2);
    if (!made && GetParam() == "vulkan")
      GTEST_SKIP() << made.error().message;
    ASSERT_TRUE(made.has_value()) << made.error().message;
    device = std::move(*made);
    const auto &compiled = kernelsOf(GetParam());
    ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
    kernels = &*compiled;
    executable = load(*device);
    ASSERT_TRUE(executable);
  }
  void TearDown() override {
    executable.reset();
    device.reset();
    ::unsetenv("WEFT_VULKAN_VALIDATE");
  }

  std::unique_ptr<Executable> load(Device &to) const {
    std::vector<KernelEntry> entries;
    for (const auto &[name, offset] : kernels->entries)
      entries.push_back({name, offset});
    auto loaded = to.load(std::as_bytes(std::span(kernels->program.code)), entries);
    EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
    return loaded ? std::move(*loaded) : nullptr;
  }

  /// A command of a kernel for `rows` rows, whose three bindings begin at `first`.
  Command command(uint32_t kernel, int64_t rows, uint32_t first = 0) const {
    return {.kernel = kernels->numbers[kernel],
            .firstBinding = first,
            .bindingCount = 3,
            .groups = kernels->groups(kernel, rows)};
  }

  /// A buffer that the host reaches, of `bytes`.
  std::unique_ptr<Buffer> hostBuffer(uint64_t bytes) { return hostBuffer(*device, bytes); }
  static std::unique_ptr<Buffer> hostBuffer(Device &of, uint64_t bytes) {
    auto buffer = of.allocate(bytes, Reach::Host);
    EXPECT_TRUE(buffer.has_value()) << buffer.error().message;
    EXPECT_TRUE(buffer && (*buffer)->host());
    return buffer ? std::move(*buffer) : nullptr;
  }
  std::unique_ptr<Buffer> bufferOf(const Numbers &numbers) { return bufferOf(*device, numbers); }
  static std::unique_ptr<Buffer> bufferOf(Device &of, const Numbers &numbers) {
    auto buffer = hostBuffer(of, numbers.size() * sizeof(float));
    std::memcpy(buffer->host(), numbers.data(), numbers.size() * sizeof(float));
    return buffer;
  }

  static BufferView all(const std::unique_ptr<Buffer> &buffer) {
    return {buffer.get(), 0, buffer->bytes()};
  }
  static Numbers numbersIn(const std::unique_ptr<Buffer> &buffer) {
    Numbers numbers(buffer->bytes() / sizeof(float));
    std::memcpy(numbers.data(), buffer->host(), numbers.size() * sizeof(float));
    return numbers;
  }

  /// Small integers, of which sums and products of two are exact; others for each `seed`.
  static Numbers numbers(int64_t rows, int seed) {
    Numbers result(rows * columns);
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = float((int(i) * 7 + seed * 13) % 101 - 50);
    return result;
  }
  static Numbers sums(const Numbers &a, const Numbers &b) {
    return combined(a, b, std::plus<float>());
  }
  static Numbers products(const Numbers &a, const Numbers &b) {
    return combined(a, b, std::multiplies<float>());
  }

  std::unique_ptr<CommandList> record(std::vector<Command> commands,
                                      std::span<const BufferView> bindings) {
    auto list = device->record(*executable, std::move(commands), bindings);
    EXPECT_TRUE(list.has_value()) << list.error().message;
    return list ? std::move(*list) : nullptr;
  }
  void run(const CommandList &list, int64_t rows) { run(*device, list, rows); }
  static void run(Device &on, const CommandList &list, int64_t rows) {
    const int64_t sizes[WEFT_SIZE_COUNT] = {rows, rows, 64, 1};
    auto ran = on.run(list, sizes);
    EXPECT_TRUE(ran.has_value()) << ran.error().message;
  }

  std::unique_ptr<Device> device;
  const DeviceKernels *kernels = nullptr;
  std::unique_ptr<Executable> executable;

private:
  template <typename Function>
  static Numbers combined(const Numbers &a, const Numbers &b, Function function) {
    Numbers result(a.size());
    std::transform(a.begin(), a.end(), b.begin(), result.begin(), function);
    return result;
  }
};

} // namespace weft::test
