// Architecture and instruction-set extensions of the processor, by LLVM's names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Returns "x86_64" or "aarch64".
std::string_view cpuArchitecture();

/// Returns the features that both the processor and the operating system support, sorted. Computed
/// once; thread-safe. AMX is left out, as the system grants it only to threads that ask for it.
const std::vector<std::string_view> &cpuFeatures();

/// Says whether cpuFeatures() contains `name`.
bool hasCpuFeature(std::string_view name);

/// Returns the processor's maker, family, model and stepping, and a hash of cpuFeatures():
/// "GenuineIntel 6-143-8 9c01f2aa". On AArch64 the main ID register replaces maker and model:
/// "0x413fd0c1 77a0e3b2".
std::string cpuIdentity();

} // namespace weft
