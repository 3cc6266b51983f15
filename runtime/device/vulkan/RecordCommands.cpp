// What a command list records for one choice of kernels.

#include "runtime/device/vulkan/VulkanCommands.h"

#include <fmt/format.h>

namespace weft::vulkan {

Result<VulkanCommandList::Recording *> VulkanCommandList::recordingOf() {
  std::pair<bool, std::vector<uint32_t>> key{timed, {}};
  std::vector<uint32_t> &kernels = key.second;
  for (const Command &command : commands)
    kernels.push_back(command.kernel);
  if (Recording *found = recordings.find(key))
    return found;
  Recording &recording = recordings.add(key, [&](Recording &unused) { drop(unused); });
  if (auto prepared = prepare(kernels, recording); !prepared) {
    drop(recording);
    recordings.erase(key);
    return failFrom(prepared);
  }
  executable.save();
  return &recording;
}

void VulkanCommandList::drop(Recording &recording) {
  if (recording.commands != VK_NULL_HANDLE)
    context.vk.FreeCommandBuffers(context.device, context.pool, 1, &recording.commands);
  context.vk.DestroyDescriptorPool(context.device, recording.pool, nullptr);
}

Result<void> VulkanCommandList::createPool(const std::vector<uint32_t> &kernels,
                                           Recording &recording) {
  std::map<VkDescriptorType, uint32_t> streams;
  for (uint32_t kernel : kernels) {
    Streams own = executable.kernels()[kernel].texelStreams();
    if (own.count > 0)
      streams[own.type] += own.count;
  }
  uint32_t sets = std::max(uint32_t(kernels.size()), 1u);
  std::vector<VkDescriptorPoolSize> sizes = {{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, sets}};
  for (auto [type, count] : streams)
    sizes.push_back({type, count});
  VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  info.maxSets = sets;
  info.poolSizeCount = uint32_t(sizes.size());
  info.pPoolSizes = sizes.data();
  if (VkResult made =
          context.vk.CreateDescriptorPool(context.device, &info, nullptr, &recording.pool))
    return failWith("descriptors of kernels", made);
  return {};
}

/// Everything before is done and seen.
static void barrier(const DeviceFunctions &vk, VkCommandBuffer commands, VkPipelineStageFlags to,
                    VkAccessFlags access) {
  VkMemoryBarrier info{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER};
  info.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
  info.dstAccessMask = access;
  vk.CmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, to, 0, 1, &info, 0, nullptr,
                        0, nullptr);
}

