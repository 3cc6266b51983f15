// Instruction-set extensions of the machine, under the names that LLVM gives them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// "x86_64" or "aarch64".
std::string_view cpuArchitecture();

/// What processor and operating system both support, sorted. Computed once; thread-safe.
/// AMX is left out: the system grants it only to threads that ask.
const std::vector<std::string_view> &cpuFeatures();

bool hasCpuFeature(std::string_view name);

/// The processor's maker, family, model and stepping, and a number for what cpuFeatures() has:
/// "GenuineIntel 6-143-8 9c01f2aa". On AArch64 the main ID register in place of the first two:
/// "0x413fd0c1 77a0e3b2".
std::string cpuIdentity();

} // namespace weft
