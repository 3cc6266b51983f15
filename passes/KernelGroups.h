// Which ops of an entry point become one kernel, and in which order kernels can run.
#pragma once

#include "passes/ProductTrees.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// The ops of one kernel in an order in which they can run, the one that says most about
/// it first.
struct KernelGroup {
  KernelRole role;
  llvm::SmallVector<mlir::Operation *> ops;
};

/// Whether `op` only names columns of another value, for whoever reads it. (One that is
/// returned has to be computed.)
bool isView(mlir::Operation *op);

/// The value that `value` is a view of, or itself.
mlir::Value viewed(mlir::Value value);

/// The groups of `entry` in an order in which they can run: every value is computed before
/// it is read, and a state is read before it is changed. An op that is neither computed in
/// kernels nor part of what surrounds them is an error, and so is one without a role.
///
/// Why there is no cycle. Each op has a time. A row op's is even, 2 level; the root of a
/// product tree and an attention have odd ones, 2 level + 1; a group is ops of one time.
/// Let an op of a group read the result of an op of another (through views):
/// - a row op reads a product or an attention of level l: its level is at least l + 1;
/// - a row op reads a row op of level l: its level is at least l, and if it is l both are
///   of one level; then they have the same number of rows, because a change of the number
///   costs a level, and so they are of one group;
/// - a product or an attention reads a row op of level l: its level is at least l, and
///   2 l + 1 > 2 l; it reads a product or an attention of level l: it is at least l + 1.
/// So time grows along every dependence between two groups. Trees have no inner dependence
/// to other groups but through their operands (ProductTrees.h), which all count for the
/// level of the root. That a state is changed after it was read is a dependence like any
/// other.
mlir::FailureOr<llvm::SmallVector<KernelGroup>> groupKernels(mlir::func::FuncOp entry);

} // namespace weft
