// A logical Vulkan device with its queue, limits and features.
#pragma once

#include "runtime/device/vulkan/ShaderContainer.h"
#include "runtime/device/vulkan/VulkanApi.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft::vulkan {

struct VulkanOptions {
  /// Index into the physical devices that Vulkan lists.
  unsigned number = 0;
  /// Features not to use even if the device has them, to test fallbacks.
  uint32_t without = 0;
  /// Enables VK_LAYER_KHRONOS_validation. A message of it becomes an error of the next commands
  /// that are waited for.
  bool validate = false;
  /// Copies weights even if the device could import host memory.
  bool copyWeights = false;

  /// Returns options for device `number` from the environment variables WEFT_VULKAN_WITHOUT (a list
  /// of features) and WEFT_VULKAN_VALIDATE. Errors: an unknown feature.
  static Result<VulkanOptions> fromEnvironment(unsigned number);
};

/// A Vulkan instance.
class VulkanInstance {
public:
  /// Makes an instance. Errors: no loader, no driver, or no validation layer although `validate` is
  /// true.
  static Result<std::unique_ptr<VulkanInstance>> create(bool validate);
  ~VulkanInstance();
  VulkanInstance(const VulkanInstance &) = delete;

  Result<std::vector<VkPhysicalDevice>> devices() const;
  /// Returns a description for people: "llvmpipe (LLVM 15.0.6, 256 bits), Vulkan 1.3".
  std::string describe(VkPhysicalDevice device) const;

  VkInstance instance = VK_NULL_HANDLE;
  InstanceFunctions vk;
  /// Messages of the validation layer.
  std::vector<std::string> messages;

private:
  explicit VulkanInstance(bool validate) : validate(validate) {}
  const bool validate;
  VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
};

/// A logical device with one compute queue. Not thread-safe.
class VulkanContext {
public:
  /// Opens the device options.number. Errors: there is no such device, or it lacks something that
  /// every kernel needs (buffer device addresses, a compute queue).
  static Result<std::unique_ptr<VulkanContext>> create(const VulkanOptions &options);
  ~VulkanContext();
  VulkanContext(const VulkanContext &) = delete;

  /// Records commands by `record`, submits them and waits for their end.
  Result<void> runOnce(const std::function<void(VkCommandBuffer)> &record);
  /// Submits a recorded command buffer and waits for its end.
  Result<void> submit(VkCommandBuffer commands);

  /// Returns the memory type among the bits of `allowed` that has all `wanted` properties and the
  /// most `preferred` ones; -1 if there is none.
  int memoryType(uint32_t allowed, VkMemoryPropertyFlags wanted,
                 VkMemoryPropertyFlags preferred) const;

  VulkanOptions options;
  std::unique_ptr<VulkanInstance> instance;
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  DeviceFunctions vk;
  VkQueue queue = VK_NULL_HANDLE;
  VkCommandPool pool = VK_NULL_HANDLE;
  VkPhysicalDeviceProperties properties{};
  VkPhysicalDeviceMemoryProperties memory{};
  uint32_t features = 0; // Feature bits of ShaderContainer.h
  uint32_t subgroupSize = 1;
  uint64_t mostAllocation = 0; // the most bytes of one allocation
  /// The alignment that pointers and sizes need for host memory to be imported; 0 if it cannot be.
  uint64_t importAlignment = 0;
  uint32_t timestampBits = 0;

  /// Says whether kernels access host memory at full speed (a CPU or an integrated GPU).
  bool sharesHostMemory() const {
    return properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
           properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
  }
  /// Returns the number of invocations in a workgroup.
  uint32_t workgroupSize() const;
  /// Returns how many invocations compute the sum of one output element of a matrix product
  /// together.
  uint32_t slices(uint32_t lanes) const;

private:
  VulkanContext() = default;
  Result<void> choose();
  Result<void> createDevice();

  VkFence fence = VK_NULL_HANDLE;
  uint32_t family = 0;
};

} // namespace weft::vulkan
