// Decides which ops of an entry point form a kernel, and an order in which kernels can run.
#pragma once

#include "passes/ProductTrees.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft {

/// The ops of one kernel, in an order in which they can run. The first is the most significant one,
/// with which the kernel's name begins.
struct KernelGroup {
  KernelRole role;
  llvm::SmallVector<mlir::Operation *> ops;
};

/// Returns whether `op` is a view, which only names columns of another value for its readers. (A
/// `weft.columns` whose result is returned is computed, so it is not a view.)
bool isView(mlir::Operation *op);

/// Returns the value of which `value` is a view, or `value` itself.
mlir::Value viewed(mlir::Value value);

/// Returns the groups of `entry` in an order in which they can run: every value is computed before
/// it is read, and a state is read before it is changed. Emits a diagnostic and fails for an op
/// that is neither computed in kernels nor allowed outside of them, and for an op without a role.
///
/// Why there is no cycle. Each op has a time. A row op has an even time, 2 level; the root of a
/// product tree and an attention have odd ones, 2 level + 1. A group is ops of one time. Suppose
/// that an op of one group reads the result of an op of another (through views):
/// - If a row op reads a product or an attention of level l, its level is at least l + 1.
/// - If a row op reads a row op of level l, its level is at least l. If it is l, both have the same
///   level and the same number of rows, because a change of the number of rows costs a level; so
///   they belong to one group.
/// - If a product or an attention reads a row op of level l, its level is at least l, and 2 l + 1 >
///   2 l. If it reads a product or an attention of level l, its level is at least l + 1.
/// So the time grows along every dependence between two groups. The inner ops of a product tree
/// depend on other groups only through their operands (ProductTrees.h), which all count for the
/// level of the root. Changing a state after it was read is a dependence like any other.
mlir::FailureOr<llvm::SmallVector<KernelGroup>> groupKernels(mlir::func::FuncOp entry);

} // namespace weft
