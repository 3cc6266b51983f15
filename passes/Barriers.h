// Finds the dispatches that must wait for earlier ones.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// Sets `barrier` on each dispatch of `entry` if, since the last barrier, an earlier dispatch wrote
/// something that it reads, or read or wrote something that it writes. Requires the memory plan
/// (`at` and `size`). Returns the number of barriers.
unsigned setBarriers(mlir::func::FuncOp entry);

} // namespace weft
