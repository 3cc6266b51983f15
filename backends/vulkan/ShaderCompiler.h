// Compiles GLSL to SPIR-V in this process.
#pragma once

#include "backends/Backend.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft::vulkan {

/// Returns the optimized and validated SPIR-V of a compute shader for Vulkan 1.2. The same text
/// gives the same words. Errors: messages of the compiler, the optimizer or the validator, which
/// are defects of the generator. Thread-safe.
Result<std::vector<uint32_t>> compileShader(const std::string &glsl);

/// Returns the disassembly of `spirv`.
std::string disassemble(const std::vector<uint32_t> &spirv);

} // namespace weft::vulkan
