// Kernels of one program as pipelines, made when they are first needed.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/vulkan/VulkanContext.h"

#include <map>

namespace weft::vulkan {

/// Compiled pipelines on disk: a file for each device, driver and artifact, in
/// $XDG_CACHE_HOME/weft (~/.cache/weft). A cache that cannot be read or written is as none:
/// it costs time and nothing else.
class PipelineCache {
public:
  PipelineCache(VulkanContext &context, uint64_t codeHash);
  ~PipelineCache();
  PipelineCache(const PipelineCache &) = delete;

  /// Writes what is new since it was read.
  void save();

  VkPipelineCache cache = VK_NULL_HANDLE;

private:
  VulkanContext &context;
  std::string path; // "": no place for it
  size_t savedBytes = 0;
};

/// How the streams of a kernel are bound.
struct Streams {
  uint32_t count = 0;
  VkDescriptorType type = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  auto operator<=>(const Streams &) const = default;
};

/// A layout of bindings: addresses, sizes, and some streams.
struct BindingLayout {
  VkDescriptorSetLayout set = VK_NULL_HANDLE;
  VkPipelineLayout pipeline = VK_NULL_HANDLE;
};

class VulkanExecutable final : public Executable {
public:
  /// Errors: the code is no container, a kernel needs features that the device lacks.
  static Result<std::unique_ptr<VulkanExecutable>> load(VulkanContext &context,
                                                        std::span<const std::byte> code,
                                                        std::span<const KernelEntry> kernels);
  ~VulkanExecutable() override;

  struct Kernel {
    std::string name;
    ShaderKernel shader; // its one module is the chosen one
    BindingLayout layout;
    VkPipeline pipeline = VK_NULL_HANDLE; // null until it is needed
    uint32_t workgroup = 0, slices = 1;

    /// Workgroups for so many of the grid's groups.
    uint64_t workgroups(uint64_t groups) const;
    /// Streams that go through texel buffers.
    Streams texelStreams() const;
  };

  /// A kernel with its pipeline. Errors: the driver cannot compile it.
  Result<const Kernel *> ready(uint32_t number);
  const std::vector<Kernel> &kernels() const { return all; }
  /// Keeps on disk what was compiled.
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
