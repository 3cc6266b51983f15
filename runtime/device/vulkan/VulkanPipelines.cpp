#include "runtime/device/vulkan/VulkanPipelines.h"

#include <algorithm>
#include <fmt/format.h>

namespace weft::vulkan {

uint64_t VulkanExecutable::Kernel::workgroups(uint64_t groups) const {
  if (shader.lanes == 0)
    return groups;
  uint64_t together = workgroup / (shader.lanes * slices);
  return (groups + together - 1) / together;
}

Streams VulkanExecutable::Kernel::texelStreams() const {
  uint32_t features = shader.modules.front().features, count = uint32_t(shader.streams.size());
  if (features & FeatureTexelImages)
    return {count, VK_DESCRIPTOR_TYPE_STORAGE_TEXEL_BUFFER};
  return {features & FeatureTexelStreams ? count : 0, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER};
}

/// FNV-1a: it tells artifacts apart, no more.
static uint64_t hashOf(std::span<const std::byte> bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (std::byte byte : bytes)
    hash = (hash ^ uint64_t(byte)) * 0x100000001b3;
  return hash;
}

Result<std::unique_ptr<VulkanExecutable>>
VulkanExecutable::load(VulkanContext &context, std::span<const std::byte> code,
                       std::span<const KernelEntry> kernels) {
  std::unique_ptr<VulkanExecutable> result(new VulkanExecutable(context, hashOf(code)));
  if (auto checked = checkShaders(code); !checked && !kernels.empty())
    return failFrom(checked);
  for (const KernelEntry &entry : kernels) {
    auto shader = unpackShader(code, entry.offset);
    if (!shader)
      return fail(fmt::format("kernel '{}': {}", entry.name, shader.error().message));
    auto fits = [&](const ShaderModule &module) { return !(module.features & ~context.features); };
    auto module = std::ranges::find_if(shader->modules, fits);
    if (module == shader->modules.end())
      return fail(fmt::format("kernel '{}' needs {}, {} has {}", entry.name,
                              namesOf(shader->modules.back().features),
                              context.properties.deviceName, namesOf(context.features)));
    ShaderModule chosen = std::move(*module);
    shader->modules.clear();
    shader->modules.push_back(std::move(chosen));
    Kernel kernel{std::string(entry.name), std::move(*shader), {}};
    kernel.workgroup = context.workgroupSize();
    if (kernel.shader.lanes != 0 && kernel.workgroup % kernel.shader.lanes != 0)
      return fail(fmt::format("kernel '{}': expected lanes that divide workgroups of {}, found {}",
                              entry.name, kernel.workgroup, kernel.shader.lanes));
    kernel.slices = context.slices(kernel.shader.lanes);
    auto layout = result->layoutFor(kernel.texelStreams());
    if (!layout)
      return failFrom(layout);
    kernel.layout = *layout;
    result->all.push_back(std::move(kernel));
  }
  return result;
}

VulkanExecutable::~VulkanExecutable() {
  for (const Kernel &kernel : all)
    context.vk.DestroyPipeline(context.device, kernel.pipeline, nullptr);
  for (const auto &[streams, layout] : layouts) {
    context.vk.DestroyPipelineLayout(context.device, layout.pipeline, nullptr);
    context.vk.DestroyDescriptorSetLayout(context.device, layout.set, nullptr);
  }
}

Result<BindingLayout> VulkanExecutable::layoutFor(const Streams &streams) {
  auto [place, isNew] = layouts.try_emplace(streams);
  BindingLayout &layout = place->second;
  if (!isNew)
    return layout;
  std::vector<VkDescriptorSetLayoutBinding> bindings;
  for (uint32_t i = 0; i <= streams.count; ++i)
    bindings.push_back({i, i == 0 ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER : streams.type, 1,
                        VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
  VkDescriptorSetLayoutCreateInfo setInfo{.sType =
                                              VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  setInfo.bindingCount = uint32_t(bindings.size());
  setInfo.pBindings = bindings.data();
  const DeviceFunctions &vk = context.vk;
  if (VkResult made = vk.CreateDescriptorSetLayout(context.device, &setInfo, nullptr, &layout.set))
    return failWith("a layout of bindings", made);
  VkPushConstantRange addresses{VK_SHADER_STAGE_COMPUTE_BIT, 0, 8 * ShaderKernel::pushedBindings};
  VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  info.setLayoutCount = 1;
  info.pSetLayouts = &layout.set;
  info.pushConstantRangeCount = 1;
  info.pPushConstantRanges = &addresses;
  if (VkResult made = vk.CreatePipelineLayout(context.device, &info, nullptr, &layout.pipeline))
    return failWith("a layout of bindings", made);
  return layout;
}

Result<const VulkanExecutable::Kernel *> VulkanExecutable::ready(uint32_t number) {
  Kernel &kernel = all[number];
  if (kernel.pipeline != VK_NULL_HANDLE)
    return &kernel;
  ShaderModule &module = kernel.shader.modules.front();
  std::string what = fmt::format("kernel '{}'", kernel.name);
  VkShaderModuleCreateInfo moduleInfo{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  moduleInfo.codeSize = module.spirv.size() * 4;
  moduleInfo.pCode = module.spirv.data();
  VkShaderModule shader = VK_NULL_HANDLE;
  if (VkResult made = context.vk.CreateShaderModule(context.device, &moduleInfo, nullptr, &shader))
    return failWith(what, made);
  uint32_t constants[] = {kernel.workgroup, kernel.slices};
  VkSpecializationMapEntry entries[] = {{0, 0, 4}, {1, 4, 4}};
  VkSpecializationInfo specialization{2, entries, sizeof constants, constants};
  VkPipelineShaderStageRequiredSubgroupSizeCreateInfo size{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO};
  size.requiredSubgroupSize = context.subgroupSize;
  VkComputePipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  if (module.features & FeatureSubgroups) {
    info.stage.pNext = &size;
    info.stage.flags = VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;
  }
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = shader;
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = &specialization;
  info.layout = kernel.layout.pipeline;
  VkResult made = context.vk.CreateComputePipelines(context.device, cache.cache, 1, &info, nullptr,
                                                    &kernel.pipeline);
  context.vk.DestroyShaderModule(context.device, shader, nullptr);
  if (made != VK_SUCCESS) {
    kernel.pipeline = VK_NULL_HANDLE;
    return failWith(what, made);
  }
  return &kernel;
}

} // namespace weft::vulkan
