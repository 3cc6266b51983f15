// A logical device of Vulkan with what there is one of: its queue, its limits and features.
#pragma once

#include "runtime/device/vulkan/ShaderContainer.h"
#include "runtime/device/vulkan/VulkanApi.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft::vulkan {

struct VulkanOptions {
  /// Which of the physical devices that Vulkan lists.
  unsigned number = 0;
  /// Features that are not used though they are there, so that fallbacks can be tested.
  uint32_t without = 0;
  /// Runs with VK_LAYER_KHRONOS_validation; what it complains about is an error of the next
  /// commands that are waited for.
  bool validate = false;
  /// Copies weights even where the host's memory can be imported.
  bool copyWeights = false;

  /// As the environment says: WEFT_VULKAN_WITHOUT (a list of features) and
  /// WEFT_VULKAN_VALIDATE. Errors: a feature that there is not.
  static Result<VulkanOptions> fromEnvironment(unsigned number);
};

/// An instance of Vulkan.
class VulkanInstance {
public:
  /// Errors: no loader, no driver, or no validation layer where one is asked for.
  static Result<std::unique_ptr<VulkanInstance>> create(bool validate);
  ~VulkanInstance();
  VulkanInstance(const VulkanInstance &) = delete;

  Result<std::vector<VkPhysicalDevice>> devices() const;
  /// "llvmpipe (LLVM 15.0.6, 256 bits), Vulkan 1.3".
  std::string describe(VkPhysicalDevice device) const;

  VkInstance instance = VK_NULL_HANDLE;
  InstanceFunctions vk;
  /// What the validation layer said.
  std::vector<std::string> messages;

private:
  explicit VulkanInstance(bool validate) : validate(validate) {}
  const bool validate;
  VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
};

/// Not thread-safe.
class VulkanContext {
public:
  /// Errors: there is no device of that number, or it lacks something that every kernel needs
  /// (buffer device addresses, a compute queue).
  static Result<std::unique_ptr<VulkanContext>> create(const VulkanOptions &options);
  ~VulkanContext();
  VulkanContext(const VulkanContext &) = delete;

  /// Records commands, submits them and waits.
  Result<void> runOnce(const std::function<void(VkCommandBuffer)> &record);
  /// Submits a recorded command buffer and waits for its end.
  Result<void> submit(VkCommandBuffer commands);

  /// The number of a memory type of `allowed` with `wanted` properties, of these one with as
  /// many `preferred` ones as can be; -1 where there is none.
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
  uint32_t features = 0; // of ShaderContainer.h
  uint32_t subgroupSize = 1;
  uint64_t mostAllocation = 0; // bytes
  /// Of pointers and sizes that can be imported; 0: none can.
  uint64_t importAlignment = 0;
  uint32_t timestampBits = 0;

  /// Whether kernels run in the host's own memory at its speed.
  bool sharesHostMemory() const {
    return properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
           properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
  }
  /// Invocations of a workgroup.
  uint32_t workgroupSize() const;
  /// Invocations that share the sum of one element of a product.
  uint32_t slices(uint32_t lanes) const;

private:
  VulkanContext() = default;
  Result<void> choose();
  Result<void> createDevice();

  VkFence fence = VK_NULL_HANDLE;
  uint32_t family = 0;
};

} // namespace weft::vulkan
