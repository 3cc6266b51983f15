// Memory that kernels reach by address and through texel buffers.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/vulkan/VulkanContext.h"

namespace weft::vulkan {

/// A range of a buffer of Vulkan's.
struct DeviceRange {
  VkBuffer buffer = VK_NULL_HANDLE;
  uint64_t offset = 0;
  uint64_t bytes = 0;
  /// Of the first byte.
  uint64_t address = 0;
};

/// A buffer of Vulkan's with memory of its own.
class VulkanPiece {
public:
  VulkanPiece(VulkanContext &context, uint64_t bytes) : bytes(bytes), context(context) {}
  ~VulkanPiece();
  VulkanPiece(const VulkanPiece &) = delete;

  /// Memory that the host reaches where `forHost`, else where kernels reach it best. Contents
  /// are undefined. Errors: out of memory, naming the bytes.
  Result<void> allocate(bool forHost);
  /// The host's memory at `host`. Errors: the driver does not take it.
  Result<void> import(const std::byte *host);

  VkBuffer buffer = VK_NULL_HANDLE;
  uint64_t bytes;
  uint64_t address = 0;
  /// Null where the host cannot reach it. Coherent.
  std::byte *mapped = nullptr;

private:
  Result<void> createBuffer(const void *next);
  Result<void> bind(uint32_t type, const void *next, uint64_t size);

  VulkanContext &context;
  VkDeviceMemory memory = VK_NULL_HANDLE;
};

class VulkanBuffer final : public Buffer {
public:
  static Result<std::unique_ptr<VulkanBuffer>> allocate(VulkanContext &context, uint64_t bytes,
                                                        bool forHost);
  /// Without a copy where kernels run in the host's memory and the driver takes it.
  static Result<std::unique_ptr<VulkanBuffer>> import(VulkanContext &context,
                                                      std::span<const std::byte> host);

  uint64_t bytes() const override { return size; }
  std::byte *host() override { return pieces.front()->mapped; }
  /// The range of a view that is inside this buffer. Errors: it is longer than the device
  /// takes in one piece.
  Result<DeviceRange> range(uint64_t offset, uint64_t bytes) const;

private:
  Result<void> importPieces(VulkanContext &context, std::span<const std::byte> host);
  Result<void> upload(VulkanContext &context, std::span<const std::byte> host);

  uint64_t size = 0;
  /// Piece i begins at byte i * step; they overlap, so that any range of up to `step` bytes
  /// lies in one.
  std::vector<std::unique_ptr<VulkanPiece>> pieces;
  uint64_t step = 0;
};

} // namespace weft::vulkan
