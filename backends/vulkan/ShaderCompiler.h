// GLSL to SPIR-V, in this process.
#pragma once

#include "backends/Backend.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft::vulkan {

/// The SPIR-V of a compute shader for Vulkan 1.2, optimized and valid. The same text gives the
/// same words. Errors: what the compiler, the optimizer or the validator complains about, which
/// is a fault of the generator. Any threads, also at the same time.
Result<std::vector<uint32_t>> compileShader(const std::string &glsl);

/// SPIR-V as text.
std::string disassemble(const std::vector<uint32_t> &spirv);

} // namespace weft::vulkan
