// The set of different kernels of a module.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace weft {

/// Finds equal kernels: those with the same signature, attributes and body, whatever their names
/// and locations.
class KernelSet {
public:
  explicit KernelSet(mlir::SymbolTable &symbols) : symbols(symbols) {}

  /// Takes ownership of `kernel`, which is in no module yet. If the set has an equal kernel,
  /// returns that one. Otherwise adds `kernel` to the module under its name, with a number appended
  /// if the name is taken, and returns it.
  mlir::func::FuncOp add(mlir::func::FuncOp kernel);

  /// Returns the number of different kernels.
  size_t size() const { return count; }

private:
  mlir::SymbolTable &symbols;
  llvm::DenseMap<mlir::Type, llvm::SmallVector<mlir::func::FuncOp, 1>> bySignature;
  size_t count = 0;
};

} // namespace weft
