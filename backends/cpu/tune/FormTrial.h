// A kernel run by itself, on memory of the size that a model gives it.
#pragma once

#include "backends/cpu/CpuBackend.h"
#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"
#include "runtime/device/Device.h"

#include <memory>

namespace weft::cpu {

struct TrialSizes {
  int64_t tokens = 1; // and rows
  /// Bytes of weights that pass by between two runs of one kernel on the same weights.
  uint64_t weightBytes = 0;
  /// Most multiplications of one run; a larger product runs on some of its columns only.
  /// 0: no limit.
  uint64_t operations = 0;
};

/// One form of a kernel, in several ways to compile it, with memory of its own: weights,
/// inputs and cache of pseudo-random bytes that are small positive numbers in any format. A
/// run is a list of dispatches, each with other weights, so that they come from where they
/// come from in a model. Not thread-safe; the device must outlive it.
class FormTrial {
public:
  /// The functions of `image` are what `form` was compiled to for `backend`. Errors: those of
  /// the device.
  static Result<FormTrial> make(Device &device, const CpuBackend &backend, const CompiledForm &form,
                                const CodeImage &image, const TrialSizes &sizes);
  ~FormTrial();
  FormTrial(FormTrial &&) noexcept;

  /// Runs function `number` of the image with the grid and share of `schedule`, `repeats`
  /// times. Returns the seconds that took.
  Result<double> run(uint32_t number, const Schedule &schedule, int repeats);
  /// Dispatches of one repeat, and workgroups of each.
  size_t dispatches() const;
  int64_t groups(const Schedule &schedule) const;
  /// Hash of what one run, begun with a result of zeros, computes.
  Result<uint64_t> resultHash(uint32_t number, const Schedule &schedule);

private:
  struct Impl;
  explicit FormTrial(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace weft::cpu
