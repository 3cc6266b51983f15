// Chooses how a target's kernels are compiled by measuring them on this machine.
#pragma once

#include "backends/Backend.h"
#include "runtime/device/Device.h"

#include <functional>
#include <string>

namespace weft::tune {

struct TuningOptions {
  unsigned threads = 1; // of the device
  /// Bytes of all weights of the model: what passes by between two runs of one kernel.
  uint64_t weightBytes = 0;
  /// To measure for, about; compiling the candidates comes on top.
  double seconds = 20;
  /// Stands in for the clock where it is given: the seconds of a run of candidate `number`
  /// of a kernel.
  std::function<double(const std::string &kernel, size_t number)> clock;
  /// Told the share done, and after each comparison what came of it in one line.
  std::function<void(double share, const std::string &line)> progress;
};

struct TunedTarget {
  /// Compiles as was chosen.
  std::unique_ptr<Backend> backend;
  /// Every comparison, as an artifact has them.
  std::vector<KernelTuning> tunings;
};

/// Lets `backend` offer each of `kernels` in every way to compile it that is worth measuring, runs
/// them on `device`, whose processor must be that of the backend, and chooses. Every candidate must
/// give the bits of the first one: it is an error of the compiler where one does not. Errors: the
/// backend cannot tune; those of compiling and of the device.
Result<TunedTarget> tuneTarget(llvm::ArrayRef<mlir::func::FuncOp> kernels, const Backend &backend,
                               Device &device, const TuningOptions &options);

} // namespace weft::tune
