// Chooses schedules by measuring them on this machine.
#pragma once

#include "backends/cpu/CpuBackend.h"
#include "runtime/device/Device.h"

#include <functional>
#include <optional>
#include <string>

namespace weft::cpu {

struct TuningOptions {
  unsigned threads = 1; // of the device
  /// Bytes of all weights of the model: what passes by between two runs of one kernel.
  uint64_t weightBytes = 0;
  /// To measure for, about; compiling the candidates comes on top.
  double seconds = 20;
  /// Stands in for the clock where it is given: the seconds of a run of candidate `number`
  /// of a form.
  std::function<double(const std::string &form, size_t number)> clock;
  /// Told the share done, and after each comparison what came of it in one line.
  std::function<void(double share, const std::string &line)> progress;
};

struct TunedKernels {
  Schedules schedules;                // of forms for which another one is clearly faster
  std::vector<KernelTuning> tunings; // every comparison, as an artifact has them
};

/// Compiles each form of `kernels` in every way that is worth measuring, runs them on
/// `device`, whose processor must be that of `backend`, and chooses. First the code of a form
/// is chosen, then how many of its workgroups threads share. Every candidate must give
/// the bits of the default: it is an error of this compiler where one does not. Errors: those
/// of compiling and of the device.
Result<TunedKernels> tuneKernels(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                 const CpuBackend &backend, Device &device,
                                 const TuningOptions &options);

} // namespace weft::cpu
