#include "runtime/device/vulkan/ShaderContainer.h"

#include "runtime/base/Quotes.h"

#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weft::vulkan {

static_assert(std::endian::native == std::endian::little, "containers are read in place");

constexpr uint32_t magic = 0x43535657, version = 1, spirvMagic = 0x07230203;
constexpr uint32_t newestSpirv = 0x00010500; // of Vulkan 1.2
constexpr size_t headerWords = 4, kernelWords = 4, moduleWords = 3;

constexpr std::pair<Feature, std::string_view> featureNames[] = {
    {FeatureTexelStreams, "texel-streams"},
    {FeatureSubgroups, "subgroups"},
    {FeatureIntegerDot, "integer-dot"},
    {FeatureStorage16, "storage-16"},
    {FeatureTexelImages, "texel-images"}};

std::string namesOf(uint32_t features) {
  std::vector<std::string_view> names;
  for (auto [feature, name] : featureNames)
    if (features & feature)
      names.push_back(name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

Result<uint32_t> featuresOf(std::string_view names) {
  uint32_t result = 0;
  while (!names.empty()) {
    size_t end = std::min(names.find(','), names.size());
    std::string_view name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    while (name.starts_with(' '))
      name.remove_prefix(1);
    uint32_t known = 0;
    for (auto [feature, text] : featureNames)
      known |= text == name ? uint32_t(feature) : 0u;
    if (!known && !name.empty())
      return fail(
          fmt::format("expected features of {}, found {}", namesOf(allFeatures), inQuotes(name)));
    result |= known;
  }
  return result;
}

PackedShaders packShaders(std::span<const ShaderKernel> kernels) {
  PackedShaders packed;
  std::vector<uint32_t> words{magic, version, 0, uint32_t(kernels.size())};
  std::vector<size_t> places; // of the modules' entries
  for (const ShaderKernel &kernel : kernels) {
    packed.entries.push_back(words.size() * 4);
    words.insert(words.end(), {kernel.bindings, kernel.lanes, uint32_t(kernel.streams.size()),
                               uint32_t(kernel.modules.size())});
    words.insert(words.end(), kernel.streams.begin(), kernel.streams.end());
    for (const ShaderModule &module : kernel.modules) {
      places.push_back(words.size() + 1);
      words.insert(words.end(), {module.features, 0, uint32_t(module.spirv.size())});
    }
  }
  auto place = places.begin();
  for (const ShaderKernel &kernel : kernels)
    for (const ShaderModule &module : kernel.modules) {
      words[*place++] = uint32_t(words.size() * 4);
      words.insert(words.end(), module.spirv.begin(), module.spirv.end());
    }
  words[2] = uint32_t(words.size() * 4);
  packed.code.resize(words.size() * 4);
  std::memcpy(packed.code.data(), words.data(), packed.code.size());
  return packed;
}

namespace {

/// Words of bytes that may lie at any address.
class Words {
public:
  explicit Words(std::span<const std::byte> bytes) : bytes(bytes) {}
  uint64_t count() const { return bytes.size() / 4; }
  uint32_t operator[](uint64_t i) const {
    uint32_t word;
    std::memcpy(&word, bytes.data() + i * 4, 4);
    return word;
  }

private:
  std::span<const std::byte> bytes;
};

} // namespace

Result<void> checkShaders(std::span<const std::byte> code) {
  Words words(code);
  if (words.count() < headerWords || words[0] != magic)
    return fail("expected a container of SPIR-V modules as the program's code, found other bytes");
  if (words[1] != version)
    return fail(fmt::format("expected SPIR-V in a container of version {}, found version {}",
                            version, words[1]));
  if (words[2] != code.size())
    return fail(fmt::format("expected a container of {} bytes, found {}", words[2], code.size()));
  return {};
}

static Result<ShaderModule> unpackModule(const Words &words, uint64_t at) {
  ShaderModule module{words[at], {}};
  uint64_t place = words[at + 1], count = words[at + 2];
  if (module.features & ~allFeatures)
    return fail(fmt::format("expected features below {:#x}, found {:#x}", allFeatures + 1,
                            module.features));
  if (place % 4 != 0 || place / 4 > words.count() || count > words.count() - place / 4)
    return fail(fmt::format("expected SPIR-V inside {} bytes, found {} words at {}",
                            words.count() * 4, count, place));
  if (count < 5 || words[place / 4] != spirvMagic || words[place / 4 + 1] > newestSpirv)
    return fail("expected SPIR-V of at most version 1.5, found other bytes");
  module.spirv.resize(count);
  for (uint64_t i = 0; i < count; ++i)
    module.spirv[i] = words[place / 4 + i];
  return module;
}

Result<ShaderKernel> unpackShader(std::span<const std::byte> code, uint64_t entry) {
  Words words(code);
  uint64_t at = entry / 4;
  if (entry % 4 != 0 || at >= words.count() || words.count() - at < kernelWords)
    return fail(fmt::format("expected an entry inside {} bytes, found {}", code.size(), entry));
  ShaderKernel kernel;
  kernel.bindings = words[at];
  kernel.lanes = words[at + 1];
  uint32_t streams = words[at + 2], modules = words[at + 3];
  if (kernel.bindings > ShaderKernel::mostBindings || kernel.lanes > 64 ||
      streams > ShaderKernel::mostStreams || modules == 0 || modules > ShaderKernel::mostModules)
    return fail(fmt::format("expected at most {} bindings, 64 lanes, {} streams and 1 to {} "
                            "modules, found {}, {}, {} and {}",
                            ShaderKernel::mostBindings, ShaderKernel::mostStreams,
                            ShaderKernel::mostModules, kernel.bindings, kernel.lanes, streams,
                            modules));
  at += kernelWords;
  if (words.count() - at < streams + uint64_t(modules) * moduleWords)
    return fail(fmt::format("expected the kernel at {} inside {} bytes", entry, code.size()));
  for (uint32_t i = 0; i < streams; ++i) {
    kernel.streams.push_back(words[at + i]);
    if (kernel.streams.back() >= kernel.bindings)
      return fail(fmt::format("expected a stream below {} bindings, found {}", kernel.bindings,
                              kernel.streams.back()));
  }
  at += streams;
  for (uint32_t i = 0; i < modules; ++i) {
    auto module = unpackModule(words, at + i * moduleWords);
    if (!module)
      return failFrom(module);
    if ((module->features & FeatureTexelImages) && streams > ShaderKernel::mostImages)
      return fail(fmt::format("expected at most {} streams with texel-images, found {}",
                              ShaderKernel::mostImages, streams));
    kernel.modules.push_back(std::move(*module));
  }
  return kernel;
}

} // namespace weft::vulkan
