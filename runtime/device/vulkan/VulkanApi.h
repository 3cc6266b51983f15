// The functions of Vulkan that the device uses, from a library that is opened at first use:
// what does not ask for Vulkan neither needs nor loads it.
#pragma once

#include "runtime/device/Device.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#include <cstdint>
#include <string_view>

// Structures of Vulkan name the members that matter; the others are zero.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace weft::vulkan {

// Not by clang-format, which moves such lists again each time.
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

/// The library's functions; opened once, never closed. Errors: there is no libvulkan.so.1, or
/// not of version 1.2. Thread-safe.
Result<const GlobalFunctions *> loadVulkan();

InstanceFunctions loadInstance(const GlobalFunctions &global, VkInstance instance);
DeviceFunctions loadDevice(const InstanceFunctions &functions, VkDevice device);

/// "out of device memory"; the number where it is none that Weft may meet.
std::string nameOf(VkResult result);
/// An error "`what`: " and the name; with what to do where that is known.
tl::unexpected<Error> failWith(std::string_view what, VkResult result);

} // namespace weft::vulkan
