// Any bytes as a container of shaders, and as a list of their features: no crash, no read outside
// them, errors of one line. What is accepted keeps the promises of ShaderContainer.h and comes
// back from a container of its own.
#include "Fuzz.h"
#include "runtime/device/vulkan/ShaderContainer.h"

#include <cstring>
#include <vector>

using namespace weft;
using namespace weft::fuzz;
using namespace weft::vulkan;

static void requireKept(const ShaderKernel &kernel) {
  require(kernel.bindings <= ShaderKernel::mostBindings && kernel.lanes <= 64);
  require(kernel.streams.size() <= ShaderKernel::mostStreams);
  for (uint32_t stream : kernel.streams)
    require(stream < kernel.bindings);
  require(!kernel.modules.empty() && kernel.modules.size() <= ShaderKernel::mostModules);
  for (const ShaderModule &module : kernel.modules)
    require((module.features & ~allFeatures) == 0 && module.spirv.size() >= 5);
}

static bool equal(const ShaderKernel &a, const ShaderKernel &b) {
  return a.bindings == b.bindings && a.lanes == b.lanes && a.streams == b.streams &&
         std::equal(a.modules.begin(), a.modules.end(), b.modules.begin(), b.modules.end(),
                    [](const ShaderModule &x, const ShaderModule &y) {
                      return x.features == y.features && x.spirv == y.spirv;
                    });
}

static void unpack(std::span<const std::byte> code) {
  if (auto checked = checkShaders(code); !checked)
    return requireOneLine(checked.error());
  std::vector<ShaderKernel> kernels;
  // Entries stand before all else; a few that are no multiple of 4 and one behind the end too.
  for (uint64_t entry : {16u, 17u, 20u, 32u, 36u, 40u, 44u, 48u, 52u, 56u, 1u << 30}) {
    auto kernel = unpackShader(code, entry);
    if (!kernel) {
      requireOneLine(kernel.error());
      continue;
    }
    requireKept(*kernel);
    kernels.push_back(std::move(*kernel));
  }
  const PackedShaders packed = packShaders(kernels);
  const auto bytes = std::as_bytes(std::span(packed.code));
  require(checkShaders(bytes).has_value());
  for (size_t i = 0; i < kernels.size(); ++i) {
    auto again = unpackShader(bytes, packed.entries[i]);
    require(again && equal(*again, kernels[i]));
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (auto features = featuresOf(textOf(data, size)))
    require(*features == 0 || featuresOf(namesOf(*features)).value_or(0) == *features);
  else
    requireOneLine(features.error());
  std::vector<std::byte> code(size);
  if (size > 0)
    std::memcpy(code.data(), data, size);
  unpack(code);
  // Once more as one whose length is right, which mutations seldom leave so.
  if (size >= 12 && size <= UINT32_MAX) {
    const auto bytes = uint32_t(size);
    std::memcpy(code.data() + 8, &bytes, sizeof bytes);
    unpack(code);
  }
  return 0;
}
