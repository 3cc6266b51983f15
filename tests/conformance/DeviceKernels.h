// Kernels for any device, from its own backend.
#pragma once

#include "backends/Backend.h"

#include <map>

namespace weft::test {

/// Kernels of [tokens, 16] f32 as a device loads them: 0 is the sum of two inputs, 1 their product.
/// Bindings are two inputs and the result.
struct DeviceKernels {
  static constexpr uint32_t sum = 0, product = 1;
  static constexpr int64_t columns = 16;

  CompiledProgram program;
  /// The numbers of the two in the program.
  uint32_t numbers[2];
  /// What the program's list of kernels says, for Device::load().
  std::vector<std::pair<std::string, uint64_t>> entries;

  /// Workgroups of a kernel for `tokens` rows.
  int64_t groups(uint32_t kernel, int64_t tokens) const;

private:
  friend Result<DeviceKernels> compileKernels(const std::string &target);
  schema::Grid grids[2];
};

/// Has the backend `target` compile them for this machine. Errors: those of the backend.
Result<DeviceKernels> compileKernels(const std::string &target);

} // namespace weft::test
