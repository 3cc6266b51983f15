// Moves groups of ops out of an entry point, into kernels.
#pragma once

#include "passes/KernelGroups.h"
#include "passes/KernelSet.h"

namespace weft {

/// Replaces the ops of `groups`, which are all ops of `entry` that compute, by dispatches of
/// kernels in `kernels`, in the order of the groups.
void outlineKernels(mlir::func::FuncOp entry, llvm::ArrayRef<KernelGroup> groups,
                    KernelSet &kernels);

} // namespace weft
