// Memory of the CPU device: buffers and executable code.
#pragma once

#include "runtime/device/Device.h"

#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Allocates a zero-filled buffer, aligned to at least 64 bytes, in huge pages if it has 2 MiB or
/// more. Errors: out of memory.
Result<std::unique_ptr<Buffer>> allocateCpuBuffer(uint64_t bytes);

/// Makes a buffer of `host` without copying. Kernels must not write to it; `host` must outlive it.
std::unique_ptr<Buffer> importCpuBuffer(std::span<const std::byte> host);

/// A copy of a program's code in pages that are executable and not writable.
class CpuExecutable : public Executable {
public:
  /// Copies `code`. Errors: out of memory, an entry outside the code, or a system that forbids
  /// executable memory.
  static Result<std::unique_ptr<CpuExecutable>> load(std::span<const std::byte> code,
                                                     std::span<const KernelEntry> entries);
  ~CpuExecutable() override;

  /// Returns the kernels in the order of `entries`.
  std::span<const WeftKernel> kernels() const { return table; }

private:
  CpuExecutable(void *base, size_t length) : base(base), length(length) {}

  void *base;
  size_t length;
  std::vector<WeftKernel> table;
};

} // namespace weft
