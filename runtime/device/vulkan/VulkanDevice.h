// A device driven through Vulkan: a GPU, or a software implementation such as lavapipe.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/vulkan/VulkanContext.h"

namespace weft::vulkan {

/// Memory, kernels and command lists of one Vulkan device.
class VulkanDevice final : public Device {
public:
  /// Opens a device. Errors are those of VulkanContext::create().
  static Result<std::unique_ptr<VulkanDevice>> create(const VulkanOptions &options);

  std::string_view name() const override { return "vulkan"; }
  std::string_view architecture() const override { return "spirv"; }
  bool hasFeature(std::string_view feature) const override { return false; }
  Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach reach) override;
  Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) override;
  Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                           std::span<const KernelEntry> kernels) override;
  Result<std::unique_ptr<CommandList>> record(Executable &executable, std::vector<Command> commands,
                                              std::span<const BufferView> bindings) override;
  Result<void> copy(std::span<const BufferCopy> copies) override;
  Result<void> run(const CommandList &list,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) override;
  /// Measures by timestamps. Commands run strictly one after the other, even if they could overlap.
  Result<void> runTimed(const CommandList &list, std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::vector<CommandSpan> &spans) override;

private:
  explicit VulkanDevice(std::unique_ptr<VulkanContext> context) : context(std::move(context)) {}

  std::unique_ptr<VulkanContext> context;
};

/// The kind of device "vulkan". DeviceOptions::threads is ignored, as kernels run on the device's
/// own processors.
extern const DevicePlugin vulkanDevicePlugin;

} // namespace weft::vulkan
