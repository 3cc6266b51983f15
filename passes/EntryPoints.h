// Queries on a module that several passes share: its entry points, and the readers of its
// parameters.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"

namespace weft {

/// Returns the public functions with a body, in the order of the module.
llvm::SmallVector<mlir::func::FuncOp> entryPoints(mlir::ModuleOp module);

/// Returns the functions with the attribute `weft.kernel`, in the order of the module.
llvm::SmallVector<mlir::func::FuncOp> kernels(mlir::ModuleOp module);

/// Returns the kernel that `dispatch` calls.
mlir::func::FuncOp kernelOf(DispatchOp dispatch);

/// Returns the name of the state of which `value`, in an entry point, is a value; null if it is not
/// one.
mlir::StringAttr stateOf(mlir::Value value);

/// The readers of a parameter.
struct ParameterReads {
  /// The `weft.weight` ops of entry points that name it.
  llvm::SmallVector<WeightOp> values;
  /// The operands through which ops read it, in entry points and, through dispatches, in kernels. A
  /// kernel that two dispatches call with the same parameter counts twice.
  llvm::SmallVector<mlir::OpOperand *> reads;
};

/// Returns the readers of every parameter that has any, in the order of the first reader.
llvm::MapVector<mlir::StringAttr, ParameterReads> parameterReads(mlir::ModuleOp module);

/// Returns whether the operand is the weight of a weft.linear.
bool isProductWeight(mlir::OpOperand &operand);
/// Returns whether the operand is the table of a weft.embed.
bool isEmbeddingTable(mlir::OpOperand &operand);

} // namespace weft
