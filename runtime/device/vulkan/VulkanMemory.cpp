#include "runtime/device/vulkan/VulkanMemory.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace weft::vulkan {

constexpr VkBufferUsageFlags bufferUsage =
    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
    VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
    VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT |
    VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
constexpr VkMemoryPropertyFlags hostProperties =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

VulkanPiece::~VulkanPiece() {
  // Memory that is freed is unmapped by that.
  context.vk.DestroyBuffer(context.device, buffer, nullptr);
  context.vk.FreeMemory(context.device, memory, nullptr);
}

Result<void> VulkanPiece::createBuffer(const void *next) {
  VkBufferCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .pNext = next};
  info.size = bytes;
  info.usage = bufferUsage;
  if (VkResult made = context.vk.CreateBuffer(context.device, &info, nullptr, &buffer))
    return failWith(fmt::format("a buffer of {} bytes", bytes), made);
  return {};
}

Result<void> VulkanPiece::bind(uint32_t type, const void *next, uint64_t size) {
  VkMemoryAllocateFlagsInfo flags{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                  .pNext = next};
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  VkMemoryAllocateInfo info{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .pNext = &flags};
  info.allocationSize = size;
  info.memoryTypeIndex = type;
  std::string what = fmt::format("a buffer of {} bytes", bytes);
  if (VkResult made = context.vk.AllocateMemory(context.device, &info, nullptr, &memory))
    return failWith(what, made);
  if (VkResult bound = context.vk.BindBufferMemory(context.device, buffer, memory, 0))
    return failWith(what, bound);
  VkBufferDeviceAddressInfo addressInfo{.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO};
  addressInfo.buffer = buffer;
  address = context.vk.GetBufferDeviceAddress(context.device, &addressInfo);
  return {};
}

static std::string tooLarge(const VulkanContext &context, uint64_t bytes) {
  return fmt::format("a buffer of {} bytes: {} takes at most {}; choose a smaller --context or "
                     "--batch",
                     bytes, context.properties.deviceName, context.mostAllocation);
}

Result<void> VulkanPiece::allocate(bool forHost) {
  if (bytes > context.mostAllocation)
    return fail(tooLarge(context, bytes));
  if (auto made = createBuffer(nullptr); !made)
    return made;
  VkMemoryRequirements needs;
  context.vk.GetBufferMemoryRequirements(context.device, buffer, &needs);
  // Kernels read what the host writes rarely and the other way round; what the host reads
  // should be cached.
  int type = forHost ? context.memoryType(needs.memoryTypeBits, hostProperties,
                                          VK_MEMORY_PROPERTY_HOST_CACHED_BIT)
                     : context.memoryType(needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
                                          hostProperties);
  if (type < 0)
    type = context.memoryType(needs.memoryTypeBits, 0, 0);
  if (auto bound = bind(uint32_t(type), nullptr, needs.size); !bound)
    return bound;
  VkMemoryPropertyFlags found = context.memory.memoryTypes[type].propertyFlags;
  if ((found & hostProperties) != hostProperties)
    return {};
  void *pointer = nullptr;
  if (VkResult made = context.vk.MapMemory(context.device, memory, 0, VK_WHOLE_SIZE, 0, &pointer))
    return failWith(fmt::format("a buffer of {} bytes", bytes), made);
  mapped = static_cast<std::byte *>(pointer);
  return {};
}

Result<void> VulkanPiece::import(const std::byte *host) {
  constexpr auto kind = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
  VkMemoryHostPointerPropertiesEXT taken{.sType =
                                             VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT};
  // Kernels only read it.
  auto *pointer = const_cast<std::byte *>(host);
  if (VkResult result =
          context.vk.GetMemoryHostPointerPropertiesEXT(context.device, kind, pointer, &taken))
    return failWith("memory of the host", result);
  VkExternalMemoryBufferCreateInfo external{
      .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO};
  external.handleTypes = kind;
  if (auto made = createBuffer(&external); !made)
    return made;
  VkMemoryRequirements needs;
  context.vk.GetBufferMemoryRequirements(context.device, buffer, &needs);
  int type = context.memoryType(needs.memoryTypeBits & taken.memoryTypeBits, 0, 0);
  uint64_t aligned =
      (bytes + context.importAlignment - 1) / context.importAlignment * context.importAlignment;
  if (type < 0 || needs.size > aligned)
    return fail("memory of the host: the driver takes none for buffers");
  VkImportMemoryHostPointerInfoEXT info{.sType =
                                            VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT};
  info.handleType = kind;
  info.pHostPointer = pointer;
  return bind(uint32_t(type), &info, aligned);
}

