#include "runtime/device/vulkan/VulkanDevice.h"

#include "runtime/device/vulkan/VulkanCommands.h"

namespace weft::vulkan {

Result<std::unique_ptr<VulkanDevice>> VulkanDevice::create(const VulkanOptions &options) {
  auto context = VulkanContext::create(options);
  if (!context)
    return failFrom(context);
  return std::unique_ptr<VulkanDevice>(new VulkanDevice(std::move(*context)));
}

Result<std::unique_ptr<Buffer>> VulkanDevice::allocate(uint64_t bytes, Reach reach) {
  return VulkanBuffer::allocate(*context, bytes, reach == Reach::Host);
}

Result<std::unique_ptr<Buffer>> VulkanDevice::import(std::span<const std::byte> host) {
  return VulkanBuffer::import(*context, host);
}

Result<std::unique_ptr<Executable>> VulkanDevice::load(std::span<const std::byte> code,
                                                       std::span<const KernelEntry> kernels) {
  return VulkanExecutable::load(*context, code, kernels);
}

Result<std::unique_ptr<CommandList>> VulkanDevice::record(Executable &executable,
                                                          std::vector<Command> commands,
                                                          std::span<const BufferView> bindings) {
  return VulkanCommandList::create(*context, static_cast<VulkanExecutable &>(executable),
                                   std::move(commands), bindings);
}

/// By the device, also where the host could: what kernels alone use is slow to read for it.
Result<void> VulkanDevice::copy(std::span<const BufferCopy> copies) {
  if (auto checked = checkCopies(copies); !checked)
    return checked;
  std::vector<std::pair<DeviceRange, DeviceRange>> ranges;
  for (const BufferCopy &copy : copies) {
    // Vulkan has no copies of nothing.
    if (copy.from.bytes == 0)
      continue;
    auto from =
        static_cast<VulkanBuffer *>(copy.from.buffer)->range(copy.from.offset, copy.from.bytes);
    auto to = static_cast<VulkanBuffer *>(copy.to.buffer)->range(copy.to.offset, copy.to.bytes);
    if (!from || !to)
      return failFrom(from ? to : from);
    ranges.emplace_back(*from, *to);
  }
  return context->runOnce([&](VkCommandBuffer commands) {
    auto barrier = [&](VkPipelineStageFlags from, VkPipelineStageFlags to) {
      VkMemoryBarrier info{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER};
      info.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT;
      info.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
      context->vk.CmdPipelineBarrier(commands, from, to, 0, 1, &info, 0, nullptr, 0, nullptr);
    };
    barrier(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT);
    for (const auto &[from, to] : ranges) {
      VkBufferCopy region{from.offset, to.offset, from.bytes};
      context->vk.CmdCopyBuffer(commands, from.buffer, to.buffer, 1, &region);
    }
    barrier(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
  });
}

Result<void> VulkanDevice::run(const CommandList &list,
                               std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  // A list is made to be changed between runs; what a run keeps is its own business.
  return const_cast<VulkanCommandList &>(static_cast<const VulkanCommandList &>(list)).run(sizes);
}

Result<void> VulkanDevice::runTimed(const CommandList &list,
                                    std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                                    std::vector<CommandSpan> &spans) {
  return const_cast<VulkanCommandList &>(static_cast<const VulkanCommandList &>(list))
      .runTimed(sizes, spans);
}

static Result<std::unique_ptr<Device>> make(const DeviceOptions &wanted) {
  auto options = VulkanOptions::fromEnvironment(wanted.number);
  if (!options)
    return failFrom(options);
  return VulkanDevice::create(*options);
}

static Result<std::vector<std::string>> list() {
  auto instance = VulkanInstance::create(false);
  if (!instance)
    return failFrom(instance);
  auto devices = (*instance)->devices();
  if (!devices)
    return failFrom(devices);
  std::vector<std::string> lines;
  for (VkPhysicalDevice device : *devices)
    lines.push_back((*instance)->describe(device));
  return lines;
}

const DevicePlugin vulkanDevicePlugin = {.name = "vulkan", .make = make, .list = list};

} // namespace weft::vulkan
