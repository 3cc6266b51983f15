#include "runtime/device/vulkan/VulkanCommands.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace weft::vulkan {

constexpr uint64_t texelBytes = 16;
/// Shaders index scalars of 16 bits and more with signed integers of 32.
constexpr uint64_t mostBindingBytes = uint64_t(2) << 31;

static uint64_t roundUp(uint64_t number, uint64_t to) { return (number + to - 1) / to * to; }

Result<std::unique_ptr<VulkanCommandList>>
VulkanCommandList::create(VulkanContext &context, VulkanExecutable &executable,
                          std::vector<Command> commands, std::span<const BufferView> bindings) {
  std::unique_ptr<VulkanCommandList> list(new VulkanCommandList(context, executable));
  if (auto checked = checkCommands(commands, executable.kernels().size(), bindings.size());
      !checked)
    return failFrom(checked);
  for (const Command &command : commands) {
    const VulkanExecutable::Kernel &kernel = executable.kernels()[command.kernel];
    if (kernel.shader.bindings != command.bindingCount)
      return fail(fmt::format("kernel '{}': expected {} bindings, found {}", kernel.name,
                              kernel.shader.bindings, command.bindingCount));
  }
  list->commands = std::move(commands);
  if (auto resolved = list->resolve(bindings); !resolved)
    return failFrom(resolved);
  if (auto allocated = list->allocateSizes(); !allocated)
    return failFrom(allocated);
  return list;
}

Result<void> VulkanCommandList::resolve(std::span<const BufferView> bindings) {
  for (const BufferView &view : bindings) {
    auto failed = [&](std::string message) -> Result<void> {
      return fail(fmt::format("binding {}: {}", ranges.size(), message));
    };
    if (!view.buffer)
      return failed("expected a buffer, found none");
    uint64_t bytes = view.buffer->bytes();
    if (view.offset > bytes || view.bytes > bytes - view.offset)
      return failed(fmt::format("expected a view inside {} bytes, found {} bytes at {}", bytes,
                                view.bytes, view.offset));
    if (view.bytes > mostBindingBytes)
      return failed(fmt::format("expected a view of at most {} bytes, found {}", mostBindingBytes,
                                view.bytes));
    auto range = static_cast<VulkanBuffer *>(view.buffer)->range(view.offset, view.bytes);
    if (!range)
      return failed(range.error().message);
    if (range->address % bindingAlign != 0 || range->offset % texelBytes != 0)
      return failed(fmt::format("expected an address that is a multiple of {}, found {:#x}",
                                bindingAlign, range->address));
    ranges.push_back(*range);
  }
  return {};
}

Result<void> VulkanCommandList::allocateSizes() {
  groupsAt = 64;
  uint64_t bytes = roundUp(groupsAt + commands.size() * sizeof(VkDispatchIndirectCommand), 16);
  for (const Command &command : commands) {
    bool needsTable = command.bindingCount > ShaderKernel::pushedBindings;
    tableAt.push_back(needsTable ? bytes : 0);
    bytes += needsTable ? roundUp(command.bindingCount * 8, 16) : 0;
  }
  host = std::make_unique<VulkanPiece>(context, bytes);
  if (auto made = host->allocate(true); !made)
    return made;
  if (!host->mapped)
    return fail("expected memory that the host and kernels share, found none");
  for (size_t i = 0; i < commands.size(); ++i)
    for (uint32_t b = 0; tableAt[i] != 0 && b < commands[i].bindingCount; ++b)
      std::memcpy(host->mapped + tableAt[i] + b * 8, &ranges[commands[i].firstBinding + b].address,
                  8);
  return {};
}

VulkanCommandList::~VulkanCommandList() {
  const DeviceFunctions &vk = context.vk;
  recordings.forEach([&](Recording &recording) { drop(recording); });
  for (const auto &[range, view] : views)
    vk.DestroyBufferView(context.device, view, nullptr);
  vk.DestroyQueryPool(context.device, queries, nullptr);
}

Result<void> VulkanCommandList::writeSizes(std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  uint32_t numbers[WEFT_SIZE_COUNT];
  for (int i = 0; i < WEFT_SIZE_COUNT; ++i)
    numbers[i] = uint32_t(sizes[i]);
  std::memcpy(host->mapped, numbers, sizeof numbers);
  const uint64_t wide = context.properties.limits.maxComputeWorkGroupCount[0];
  for (size_t i = 0; i < commands.size(); ++i) {
    const VulkanExecutable::Kernel &kernel = executable.kernels()[commands[i].kernel];
    uint64_t groups = kernel.workgroups(uint64_t(commands[i].groups));
    uint64_t rows = (groups + wide - 1) / wide;
    if (rows > context.properties.limits.maxComputeWorkGroupCount[1])
      return fail(fmt::format("kernel '{}': expected at most {} times {} workgroups, found {}",
                              kernel.name, wide,
                              context.properties.limits.maxComputeWorkGroupCount[1], groups));
    // Rows of equal length, so that few workgroups find nothing to do.
    uint64_t columns = rows == 0 ? 0 : (groups + rows - 1) / rows;
    VkDispatchIndirectCommand dispatch{uint32_t(columns), uint32_t(rows), 1};
    std::memcpy(host->mapped + groupsAt + i * sizeof dispatch, &dispatch, sizeof dispatch);
  }
  return {};
}

Result<void> VulkanCommandList::run(std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  if (auto written = writeSizes(sizes); !written)
    return written;
  auto recording = recordingOf();
  if (!recording)
    return failFrom(recording);
  return context.submit((*recording)->commands);
}

Result<void> VulkanCommandList::runTimed(std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                         std::vector<CommandSpan> &spans) {
  if (commands.empty())
    return run(sizes);
  if (auto made = makeQueries(); !made)
    return made;
  timed = true;
  auto ran = run(sizes);
  timed = false;
  return ran ? readTimes(spans) : ran;
}

Result<void> VulkanCommandList::makeQueries() {
  if (queries != VK_NULL_HANDLE)
    return {};
  if (context.timestampBits == 0)
    return fail(
        "the Vulkan device has no timestamps, so that it does not say how long kernels take");
  VkQueryPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = uint32_t(commands.size()) + 1;
  if (VkResult made = context.vk.CreateQueryPool(context.device, &info, nullptr, &queries))
    return failWith("timestamps", made);
  return {};
}

Result<void> VulkanCommandList::readTimes(std::vector<CommandSpan> &spans) {
  std::vector<uint64_t> stamps(commands.size() + 1);
  if (VkResult read = context.vk.GetQueryPoolResults(
          context.device, queries, 0, uint32_t(stamps.size()), stamps.size() * 8, stamps.data(), 8,
          VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT))
    return failWith("timestamps", read);
  const uint64_t mask =
      context.timestampBits >= 64 ? UINT64_MAX : (uint64_t(1) << context.timestampBits) - 1;
  auto since = [&](uint64_t stamp) {
    return int64_t(double((stamp - stamps.front()) & mask) *
                   double(context.properties.limits.timestampPeriod));
  };
  for (uint32_t i = 0; i < commands.size(); ++i)
    if (commands[i].groups > 0)
      spans.push_back({i, 0, since(stamps[i]), since(stamps[i + 1])});
  return {};
}

} // namespace weft::vulkan
