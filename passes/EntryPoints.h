// What the passes ask of a module: its entry points, and who reads its parameters.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"

namespace weft {

/// Public functions with a body, in the order of the module.
llvm::SmallVector<mlir::func::FuncOp> entryPoints(mlir::ModuleOp module);

/// Functions that bear `weft.kernel`, in the order of the module.
llvm::SmallVector<mlir::func::FuncOp> kernels(mlir::ModuleOp module);

/// The kernel that `dispatch` runs.
mlir::func::FuncOp kernelOf(DispatchOp dispatch);

/// The name of the state that `value`, of an entry point, is a version of; null where it does
/// not come from one.
mlir::StringAttr stateOf(mlir::Value value);

/// Who reads a parameter.
struct ParameterReads {
  /// Where entry points name it.
  llvm::SmallVector<WeightOp> values;
  /// Operands of ops that compute with it, in entry points and, through dispatches, in
  /// kernels. A kernel that two dispatches call with the same parameter counts twice.
  llvm::SmallVector<mlir::OpOperand *> reads;
};

/// The readers of every parameter that has any, in the order of the first one.
llvm::MapVector<mlir::StringAttr, ParameterReads> parameterReads(mlir::ModuleOp module);

/// Whether the operand is the weight of a weft.linear.
bool isProductWeight(mlir::OpOperand &operand);
/// Whether the operand is the table of a weft.embed.
bool isEmbeddingTable(mlir::OpOperand &operand);

} // namespace weft
