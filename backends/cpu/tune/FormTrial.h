// Runs one kernel outside a model, on memory of the size that a model gives it.
#pragma once

#include "backends/cpu/CpuBackend.h"
#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"
#include "runtime/device/Device.h"

#include <memory>

namespace weft::cpu {

struct TrialSizes {
  int64_t tokens = 1; // and rows
  /// Bytes of other weights that are read between two runs of one kernel on the same weights.
  uint64_t weightBytes = 0;
  /// Most multiplications of one run; a larger product runs on some of its columns only. 0: no
  /// limit.
  uint64_t operations = 0;
};

/// One variant of a kernel with several candidate schedules, and its own memory: weights, inputs
/// and KV cache of pseudo-random bytes that are small positive numbers in any format. A run is a
/// list of dispatches, each with other weights, so that weights are read from the same level of
/// memory as in a model. Not thread-safe; the device must outlive it.
class FormTrial {
public:
  /// Allocates the memory of a trial. The functions of `image` were compiled from `form` by
  /// `backend`. Errors: those of the device.
  static Result<FormTrial> make(Device &device, const CpuBackend &backend, const CompiledForm &form,
                                const CodeImage &image, const TrialSizes &sizes);
  ~FormTrial();
  FormTrial(FormTrial &&) noexcept;

  /// Runs function `number` of the image with the grid and `shared` of `schedule`, `repeats` times.
  /// Returns the seconds that took. Errors: those of the device.
  Result<double> run(uint32_t number, const Schedule &schedule, int repeats);
  /// The number of dispatches of one repeat, and the number of workgroups of each.
  size_t dispatches() const;
  int64_t groups(const Schedule &schedule) const;
  /// Returns a hash of what one run computes when its result begins as zeros. Errors: those of the
  /// device.
  Result<uint64_t> resultHash(uint32_t number, const Schedule &schedule);

private:
  struct Impl;
  explicit FormTrial(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft::cpu
