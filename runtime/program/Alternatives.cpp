#include "runtime/program/Alternatives.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace weft {

/// Behind the name of a kernel of format 2: the same kernel with prefetches, which are faster on
/// processors of Intel.
static constexpr std::string_view ahead = ".ahead", intel = "GenuineIntel";

static std::string_view nameOf(const schema::Program &program, uint32_t kernel) {
  return program.kernels()->Get(kernel)->name()->string_view();
}

static bool hasAll(const flatbuffers::String *features, const Device &device) {
  for (std::string_view rest = features ? features->string_view() : ""; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    if (!device.hasFeature(rest.substr(0, comma)))
      return false;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return true;
}

KernelWays::KernelWays(const schema::Program &program, const Device &device)
    : program(program), device(device), identity(device.identity()) {
  for (uint32_t i = 0; i < program.kernels()->size(); ++i)
    if (std::string_view name = nameOf(program, i); name.ends_with(ahead))
      prefetching.try_emplace(
          {name.substr(0, name.size() - ahead.size()), program.kernels()->Get(i)->part()}, i);
}

std::vector<KernelWay> KernelWays::of(const schema::Variant &variant) const {
  std::vector<KernelWay> result{{variant.kernel(), false}};
  bool found = false;
  auto add = [&](uint32_t kernel, bool favored) {
    result.push_back({kernel, favored && !found});
    found |= favored;
  };
  if (variant.alternatives() && variant.alternatives()->size() > 0) {
    for (const schema::Alternative *other : *variant.alternatives())
      if (hasAll(other->features(), device))
        add(other->kernel(),
            other->favoredBy() && identity.starts_with(other->favoredBy()->string_view()));
  } else if (auto other = prefetching.find({nameOf(program, variant.kernel()),
                                            program.kernels()->Get(variant.kernel())->part()});
             other != prefetching.end()) {
    add(other->second, identity.starts_with(intel));
  }
  result.front().favored = !found;
  return result;
}

/// What the name of `other` has beyond that of `kernel`, or all of it.
static std::string beyond(std::string_view kernel, std::string_view other) {
  return std::string(other.starts_with(kernel) ? other.substr(kernel.size()) : other);
}

std::vector<VariantGroup> variantGroups(const schema::Artifact &artifact,
                                        const schema::Program &program, const schema::Entry &entry,
                                        unsigned part, const Device &device) {
  const KernelWays kernelWays(program, device);
  std::vector<VariantGroup> groups;
  std::map<std::string, size_t>
      numbers; // by everything that the variants of a group have in common
  for (uint32_t s = 0; s < entry.steps()->size(); ++s) {
    const schema::Step &step = *entry.steps()->Get(s);
    if (partOf(program, step) != part)
      continue;
    std::string storages;
    uint64_t bytes = 0;
    for (const schema::Binding *binding : *step.bindings())
      if (binding->space() == schema::Space::Parameter) {
        const schema::Parameter &parameter = *artifact.parameters()->Get(binding->index());
        const schema::Storage &storage = *parameter.storage();
        if (parameter.shape()->size() > 1)
          storages = fmt::format("{}-{}-{}-{}-{}-{}-{}", int(storage.scalar()), storage.bits(),
                                 storage.block(), storage.bias(), int(storage.arrangement()),
                                 parameter.super(), parameter.mins());
        bytes += parameter.bytes();
      }
    for (uint32_t v = 0; v < step.variants()->size(); ++v) {
      const schema::Variant &variant = *step.variants()->Get(v);
      const auto ways = kernelWays.of(variant);
      if (ways.size() < 2)
        continue;
      const std::string_view own = nameOf(program, variant.kernel());
      std::vector<std::string> names;
      std::string key = fmt::format("{} {}", variant.most(), storages);
      for (const KernelWay &way : ways) {
        names.push_back(beyond(own, nameOf(program, way.kernel)));
        key += '\n' + names.back();
      }
      const auto [number, isNew] = numbers.try_emplace(key, groups.size());
      if (isNew) {
        std::string name(own);
        // Hostile files may give two kernels one name.
        while (std::ranges::find(groups, name, &VariantGroup::name) != groups.end())
          name += '\'';
        const auto favored = std::ranges::find(ways, true, &KernelWay::favored) - ways.begin();
        groups.push_back({name, names, variant.most(), {}, 0, size_t(favored)});
      }
      VariantGroup &group = groups[number->second];
      group.places.push_back({s, v});
      group.weightBytes += bytes;
    }
  }
  return groups;
}

} // namespace weft
