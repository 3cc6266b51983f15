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

Result<void> VulkanDevice::run(const CommandList &list,
                               std::span<const int64_t, WEFT_SIZE_COUNT> sizes) {
  // A list is made to be changed between runs; what a run keeps is its own business.
  return const_cast<VulkanCommandList &>(static_cast<const VulkanCommandList &>(list)).run(sizes);
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
