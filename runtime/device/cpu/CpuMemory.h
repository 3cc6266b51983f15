// Memory of the CPU device: buffers and pages of code.
#pragma once

#include "runtime/device/Device.h"

#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Fresh zeros, aligned to 64 bytes at least, in huge pages where it is large.
Result<std::unique_ptr<Buffer>> allocateCpuBuffer(uint64_t bytes);

/// Host memory as it is; kernels must not write to it.
std::unique_ptr<Buffer> importCpuBuffer(std::span<const std::byte> host);

/// A copy of code in pages that can be run and not written. Of kernels that are there twice
/// (AskingAhead.h), the one for this processor.
class CpuExecutable : public Executable {
public:
  static Result<std::unique_ptr<CpuExecutable>> load(std::span<const std::byte> code,
                                                     std::span<const KernelEntry> entries);
  ~CpuExecutable() override;

  std::span<const WeftKernel> kernels() const { return table; }

private:
  CpuExecutable(void *base, size_t length) : base(base), length(length) {}

  void *base;
  size_t length;
  std::vector<WeftKernel> table;
};

} // namespace weft
