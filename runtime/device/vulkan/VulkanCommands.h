// A command list as Vulkan command buffers, one for each choice of kernels, recorded at first use
// and then submitted again.
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
  /// Makes a command list. Errors are those of Device::record().
  static Result<std::unique_ptr<VulkanCommandList>> create(VulkanContext &context,
                                                           VulkanExecutable &executable,
                                                           std::vector<Command> commands,
                                                           std::span<const BufferView> bindings);
  ~VulkanCommandList() override;

  Result<void> run(std::span<const int64_t, WEFT_SIZE_COUNT> sizes);
  /// Errors: those of run(); the queue has no timestamps.
  Result<void> runTimed(std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::vector<CommandSpan> &spans);

private:
  /// The command buffer of one choice of kernels.
  struct Recording {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkDescriptorPool pool = VK_NULL_HANDLE;
  };
  /// A range of a buffer (offset, bytes), the key of its texel buffer view.
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
  /// Writes the sizes of a run where kernels read them.
  Result<void> writeSizes(std::span<const int64_t, WEFT_SIZE_COUNT> sizes);
  Result<void> makeQueries();
  Result<void> readTimes(std::vector<CommandSpan> &spans);

  VulkanContext &context;
  VulkanExecutable &executable;
  std::vector<DeviceRange> ranges; // one for each binding
  /// Memory that the host writes: the sizes of a run, then the number of workgroups of each
  /// command, then the address tables of commands with more bindings than push constants have room
  /// for.
  std::unique_ptr<VulkanPiece> host;
  uint64_t groupsAt = 0;
  std::vector<uint64_t> tableAt; // offset of each command's address table, 0 if it has none
  std::map<RangeKey, VkBufferView> views;
  void drop(Recording &recording);
  /// Recordings by whether they have timestamps and by the kernels chosen. A prompt, its last batch
  /// and single tokens usually are three choices.
  RecentlyUsed<std::pair<bool, std::vector<uint32_t>>, Recording> recordings{16};
  /// Timestamp queries: one before the first command and one after each. Made at first use.
  VkQueryPool queries = VK_NULL_HANDLE;
  /// Whether the current run has timestamps.
  bool timed = false;
};

} // namespace weft::vulkan