Result<void> VulkanCommandList::prepare(const std::vector<uint32_t> &kernels,
                                        Recording &recording) {
  const DeviceFunctions &vk = context.vk;
  if (auto made = createPool(kernels, recording); !made)
    return made;
  VkCommandBufferAllocateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  info.commandPool = context.pool;
  info.commandBufferCount = 1;
  if (VkResult made = vk.AllocateCommandBuffers(context.device, &info, &recording.commands))
    return failWith("recording kernels", made);
  VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  if (VkResult made = vk.BeginCommandBuffer(recording.commands, &begin))
    return failWith("recording kernels", made);
  if (timed) {
    vk.CmdResetQueryPool(recording.commands, queries, 0, uint32_t(kernels.size()) + 1);
    vk.CmdWriteTimestamp(recording.commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries, 0);
  }
  for (size_t i = 0; i < kernels.size(); ++i) {
    auto kernel = executable.ready(kernels[i]);
    if (!kernel)
      return failFrom(kernel);
    // Kernels that are timed run one by one.
    if (i > 0 && (commands[i].barrier || timed))
      barrier(vk, recording.commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
              VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
    if (auto recorded = recordCommand(recording.commands, i, **kernel, recording.pool); !recorded)
      return recorded;
    if (timed)
      vk.CmdWriteTimestamp(recording.commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries,
                           uint32_t(i) + 1);
  }
  barrier(vk, recording.commands, VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
          VK_ACCESS_HOST_READ_BIT | VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
  if (VkResult made = vk.EndCommandBuffer(recording.commands))
    return failWith("recording kernels", made);
  return {};
}

Result<void> VulkanCommandList::recordCommand(VkCommandBuffer to, size_t number,
                                              const VulkanExecutable::Kernel &kernel,
                                              VkDescriptorPool pool) {
  const DeviceFunctions &vk = context.vk;
  const Command &command = commands[number];
  if (kernel.shader.bindings != command.bindingCount)
    return fail(fmt::format("kernel '{}': expected {} bindings, found {}", kernel.name,
                            kernel.shader.bindings, command.bindingCount));
  auto set = describe(command, kernel, pool);
  if (!set)
    return failFrom(set);
  vk.CmdBindPipeline(to, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.pipeline);
  vk.CmdBindDescriptorSets(to, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.layout.pipeline, 0, 1, &*set,
                           0, nullptr);
  uint64_t addresses[ShaderKernel::pushedBindings] = {};
  if (tableAt[number] != 0)
    addresses[0] = host->address + tableAt[number];
  else
    for (uint32_t i = 0; i < command.bindingCount; ++i)
      addresses[i] = ranges[command.firstBinding + i].address;
  vk.CmdPushConstants(to, kernel.layout.pipeline, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof addresses,
                      addresses);
  vk.CmdDispatchIndirect(to, host->buffer, groupsAt + number * sizeof(VkDispatchIndirectCommand));
  return {};
}

Result<VkDescriptorSet> VulkanCommandList::describe(const Command &command,
                                                    const VulkanExecutable::Kernel &kernel,
                                                    VkDescriptorPool pool) {
  VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  info.descriptorPool = pool;
  info.descriptorSetCount = 1;
  info.pSetLayouts = &kernel.layout.set;
  VkDescriptorSet set;
  if (VkResult made = context.vk.AllocateDescriptorSets(context.device, &info, &set))
    return failWith("descriptors of kernels", made);
  VkDescriptorBufferInfo sizes{host->buffer, 0, WEFT_SIZE_COUNT * 4};
  Streams own = kernel.texelStreams();
  std::vector<VkWriteDescriptorSet> writes(1 + own.count);
  std::vector<VkBufferView> streams(own.count);
  for (uint32_t i = 0; i < writes.size(); ++i) {
    writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    writes[i].dstSet = set;
    writes[i].dstBinding = i;
    writes[i].descriptorCount = 1;
    if (i == 0) {
      writes[i].descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
      writes[i].pBufferInfo = &sizes;
      continue;
    }
    auto view = texelView(ranges[command.firstBinding + kernel.shader.streams[i - 1]]);
    if (!view)
      return fail(fmt::format("kernel '{}': {}", kernel.name, view.error().message));
    streams[i - 1] = *view;
    writes[i].descriptorType = own.type;
    writes[i].pTexelBufferView = &streams[i - 1];
  }
  context.vk.UpdateDescriptorSets(context.device, uint32_t(writes.size()), writes.data(), 0,
                                  nullptr);
  return set;
}

Result<VkBufferView> VulkanCommandList::texelView(const DeviceRange &range) {
  auto [place, isNew] = views.try_emplace({range.buffer, {range.offset, range.bytes}});
  if (!isNew)
    return place->second;
  constexpr uint64_t texelBytes = 16;
  uint64_t texels = range.bytes / texelBytes,
           most = context.properties.limits.maxTexelBufferElements;
  VkBufferViewCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO};
  info.buffer = range.buffer;
  info.format = VK_FORMAT_R32G32B32A32_UINT;
  info.offset = range.offset;
  info.range = std::max<uint64_t>(texels, 1) * texelBytes;
  VkResult made = VK_SUCCESS;
  if (texels <= most)
    made = context.vk.CreateBufferView(context.device, &info, nullptr, &place->second);
  if (texels <= most && made == VK_SUCCESS)
    return place->second;
  views.erase(place);
  if (made != VK_SUCCESS)
    return failWith("a view of texels", made);
  return fail(fmt::format("expected a binding of at most {} texels of 16 bytes, found {}; "
                          "WEFT_VULKAN_WITHOUT=texel-streams reads by address",
                          most, texels));
}

} // namespace weft::vulkan
