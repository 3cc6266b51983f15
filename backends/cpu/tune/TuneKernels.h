// The CPU backend's implementation of tuning.
#pragma once

#include "backends/cpu/CpuBackend.h"

namespace weft::cpu {

/// Compiles all candidate schedules of each variant of the request's kernels and lets the caller
/// choose: first the code of a variant, then, if several threads run it, how many of its workgroups
/// are assigned dynamically. Returns the schedules of the variants for which the caller did not
/// choose the default. Errors: those of compiling, of the device and of the caller.
Result<Schedules> tuneKernels(const CpuBackend &backend, const TuningRequest &request);

} // namespace weft::cpu
