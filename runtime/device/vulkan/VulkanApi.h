// The Vulkan functions that the device uses, from the loader library, which is opened at first use:
// programs that do not use Vulkan neither need nor load it.
#pragma once

#include "runtime/device/Device.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#include <cstdint>
#include <string_view>

// Initializers of Vulkan structures name only the members that matter; the others are zero.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace weft::vulkan {

// clang-format is off, as it formats these lists differently each time.
// clang-format off
#define WEFT_VULKAN_GLOBAL_FUNCTIONS(X)                                                            \
  X(CreateInstance) X(EnumerateInstanceVersion) X(EnumerateInstanceLayerProperties)
#define WEFT_VULKAN_INSTANCE_FUNCTIONS(X)                                                          \
  X(DestroyInstance) X(EnumeratePhysicalDevices) X(EnumerateDeviceExtensionProperties)             \
  X(GetPhysicalDeviceProperties2) X(GetPhysicalDeviceFeatures2)                                    \
  X(GetPhysicalDeviceMemoryProperties2) X(GetPhysicalDeviceQueueFamilyProperties)                  \
  X(CreateDevice) X(GetDeviceProcAddr)
#define WEFT_VULKAN_DEVICE_FUNCTIONS(X)                                                            \
  X(DestroyDevice) X(GetDeviceQueue) X(DeviceWaitIdle)                                             \
  X(CreateBuffer) X(DestroyBuffer) X(GetBufferMemoryRequirements) X(GetBufferDeviceAddress)        \
  X(CreateBufferView) X(DestroyBufferView)                                                         \
  X(AllocateMemory) X(FreeMemory) X(BindBufferMemory) X(MapMemory)                                 \
  X(CreateCommandPool) X(DestroyCommandPool) X(AllocateCommandBuffers) X(FreeCommandBuffers)       \
  X(BeginCommandBuffer) X(EndCommandBuffer) X(QueueSubmit)                                         \
  X(CreateFence) X(DestroyFence) X(WaitForFences) X(ResetFences)                                   \
  X(CreateDescriptorSetLayout) X(DestroyDescriptorSetLayout)                                       \
  X(CreateDescriptorPool) X(DestroyDescriptorPool) X(AllocateDescriptorSets)                       \
  X(UpdateDescriptorSets) X(CreatePipelineLayout) X(DestroyPipelineLayout)                         \
  X(CreateShaderModule) X(DestroyShaderModule) X(CreateComputePipelines) X(DestroyPipeline)        \
  X(CreatePipelineCache) X(DestroyPipelineCache) X(GetPipelineCacheData)                           \
  X(CreateQueryPool) X(DestroyQueryPool) X(GetQueryPoolResults)                                    \
  X(CmdBindPipeline) X(CmdBindDescriptorSets) X(CmdPushConstants) X(CmdDispatchIndirect)           \
  X(CmdPipelineBarrier) X(CmdCopyBuffer) X(CmdFillBuffer) X(CmdResetQueryPool)                     \
  X(CmdWriteTimestamp)
// clang-format on

#define WEFT_VULKAN_MEMBER(name) PFN_vk##name name = nullptr;

struct GlobalFunctions {
  PFN_vkGetInstanceProcAddr GetInstanceProcAddr = nullptr;
  WEFT_VULKAN_GLOBAL_FUNCTIONS(WEFT_VULKAN_MEMBER)
};

struct InstanceFunctions {
  WEFT_VULKAN_INSTANCE_FUNCTIONS(WEFT_VULKAN_MEMBER)
  /// Null where the extension is not enabled.
  PFN_vkCreateDebugUtilsMessengerEXT CreateDebugUtilsMessengerEXT = nullptr;
  PFN_vkDestroyDebugUtilsMessengerEXT DestroyDebugUtilsMessengerEXT = nullptr;
};

struct DeviceFunctions {
  WEFT_VULKAN_DEVICE_FUNCTIONS(WEFT_VULKAN_MEMBER)
  /// Null where the extension is not enabled.
  PFN_vkGetMemoryHostPointerPropertiesEXT GetMemoryHostPointerPropertiesEXT = nullptr;
};

#undef WEFT_VULKAN_MEMBER

/// Returns the loader's global functions. The library is opened once and never closed. Errors:
/// there is no libvulkan.so.1, or it is older than version 1.2. Thread-safe.
Result<const GlobalFunctions *> loadVulkan();

InstanceFunctions loadInstance(const GlobalFunctions &global, VkInstance instance);
DeviceFunctions loadDevice(const InstanceFunctions &functions, VkDevice device);

/// Returns a description of `result`, such as "out of device memory", or its number if it is one
/// that Weft should not meet.
std::string nameOf(VkResult result);
/// Returns the error "`what`: " followed by nameOf(result), with advice if there is any.
tl::unexpected<Error> failWith(std::string_view what, VkResult result);

} // namespace weft::vulkan
