// The kernels of one program as pipelines, created at first use.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/vulkan/VulkanContext.h"

#include <map>

namespace weft::vulkan {

/// A cache of compiled pipelines on disk: a file for each device, driver and artifact, in
/// $XDG_CACHE_HOME/weft (~/.cache/weft). If it cannot be read or written, pipelines are compiled
/// anew.
class PipelineCache {
public:
  PipelineCache(VulkanContext &context, uint64_t codeHash);
  ~PipelineCache();
  PipelineCache(const PipelineCache &) = delete;

  /// Writes the cache file if there are pipelines that it lacks.
  void save();

  VkPipelineCache cache = VK_NULL_HANDLE;

private:
  VulkanContext &context;
  std::string path; // "" if there is no cache folder
  size_t savedBytes = 0;
};

/// How the streams of a kernel are bound.
struct Streams {
  uint32_t count = 0;
  VkDescriptorType type = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  auto operator<=>(const Streams &) const = default;
};

/// The layout of a kernel's bindings: addresses, sizes and streams.
struct BindingLayout {
  VkDescriptorSetLayout set = VK_NULL_HANDLE;
  VkPipelineLayout pipeline = VK_NULL_HANDLE;
};

/// The loaded kernels of one program.
class VulkanExecutable final : public Executable {
public:
  /// Loads a container. Errors: `code` is no container, or a kernel needs features that the device
  /// lacks.
  static Result<std::unique_ptr<VulkanExecutable>> load(VulkanContext &context,
                                                        std::span<const std::byte> code,
                                                        std::span<const KernelEntry> kernels);
  ~VulkanExecutable() override;

  struct Kernel {
    std::string name;
    ShaderKernel shader; // with only the chosen module
    BindingLayout layout;
    VkPipeline pipeline = VK_NULL_HANDLE; // null until ready() creates it
    uint32_t workgroup = 0, slices = 1;

    /// Returns the number of Vulkan workgroups for `groups` workgroups of the grid.
    uint64_t workgroups(uint64_t groups) const;
    /// Returns how the streams are bound through texel buffers; none if the module reads by
    /// address.
    Streams texelStreams() const;
  };

  /// Returns a kernel, creating its pipeline at first use. Errors: the driver cannot compile it.
  Result<const Kernel *> ready(uint32_t number);
  const std::vector<Kernel> &kernels() const { return all; }
  /// Writes newly compiled pipelines to the cache on disk.
  void save() { cache.save(); }

private:
  VulkanExecutable(VulkanContext &context, uint64_t hash)
      : context(context), cache(context, hash) {}
  Result<BindingLayout> layoutFor(const Streams &streams);

  VulkanContext &context;
  PipelineCache cache;
  std::map<Streams, BindingLayout> layouts;
  std::vector<Kernel> all;
};

} // namespace weft::vulkan
