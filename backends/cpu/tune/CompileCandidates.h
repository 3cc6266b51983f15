// Compiles the candidate schedules of variants to machine code.
#pragma once

#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"

#include <functional>

namespace weft::cpu {

/// A variant, compiled with every schedule that is worth measuring.
struct CompiledCandidates {
  CompiledForm form;
  std::vector<Schedule> schedules; // the default first
  CodeImage image;
  /// For each schedule, the index of its function in the image's kernels.
  std::vector<uint32_t> functions;
};

/// Compiles the candidates of `forms` with several threads, each with an MLIR context of its own.
/// `done` is called on the calling thread with the finished share, from 0 to 1. Errors: the first
/// variant that could not be compiled.
Result<std::vector<CompiledCandidates>>
compileCandidates(llvm::ArrayRef<CompiledForm> forms, const CpuTarget &target, unsigned threads,
                  const std::function<void(double share)> &done);

} // namespace weft::cpu
