// The capabilities of a Vulkan device that Weft uses.
#pragma once

#include "runtime/device/vulkan/VulkanApi.h"

#include <bit>
#include <vector>

namespace weft::vulkan {

/// Optional extensions and whether the device has them.
struct Extensions {
  bool externalMemoryHost = false, subgroupSizeControl = false, integerDot = false;

  Extensions(const InstanceFunctions &vk, VkPhysicalDevice device) {
    uint32_t count = 0;
    vk.EnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> all(count);
    vk.EnumerateDeviceExtensionProperties(device, nullptr, &count, all.data());
    for (const VkExtensionProperties &extension : all) {
      std::string_view name = extension.extensionName;
      externalMemoryHost |= name == VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME;
      subgroupSizeControl |= name == VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME;
      integerDot |= name == VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME;
    }
  }

  std::vector<const char *> names() const {
    std::vector<const char *> result;
    if (externalMemoryHost)
      result.push_back(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    if (subgroupSizeControl)
      result.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    if (integerDot)
      result.push_back(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    return result;
  }
};

/// The features and properties that Weft queries, as pNext chains.
struct Capabilities {
  Capabilities(const InstanceFunctions &vk, VkPhysicalDevice device, const Extensions &extensions) {
    void *featureChain = nullptr, *propertyChain = nullptr;
    auto link = [](auto &item, void *&chain) {
      item.pNext = chain;
      chain = &item;
    };
    link(features12, featureChain);
    link(features11, featureChain);
    link(properties11, propertyChain);
    if (extensions.subgroupSizeControl) {
      link(subgroupControl, featureChain);
      link(subgroupControlProperties, propertyChain);
    }
    if (extensions.integerDot) {
      link(integerDot, featureChain);
      link(integerDotProperties, propertyChain);
    }
    if (extensions.externalMemoryHost)
      link(hostMemory, propertyChain);
    VkPhysicalDeviceFeatures2 all{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, featureChain, {}};
    vk.GetPhysicalDeviceFeatures2(device, &all);
    features = all.features;
    VkPhysicalDeviceProperties2 properties{
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, propertyChain, {}};
    vk.GetPhysicalDeviceProperties2(device, &properties);
  }

  /// Says whether the device supports FeatureSubgroups.
  bool runsSubgroups() const {
    constexpr VkSubgroupFeatureFlags needed =
        VK_SUBGROUP_FEATURE_BASIC_BIT | VK_SUBGROUP_FEATURE_SHUFFLE_BIT;
    uint32_t size = properties11.subgroupSize;
    return subgroupControl.subgroupSizeControl && subgroupControl.computeFullSubgroups &&
           (subgroupControlProperties.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) &&
           (properties11.subgroupSupportedOperations & needed) == needed &&
           (properties11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) && size >= 8 &&
           size <= 64 && std::has_single_bit(size);
  }

  /// Says whether the device supports FeatureIntegerDot.
  bool hasFastIntegerDot() const {
    return integerDot.shaderIntegerDotProduct &&
           integerDotProperties.integerDotProduct4x8BitPackedSignedAccelerated;
  }

  /// Says whether the device supports FeatureStorage16.
  bool stores16() const { return features11.storageBuffer16BitAccess && features.shaderInt16; }

  VkPhysicalDeviceFeatures features{};
  VkPhysicalDeviceVulkan11Features features11{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES};
  VkPhysicalDeviceVulkan12Features features12{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  VkPhysicalDeviceVulkan11Properties properties11{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES};
  VkPhysicalDeviceSubgroupSizeControlFeatures subgroupControl{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES};
  VkPhysicalDeviceSubgroupSizeControlProperties subgroupControlProperties{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES};
  VkPhysicalDeviceShaderIntegerDotProductFeatures integerDot{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES};
  VkPhysicalDeviceShaderIntegerDotProductProperties integerDotProperties{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
  VkPhysicalDeviceExternalMemoryHostPropertiesEXT hostMemory{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT};
};

} // namespace weft::vulkan
