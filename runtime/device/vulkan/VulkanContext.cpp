#include "runtime/device/vulkan/VulkanContext.h"

#include "runtime/device/vulkan/VulkanCapabilities.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>

namespace weft::vulkan {

Result<VulkanOptions> VulkanOptions::fromEnvironment(unsigned number) {
  VulkanOptions options;
  options.number = number;
  if (const char *without = std::getenv("WEFT_VULKAN_WITHOUT")) {
    auto features = featuresOf(without);
    if (!features)
      return fail("WEFT_VULKAN_WITHOUT: " + features.error().message);
    options.without = *features;
  }
  options.validate = std::getenv("WEFT_VULKAN_VALIDATE") != nullptr;
  return options;
}

/// Fewer texels than any weight of a model that is worth a device would not be streams.
constexpr uint32_t leastTexels = 1 << 26;

Result<std::unique_ptr<VulkanContext>> VulkanContext::create(const VulkanOptions &options) {
  std::unique_ptr<VulkanContext> context(new VulkanContext);
  context->options = options;
  auto instance = VulkanInstance::create(options.validate);
  if (!instance)
    return failFrom(instance);
  context->instance = std::move(*instance);
  for (auto step : {&VulkanContext::choose, &VulkanContext::createDevice})
    if (auto done = ((*context).*step)(); !done)
      return failFrom(done);
  return context;
}

Result<void> VulkanContext::choose() {
  auto devices = instance->devices();
  if (!devices)
    return failFrom(devices);
  if (options.number >= devices->size())
    return fail(fmt::format("no Vulkan device {}: found {}", options.number, devices->size()));
  physical = (*devices)[options.number];
  VkPhysicalDeviceProperties2 all{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, nullptr, {}};
  instance->vk.GetPhysicalDeviceProperties2(physical, &all);
  properties = all.properties;
  if (properties.apiVersion < VK_API_VERSION_1_2)
    return fail(fmt::format("expected a device of Vulkan 1.2 or later, found {}",
                            instance->describe(physical)));
  VkPhysicalDeviceMemoryProperties2 heaps{
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, nullptr, {}};
  instance->vk.GetPhysicalDeviceMemoryProperties2(physical, &heaps);
  memory = heaps.memoryProperties;
  uint32_t count = 0;
  instance->vk.GetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  instance->vk.GetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  auto computes = [](const VkQueueFamilyProperties &family) {
    return (family.queueFlags & VK_QUEUE_COMPUTE_BIT) != 0;
  };
  auto found = std::ranges::find_if(families, computes);
  if (found == families.end())
    return fail(instance->describe(physical) + ": expected a queue that computes, found none");
  family = uint32_t(found - families.begin());
  timestampBits = found->timestampValidBits;
  return {};
}

Result<void> VulkanContext::createDevice() {
  Extensions extensions(instance->vk, physical);
  Capabilities found(instance->vk, physical, extensions);
  if (!found.features12.bufferDeviceAddress)
    return fail(instance->describe(physical) +
                ": expected the feature bufferDeviceAddress, which it lacks");
  subgroupSize = found.properties11.subgroupSize;
  mostAllocation = found.properties11.maxMemoryAllocationSize;
  if (extensions.externalMemoryHost)
    importAlignment = found.hostMemory.minImportedHostPointerAlignment;
  if (properties.limits.maxTexelBufferElements >= leastTexels)
    features = FeatureTexelStreams | FeatureTexelImages;
  if (found.runsSubgroups())
    features |= FeatureSubgroups;
  if (found.hasFastIntegerDot())
    features |= FeatureIntegerDot;
  if (found.stores16())
    features |= FeatureStorage16;
  features &= ~options.without;

  float priority = 1;
  VkDeviceQueueCreateInfo queueInfo{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queueInfo.queueFamilyIndex = family;
  queueInfo.queueCount = 1;
  queueInfo.pQueuePriorities = &priority;
  VkPhysicalDeviceVulkan12Features wanted{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  wanted.bufferDeviceAddress = VK_TRUE;
  VkPhysicalDeviceVulkan11Features wanted11{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &wanted};
  VkPhysicalDeviceFeatures basic{};
  wanted11.storageBuffer16BitAccess = basic.shaderInt16 = (features & FeatureStorage16) != 0;
  void *chain = &wanted11;
  VkPhysicalDeviceSubgroupSizeControlFeatures control{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES, .pNext = chain};
  if (features & FeatureSubgroups) {
    control.subgroupSizeControl = control.computeFullSubgroups = VK_TRUE;
    chain = &control;
  }
  VkPhysicalDeviceShaderIntegerDotProductFeatures dot{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES,
      .pNext = chain};
  if (features & FeatureIntegerDot) {
    dot.shaderIntegerDotProduct = VK_TRUE;
    chain = &dot;
  }
  std::vector<const char *> names = extensions.names();
  VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .pNext = chain};
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queueInfo;
  info.enabledExtensionCount = uint32_t(names.size());
  info.ppEnabledExtensionNames = names.data();
  info.pEnabledFeatures = &basic;
  std::string what = instance->describe(physical);
  if (VkResult made = instance->vk.CreateDevice(physical, &info, nullptr, &device))
    return failWith(what, made);
  vk = loadDevice(instance->vk, device);
  vk.GetDeviceQueue(device, family, 0, &queue);
  VkCommandPoolCreateInfo poolInfo{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  poolInfo.queueFamilyIndex = family;
  if (VkResult made = vk.CreateCommandPool(device, &poolInfo, nullptr, &pool))
    return failWith(what, made);
  VkFenceCreateInfo fenceInfo{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  if (VkResult made = vk.CreateFence(device, &fenceInfo, nullptr, &fence))
    return failWith(what, made);
  return {};
}

VulkanContext::~VulkanContext() {
  if (device == VK_NULL_HANDLE)
    return;
  vk.DestroyFence(device, fence, nullptr);
  vk.DestroyCommandPool(device, pool, nullptr);
  vk.DestroyDevice(device, nullptr);
}

Result<void> VulkanContext::submit(VkCommandBuffer commands) {
  VkSubmitInfo info{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO};
  info.commandBufferCount = 1;
  info.pCommandBuffers = &commands;
  if (VkResult submitted = vk.QueueSubmit(queue, 1, &info, fence))
    return failWith("submitting kernels", submitted);
  if (VkResult waited = vk.WaitForFences(device, 1, &fence, VK_TRUE, UINT64_MAX))
    return failWith("waiting for kernels", waited);
  if (VkResult reset = vk.ResetFences(device, 1, &fence))
    return failWith("waiting for kernels", reset);
  if (!instance->messages.empty())
    return fail("Vulkan's validation layer: " + instance->messages.front());
  return {};
}

Result<void> VulkanContext::runOnce(const std::function<void(VkCommandBuffer)> &record) {
  VkCommandBufferAllocateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  info.commandPool = pool;
  info.commandBufferCount = 1;
  VkCommandBuffer commands;
  if (VkResult made = vk.AllocateCommandBuffers(device, &info, &commands))
    return failWith("recording commands", made);
  VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  VkResult made = vk.BeginCommandBuffer(commands, &begin);
  if (made == VK_SUCCESS) {
    record(commands);
    made = vk.EndCommandBuffer(commands);
  }
  Result<void> done;
  if (made != VK_SUCCESS)
    done = failWith("recording commands", made);
  else
    done = submit(commands);
  vk.FreeCommandBuffers(device, pool, 1, &commands);
  return done;
}

int VulkanContext::memoryType(uint32_t allowed, VkMemoryPropertyFlags wanted,
                              VkMemoryPropertyFlags preferred) const {
  int best = -1, bestScore = -1;
  for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
    int score = std::popcount(flags & preferred);
    if ((allowed >> i & 1) && (flags & wanted) == wanted && score > bestScore) {
      best = int(i);
      bestScore = score;
    }
  }
  return best;
}

uint32_t VulkanContext::workgroupSize() const {
  if (features & FeatureSubgroups)
    return subgroupSize;
  // A multiple of all lanes, within the 128 invocations that every device has.
  return properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ? 8 : 64;
}

uint32_t VulkanContext::slices(uint32_t lanes) const {
  // A processor runs invocations one subgroup after the other and gains nothing by more of
  // them; a GPU needs very many.
  if (lanes == 0 || properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU)
    return 1;
  return workgroupSize() / lanes;
}

} // namespace weft::vulkan
