#include "runtime/device/vulkan/VulkanContext.h"

#include <array>
#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <utility>

namespace weft::vulkan {

constexpr const char *validationLayer = "VK_LAYER_KHRONOS_validation";

static VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                     VkDebugUtilsMessageTypeFlagsEXT,
                                     const VkDebugUtilsMessengerCallbackDataEXT *data,
                                     void *instance) {
  static_cast<VulkanInstance *>(instance)->messages.emplace_back(data->pMessage);
  return VK_FALSE;
}

static bool hasLayer(const GlobalFunctions &global, const char *name) {
  uint32_t count = 0;
  global.EnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  global.EnumerateInstanceLayerProperties(&count, layers.data());
  for (const VkLayerProperties &layer : layers)
    if (std::strcmp(layer.layerName, name) == 0)
      return true;
  return false;
}

/// Instances that nobody uses, without and with validation: at most one each, kept for the next
/// user. Drivers are thus loaded once in a process and never unloaded, which takes tens of
/// milliseconds and loses memory in some.
class IdleInstances {
public:
  VkInstance take(bool validate) {
    std::scoped_lock lock(mutex);
    return std::exchange(instances[validate], VK_NULL_HANDLE);
  }
  /// Returns one that is too many.
  VkInstance give(bool validate, VkInstance instance) {
    std::scoped_lock lock(mutex);
    return std::exchange(instances[validate], instance);
  }

private:
  std::mutex mutex;
  std::array<VkInstance, 2> instances{};
};

static IdleInstances &idleInstances() {
  static auto *idle = new IdleInstances; // drivers may be gone when statics are destroyed
  return *idle;
}

static VkResult createInstance(const GlobalFunctions &global, bool validate, VkInstance &instance) {
  VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pEngineName = "weft";
  application.apiVersion = VK_API_VERSION_1_2;
  const char *extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  if (validate) {
    info.enabledLayerCount = info.enabledExtensionCount = 1;
    info.ppEnabledLayerNames = &validationLayer;
    info.ppEnabledExtensionNames = &extension;
  }
  return global.CreateInstance(&info, nullptr, &instance);
}

Result<std::unique_ptr<VulkanInstance>> VulkanInstance::create(bool validate) {
  auto global = loadVulkan();
  if (!global)
    return failFrom(global);
  if (validate && !hasLayer(**global, validationLayer))
    return fail(fmt::format("expected the layer {}, which is not installed (Debian: "
                            "vulkan-validationlayers)",
                            validationLayer));
  std::unique_ptr<VulkanInstance> made(new VulkanInstance(validate));
  made->instance = idleInstances().take(validate);
  if (made->instance == VK_NULL_HANDLE)
    if (VkResult result = createInstance(**global, validate, made->instance))
      return failWith("Vulkan cannot be started", result);
  made->vk = loadInstance(**global, made->instance);
  if (!validate)
    return made;
  VkDebugUtilsMessengerCreateInfoEXT messenger{
      .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  messenger.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                              VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messenger.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  messenger.pfnUserCallback = onMessage;
  messenger.pUserData = made.get();
  if (VkResult result = made->vk.CreateDebugUtilsMessengerEXT(made->instance, &messenger, nullptr,
                                                              &made->messenger))
    return failWith("messages of the validation layer cannot be had", result);
  return made;
}

VulkanInstance::~VulkanInstance() {
  if (messenger != VK_NULL_HANDLE)
    vk.DestroyDebugUtilsMessengerEXT(instance, messenger, nullptr);
  if (instance == VK_NULL_HANDLE)
    return;
  if (VkInstance second = idleInstances().give(validate, instance))
    vk.DestroyInstance(second, nullptr);
}

Result<std::vector<VkPhysicalDevice>> VulkanInstance::devices() const {
  uint32_t count = 0;
  if (VkResult result = vk.EnumeratePhysicalDevices(instance, &count, nullptr))
    return failWith("Vulkan's devices cannot be listed", result);
  std::vector<VkPhysicalDevice> result(count);
  if (count > 0)
    if (VkResult listed = vk.EnumeratePhysicalDevices(instance, &count, result.data()))
      return failWith("Vulkan's devices cannot be listed", listed);
  result.resize(count);
  if (count == 0)
    return fail("Vulkan has no device here; install a driver (Debian: mesa-vulkan-drivers)");
  return result;
}

std::string VulkanInstance::describe(VkPhysicalDevice device) const {
  VkPhysicalDeviceProperties2 all{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, nullptr, {}};
  vk.GetPhysicalDeviceProperties2(device, &all);
  uint32_t version = all.properties.apiVersion;
  return fmt::format("{}, Vulkan {}.{}", all.properties.deviceName, VK_API_VERSION_MAJOR(version),
                     VK_API_VERSION_MINOR(version));
}

} // namespace weft::vulkan
