// Memory that kernels access by address and through texel buffers.
#pragma once

#include "runtime/device/Device.h"
#include "runtime/device/vulkan/VulkanContext.h"

namespace weft::vulkan {

/// A range of a Vulkan buffer.
struct DeviceRange {
  VkBuffer buffer = VK_NULL_HANDLE;
  uint64_t offset = 0;
  uint64_t bytes = 0;
  /// The device address of the first byte.
  uint64_t address = 0;
};

/// A Vulkan buffer with its own memory.
class VulkanPiece {
public:
  VulkanPiece(VulkanContext &context, uint64_t bytes) : bytes(bytes), context(context) {}
  ~VulkanPiece();
  VulkanPiece(const VulkanPiece &) = delete;

  /// Allocates memory that the host can reach (`forHost`), or else memory that is fastest for
  /// kernels. Contents are undefined. Errors: out of memory; the message says how many bytes were
  /// asked for.
  Result<void> allocate(bool forHost);
  /// Imports the host memory at `host` without copying. Errors: the driver refuses it.
  Result<void> import(const std::byte *host);

  VkBuffer buffer = VK_NULL_HANDLE;
  uint64_t bytes;
  uint64_t address = 0;
  /// The host's address, null if the host cannot reach the memory. Coherent.
  std::byte *mapped = nullptr;

private:
  Result<void> createBuffer(const void *next);
  Result<void> bind(uint32_t type, const void *next, uint64_t size);

  VulkanContext &context;
  VkDeviceMemory memory = VK_NULL_HANDLE;
};

/// A buffer of the device: one piece, or several if it is larger than one allocation may be.
class VulkanBuffer final : public Buffer {
public:
  static Result<std::unique_ptr<VulkanBuffer>> allocate(VulkanContext &context, uint64_t bytes,
                                                        bool forHost);
  /// Makes a buffer of `host`. It is not copied if kernels run in the host's memory and the driver
  /// can import it.
  static Result<std::unique_ptr<VulkanBuffer>> import(VulkanContext &context,
                                                      std::span<const std::byte> host);

  uint64_t bytes() const override { return size; }
  std::byte *host() override { return pieces.front()->mapped; }
  /// Returns the Vulkan range of a view inside this buffer. Errors: the range is longer than one
  /// piece.
  Result<DeviceRange> range(uint64_t offset, uint64_t bytes) const;

private:
  Result<void> importPieces(VulkanContext &context, std::span<const std::byte> host);
  Result<void> upload(VulkanContext &context, std::span<const std::byte> host);

  uint64_t size = 0;
  /// Piece i begins at byte i * step. Pieces overlap, so that any range of up to `step` bytes lies
  /// in one piece.
  std::vector<std::unique_ptr<VulkanPiece>> pieces;
  uint64_t step = 0;
};

} // namespace weft::vulkan
