#include "runtime/device/vulkan/VulkanPipelines.h"

#include "runtime/base/CacheFolder.h"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace weft::vulkan {

/// Of a file that is read; drivers check what is in it.
constexpr size_t mostCacheBytes = size_t(256) << 20;

PipelineCache::PipelineCache(VulkanContext &context, uint64_t codeHash) : context(context) {
  std::string device;
  for (uint8_t byte : context.properties.pipelineCacheUUID)
    device += fmt::format("{:02x}", byte);
  if (std::string folder = cacheFolder(); !folder.empty())
    path = fmt::format("{}/vulkan-{:x}-{:x}-{}-{:x}-{:016x}", folder, context.properties.vendorID,
                       context.properties.deviceID, device, context.properties.driverVersion,
                       codeHash);
  std::string bytes;
  if (std::ifstream file(path, std::ios::binary); !path.empty() && file) {
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes.size() > mostCacheBytes)
      bytes.clear();
  }
  VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  info.initialDataSize = bytes.size();
  info.pInitialData = bytes.data();
  if (context.vk.CreatePipelineCache(context.device, &info, nullptr, &cache) != VK_SUCCESS)
    cache = VK_NULL_HANDLE;
  savedBytes = bytes.size();
}

PipelineCache::~PipelineCache() { context.vk.DestroyPipelineCache(context.device, cache, nullptr); }

void PipelineCache::save() {
  size_t size = 0;
  if (path.empty() || cache == VK_NULL_HANDLE ||
      context.vk.GetPipelineCacheData(context.device, cache, &size, nullptr) != VK_SUCCESS ||
      size <= savedBytes)
    return;
  std::string bytes(size, '\0');
  if (context.vk.GetPipelineCacheData(context.device, cache, &size, bytes.data()) != VK_SUCCESS)
    return;
  bytes.resize(size);
  // Another process may read or write it at the same time: it is there as a whole or not.
  std::string part = fmt::format("{}.{}", path, ::getpid());
  std::ofstream file(part, std::ios::binary);
  file.write(bytes.data(), std::streamsize(bytes.size()));
  file.close();
  if (!file || std::rename(part.c_str(), path.c_str()) != 0)
    std::remove(part.c_str());
  else
    savedBytes = size;
}

} // namespace weft::vulkan
