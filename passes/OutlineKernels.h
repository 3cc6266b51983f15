// Moves groups of ops from an entry point into kernels.
#pragma once

#include "passes/KernelGroups.h"
#include "passes/KernelSet.h"

namespace weft {

/// Replaces the ops of `groups`, which must be all computing ops of `entry`, by dispatches of
/// kernels in `kernels`, in the order of the groups.
void outlineKernels(mlir::func::FuncOp entry, llvm::ArrayRef<KernelGroup> groups,
                    KernelSet &kernels);

} // namespace weft
