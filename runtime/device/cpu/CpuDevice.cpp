#include "runtime/device/cpu/CpuDevice.h"

#include "runtime/base/ProcessorShare.h"
#include "runtime/device/cpu/CpuFeatures.h"
#include "runtime/device/cpu/CpuMemory.h"
#include "runtime/device/cpu/RunCommands.h"
#include "runtime/device/cpu/ThreadPool.h"
#include "runtime/device/cpu/TimedCommands.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <thread>

namespace weft {

namespace {

class CpuCommandList final : public CommandList {
public:
  std::span<const WeftKernel> kernels;
  std::vector<void *> bindings;
  mutable RunState state;

  explicit CpuCommandList(size_t commands) : state(commands) {}
};

class CpuDevice final : public Device {
public:
  explicit CpuDevice(std::unique_ptr<ThreadPool> pool) : pool(std::move(pool)) {}

  std::string_view name() const override { return "cpu"; }
  std::string_view architecture() const override { return cpuArchitecture(); }
  bool hasFeature(std::string_view feature) const override { return hasCpuFeature(feature); }
  bool usesHostMemory() const override { return true; }
  std::string identity() const override { return cpuIdentity(); }

  Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach) override {
    return allocateCpuBuffer(bytes);
  }
  Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) override {
    if (reinterpret_cast<uintptr_t>(host.data()) % bindingAlign != 0)
      return fail(fmt::format("expected host memory at a multiple of {} bytes, found it at {}",
                              bindingAlign, static_cast<const void *>(host.data())));
    return importCpuBuffer(host);
  }
  Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                           std::span<const KernelEntry> kernels) override {
    return CpuExecutable::load(code, kernels);
  }
  Result<std::unique_ptr<CommandList>> record(Executable &executable, std::vector<Command> commands,
                                              std::span<const BufferView> bindings) override;
  Result<void> run(const CommandList &list,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) override;
  Result<void> runTimed(const CommandList &list, std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::vector<CommandSpan> &spans) override;

private:
  std::unique_ptr<ThreadPool> pool;
};

} // namespace

static Result<void *> resolve(const BufferView &view) {
  if (!view.buffer)
    return fail("expected a buffer, found none");
  uint64_t bytes = view.buffer->bytes();
  if (view.offset > bytes || view.bytes > bytes - view.offset)
    return fail(fmt::format("expected a view inside {} bytes, found {} bytes at {}", bytes,
                            view.bytes, view.offset));
  if (!view.buffer->host())
    return fail("expected a buffer that the host reaches");
  std::byte *address = view.buffer->host() + view.offset;
  if (reinterpret_cast<uintptr_t>(address) % bindingAlign != 0)
    return fail(fmt::format("expected an address that is a multiple of {}, found {}", bindingAlign,
                            static_cast<void *>(address)));
  return address;
}

Result<std::unique_ptr<CommandList>> CpuDevice::record(Executable &executable,
                                                       std::vector<Command> commands,
                                                       std::span<const BufferView> bindings) {
  auto list = std::make_unique<CpuCommandList>(commands.size());
  list->kernels = static_cast<CpuExecutable &>(executable).kernels();
  if (auto checked = checkCommands(commands, list->kernels.size(), bindings.size()); !checked)
    return failFrom(checked);
  for (const BufferView &view : bindings) {
    auto address = resolve(view);
    if (!address)
      return fail(fmt::format("binding {}: {}", list->bindings.size(), address.error().message));
    list->bindings.push_back(*address);
  }
  list->commands = std::move(commands);
  return list;
}

Result<void> CpuDevice::run(const CommandList &list,
                            std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  const auto &ready = static_cast<const CpuCommandList &>(list);
  runCommands(*pool, {ready.commands, ready.kernels, ready.bindings, sizes, ready.state});
  return {};
}

Result<void> CpuDevice::runTimed(const CommandList &list,
                                 std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                 std::vector<CommandSpan> &spans) {
  const auto &ready = static_cast<const CpuCommandList &>(list);
  TimedCommands timed(ready.commands, ready.kernels, ready.bindings, pool->size());
  runCommands(*pool, {timed.commands(), timed.kernels(), timed.bindings(), sizes, ready.state});
  timed.addTo(spans);
  return {};
}

static Result<std::unique_ptr<Device>> makeCpuDevice(const DeviceOptions &options) {
  if (options.number != 0)
    return fail(fmt::format("there is one device cpu, found number {}", options.number));
  // Threads beyond a quota take its time from each other.
  auto pool = ThreadPool::make(std::min(options.threads, threadsOfQuota(processorQuota())));
  if (!pool)
    return failFrom(pool);
  return std::make_unique<CpuDevice>(std::move(*pool));
}

static Result<std::vector<std::string>> listCpuDevices() {
  std::string line = fmt::format("{}, {} processors", cpuArchitecture(),
                                 std::max(1u, std::thread::hardware_concurrency()));
  // Linux names the model on x86-64 alone.
  std::ifstream system("/proc/cpuinfo");
  for (std::string text; std::getline(system, text);)
    if (size_t colon = text.find(": "); text.starts_with("model name") && colon != text.npos)
      return std::vector{text.substr(colon + 2) + ", " + line};
  return std::vector{line};
}

const DevicePlugin cpuDevicePlugin = {.name = "cpu", .make = makeCpuDevice, .list = listCpuDevices};

} // namespace weft
