// The candidates of forms of kernels as machine code.
#pragma once

#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"

#include <functional>

namespace weft::cpu {

/// A form in every way that is worth measuring.
struct CompiledCandidates {
  CompiledForm form;
  std::vector<Schedule> schedules; // the default first
  CodeImage image;
  /// Of each schedule, the number among the image's kernels.
  std::vector<uint32_t> functions;
};

/// Compiles the candidates of `forms` with several threads, each in an MLIR context of its
/// own. `done` is told, from the calling thread, the share that is. Errors: the first form that
/// could not be compiled.
Result<std::vector<CompiledCandidates>>
compileCandidates(llvm::ArrayRef<CompiledForm> forms, const CpuTarget &target, unsigned threads,
                  const std::function<void(double share)> &done);

} // namespace weft::cpu
