// Which dispatches must wait for earlier ones.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// Sets `barrier` on each dispatch of `entry` that, since the last barrier, follows one
/// that wrote what it reads, or read or wrote what it writes. Needs the plan of memory
/// (`at` and `size`). Returns the number of barriers.
unsigned setBarriers(mlir::func::FuncOp entry);

} // namespace weft
