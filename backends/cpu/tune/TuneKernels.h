// The CPU's part of tuning: what there is to compare, and what comes of it.
#pragma once

#include "backends/cpu/CpuBackend.h"

namespace weft::cpu {

/// Compiles each form of the request's kernels in every way that is worth measuring and lets the
/// caller choose: first the code of a form, then, where several threads run it, how many of its
/// workgroups they share. Returns the schedules of forms for which another one than the default
/// was chosen. Errors: those of compiling, of the device and of the caller.
Result<Schedules> tuneKernels(const CpuBackend &backend, const TuningRequest &request);

} // namespace weft::cpu
