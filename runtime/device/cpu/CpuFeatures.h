// Instruction-set extensions of the machine, under the names that LLVM gives them.
#pragma once

#include <string_view>
#include <vector>

namespace weft {

/// "x86_64" or "aarch64".
std::string_view cpuArchitecture();

/// What processor and operating system both support, sorted. Computed once; thread-safe.
/// AMX is left out: the system grants it only to threads that ask.
const std::vector<std::string_view> &cpuFeatures();

bool hasCpuFeature(std::string_view name);

/// Whether Intel made the processor.
bool isIntelCpu();

} // namespace weft
