#include "runtime/device/vulkan/VulkanApi.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace weft::vulkan {

static Result<GlobalFunctions> open() {
  void *library = ::dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return fail(fmt::format("Vulkan is not installed: {}; install its loader (Debian: libvulkan1) "
                            "and a driver (mesa-vulkan-drivers)",
                            ::dlerror()));
  GlobalFunctions global;
  global.GetInstanceProcAddr =
      reinterpret_cast<PFN_vkGetInstanceProcAddr>(::dlsym(library, "vkGetInstanceProcAddr"));
  if (!global.GetInstanceProcAddr)
    return fail("libvulkan.so.1 has no function vkGetInstanceProcAddr");
#define WEFT_VULKAN_LOAD(name)                                                                     \
  global.name =                                                                                    \
      reinterpret_cast<PFN_vk##name>(global.GetInstanceProcAddr(VK_NULL_HANDLE, "vk" #name));
  WEFT_VULKAN_GLOBAL_FUNCTIONS(WEFT_VULKAN_LOAD)
#undef WEFT_VULKAN_LOAD
  uint32_t version = VK_API_VERSION_1_0;
  if (global.EnumerateInstanceVersion)
    global.EnumerateInstanceVersion(&version);
  if (version < VK_API_VERSION_1_2)
    return fail(fmt::format("expected a Vulkan loader of version 1.2 or later, found {}.{}",
                            VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version)));
  return global;
}

Result<const GlobalFunctions *> loadVulkan() {
  static const Result<GlobalFunctions> global = open();
  if (!global)
    return failFrom(global);
  return &*global;
}

InstanceFunctions loadInstance(const GlobalFunctions &global, VkInstance instance) {
  InstanceFunctions functions;
#define WEFT_VULKAN_LOAD(name)                                                                     \
  functions.name = PFN_vk##name(global.GetInstanceProcAddr(instance, "vk" #name));
  WEFT_VULKAN_INSTANCE_FUNCTIONS(WEFT_VULKAN_LOAD)
  WEFT_VULKAN_LOAD(CreateDebugUtilsMessengerEXT)
  WEFT_VULKAN_LOAD(DestroyDebugUtilsMessengerEXT)
#undef WEFT_VULKAN_LOAD
  return functions;
}

DeviceFunctions loadDevice(const InstanceFunctions &instance, VkDevice device) {
  DeviceFunctions functions;
#define WEFT_VULKAN_LOAD(name)                                                                     \
  functions.name = reinterpret_cast<PFN_vk##name>(instance.GetDeviceProcAddr(device, "vk" #name));
  WEFT_VULKAN_DEVICE_FUNCTIONS(WEFT_VULKAN_LOAD)
  WEFT_VULKAN_LOAD(GetMemoryHostPointerPropertiesEXT)
#undef WEFT_VULKAN_LOAD
  return functions;
}

std::string nameOf(VkResult result) {
  switch (result) {
  case VK_ERROR_OUT_OF_HOST_MEMORY:
    return "out of host memory";
  case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    return "out of device memory";
  case VK_ERROR_INITIALIZATION_FAILED:
    return "initialization failed";
  case VK_ERROR_DEVICE_LOST:
    return "the device was lost";
  case VK_ERROR_MEMORY_MAP_FAILED:
    return "memory cannot be mapped";
  case VK_ERROR_INVALID_SHADER_NV:
    return "the driver refuses the shader";
  case VK_ERROR_INCOMPATIBLE_DRIVER:
    return "no driver is installed";
  case VK_ERROR_TOO_MANY_OBJECTS:
    return "too many allocations";
  case VK_ERROR_INVALID_EXTERNAL_HANDLE:
    return "memory cannot be imported";
  default:
    return fmt::format("Vulkan's error {}", int(result));
  }
}

tl::unexpected<Error> failWith(std::string_view what, VkResult result) {
  const char *advice = result == VK_ERROR_OUT_OF_DEVICE_MEMORY
                           ? "; choose a smaller --context or --batch, or another device"
                       : result == VK_ERROR_DEVICE_LOST
                           ? "; it was reset, or a kernel took longer than the driver allows"
                           : "";
  return fail(fmt::format("{}: {}{}", what, nameOf(result), advice));
}

} // namespace weft::vulkan