Result<std::unique_ptr<VulkanBuffer>> VulkanBuffer::allocate(VulkanContext &context, uint64_t bytes,
                                                             bool forHost) {
  if (bytes > context.mostAllocation)
    return fail(tooLarge(context, bytes));
  auto result = std::make_unique<VulkanBuffer>();
  result->size = bytes;
  uint64_t filled = std::max<uint64_t>((bytes + 3) / 4 * 4, 64);
  result->pieces.push_back(std::make_unique<VulkanPiece>(context, filled));
  VulkanPiece &piece = *result->pieces.back();
  if (auto made = piece.allocate(forHost); !made)
    return failFrom(made);
  result->step = filled;
  auto cleared = context.runOnce([&](VkCommandBuffer commands) {
    context.vk.CmdFillBuffer(commands, piece.buffer, 0, filled, 0);
  });
  if (!cleared)
    return failFrom(cleared);
  return result;
}

Result<std::unique_ptr<VulkanBuffer>> VulkanBuffer::import(VulkanContext &context,
                                                           std::span<const std::byte> host) {
  if (reinterpret_cast<uintptr_t>(host.data()) % bindingAlign != 0)
    return fail(fmt::format("expected host memory at a multiple of {} bytes, found it at {}",
                            bindingAlign, static_cast<const void *>(host.data())));
  auto result = std::make_unique<VulkanBuffer>();
  result->size = host.size();
  bool shares = context.sharesHostMemory() && context.importAlignment != 0 && !host.empty() &&
                reinterpret_cast<uintptr_t>(host.data()) % context.importAlignment == 0 &&
                !context.options.copyWeights;
  if (shares && result->importPieces(context, host))
    return result;
  if (auto uploaded = result->upload(context, host); !uploaded)
    return failFrom(uploaded);
  return result;
}

Result<void> VulkanBuffer::importPieces(VulkanContext &context, std::span<const std::byte> host) {
  pieces.clear();
  uint64_t most = context.mostAllocation / context.importAlignment * context.importAlignment;
  step = host.size() <= most ? host.size()
                             : most / 2 / context.importAlignment * context.importAlignment;
  for (uint64_t begin = 0; begin < host.size(); begin += step) {
    uint64_t bytes = std::min<uint64_t>(host.size() - begin, step == host.size() ? step : 2 * step);
    pieces.push_back(std::make_unique<VulkanPiece>(context, bytes));
    if (auto made = pieces.back()->import(host.data() + begin); !made)
      return made;
  }
  return {};
}

/// Bytes that go to the device at once.
constexpr uint64_t stagingBytes = 64 << 20;

Result<void> VulkanBuffer::upload(VulkanContext &context, std::span<const std::byte> host) {
  pieces.clear();
  step = std::max<uint64_t>((host.size() + 3) / 4 * 4, 64);
  pieces.push_back(std::make_unique<VulkanPiece>(context, step));
  VulkanPiece &piece = *pieces.back();
  if (auto made = piece.allocate(false); !made)
    return made;
  if (piece.mapped) {
    std::memcpy(piece.mapped, host.data(), host.size());
    return {};
  }
  VulkanPiece staging(context, std::min(stagingBytes, step));
  if (auto made = staging.allocate(true); !made)
    return made;
  for (uint64_t begin = 0; begin < host.size(); begin += staging.bytes) {
    uint64_t bytes = std::min<uint64_t>(staging.bytes, host.size() - begin);
    std::memcpy(staging.mapped, host.data() + begin, bytes);
    auto copied = context.runOnce([&](VkCommandBuffer commands) {
      VkBufferCopy region{0, begin, bytes};
      context.vk.CmdCopyBuffer(commands, staging.buffer, piece.buffer, 1, &region);
    });
    if (!copied)
      return copied;
  }
  return {};
}

Result<DeviceRange> VulkanBuffer::range(uint64_t offset, uint64_t bytes) const {
  size_t number = std::min<size_t>(offset / step, pieces.size() - 1);
  const VulkanPiece &piece = *pieces[number];
  uint64_t inPiece = offset - number * step;
  if (inPiece + bytes > piece.bytes)
    return fail(fmt::format("expected a view of at most {} bytes, which the device takes in one "
                            "piece, found {}",
                            step, bytes));
  return DeviceRange{piece.buffer, inPiece, bytes, piece.address + inPiece};
}

} // namespace weft::vulkan
