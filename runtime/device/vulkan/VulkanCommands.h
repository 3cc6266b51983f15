// A command list as command buffers: one for each choice of kernels, recorded when it is first
// made and submitted again and again.
#pragma once

#include "runtime/device/vulkan/RecentlyUsed.h"
#include "runtime/device/vulkan/VulkanMemory.h"
#include "runtime/device/vulkan/VulkanPipelines.h"

#include <map>
#include <utility>
#include <vector>

namespace weft::vulkan {

class VulkanCommandList final : public CommandList {
public:
  /// Errors: what Device::record() says.
  static Result<std::unique_ptr<VulkanCommandList>> create(VulkanContext &context,
                                                           VulkanExecutable &executable,
                                                           std::vector<Command> commands,
                                                           std::span<const BufferView> bindings);
  ~VulkanCommandList() override;

  Result<void> run(std::span<const int64_t, WEFT_SIZE_COUNT> sizes);
  /// Errors: also a queue without timestamps.
  Result<void> runTimed(std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::vector<CommandSpan> &spans);

private:
  /// What is recorded for one choice of kernels.
  struct Recording {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkDescriptorPool pool = VK_NULL_HANDLE;
  };
  /// The views of a range as texels: one, but several where it is longer than one may be.
  using RangeKey = std::pair<VkBuffer, std::pair<uint64_t, uint64_t>>;

  VulkanCommandList(VulkanContext &context, VulkanExecutable &executable)
      : context(context), executable(executable) {}
  Result<void> resolve(std::span<const BufferView> bindings);
  Result<void> allocateSizes();
  Result<void> prepare(const std::vector<uint32_t> &kernels, Recording &recording);
  Result<void> createPool(const std::vector<uint32_t> &kernels, Recording &recording);
  Result<VkDescriptorSet> describe(const Command &command, const VulkanExecutable::Kernel &kernel,
                                   VkDescriptorPool pool);
  Result<VkBufferView> texelView(const DeviceRange &range);
  Result<void> recordCommand(VkCommandBuffer to, size_t number,
                             const VulkanExecutable::Kernel &kernel, VkDescriptorPool pool);
  Result<Recording *> recordingOf();
  /// Writes what kernels read of the sizes.
  Result<void> writeSizes(std::span<const int64_t, WEFT_SIZE_COUNT> sizes);
  Result<void> makeQueries();
  Result<void> readTimes(std::vector<CommandSpan> &spans);

  VulkanContext &context;
  VulkanExecutable &executable;
  std::vector<DeviceRange> ranges; // of the bindings
  /// The sizes of a run, then for every command how many workgroups, then where a command has
  /// more bindings than push constants hold, their addresses.
  std::unique_ptr<VulkanPiece> host;
  uint64_t groupsAt = 0;
  std::vector<uint64_t> tableAt; // of a command, 0 where it needs none
  std::map<RangeKey, VkBufferView> views;
  void drop(Recording &recording);
  /// By whether they have timestamps, and by the kernels. A prompt, its last piece and single
  /// tokens are three choices of them.
  RecentlyUsed<std::pair<bool, std::vector<uint32_t>>, Recording> recordings{16};
  /// Timestamps: before the first command and after each. Made when they are first asked for.
  VkQueryPool queries = VK_NULL_HANDLE;
  /// Whether what is recorded and run now has timestamps.
  bool timed = false;
};

} // namespace weft::vulkan
