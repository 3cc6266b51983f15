// Chooses how a target's kernels are compiled by measuring candidates on this machine.
#pragma once

#include "backends/Backend.h"
#include "runtime/device/Device.h"

#include <functional>
#include <string>

namespace weft::tune {

struct TuningOptions {
  unsigned threads = 1; // of the device
  /// Bytes of all weights of the model. A decoded token reads that much between two runs of one
  /// kernel.
  uint64_t weightBytes = 0;
  /// Seconds to measure, approximately, in addition to compiling the candidates.
  double seconds = 20;
  /// If set, replaces the clock: returns the seconds of a run of candidate `number` of a kernel.
  std::function<double(const std::string &kernel, size_t number)> clock;
  /// Called with the finished share and, after each comparison, its result in one line.
  std::function<void(double share, const std::string &line)> progress;
};

struct TunedTarget {
  /// The backend that compiles as chosen.
  std::unique_ptr<Backend> backend;
  /// Every comparison, for the artifact.
  std::vector<KernelTuning> tunings;
};

/// Measures all candidates of each of `kernels` on `device`, whose processor must be that of
/// `backend`, and chooses. Every candidate must give the same bits as the first one. Errors: one
/// does not (a defect of the compiler); the backend cannot tune; those of compiling and of the
/// device.
Result<TunedTarget> tuneTarget(llvm::ArrayRef<mlir::func::FuncOp> kernels, const Backend &backend,
                               Device &device, const TuningOptions &options);

} // namespace weft::tune
