// The kernels of a module by what they compute.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace weft {

/// Keeps kernels apart that compute different things, and finds equal ones: the same
/// signature, attributes and body, whatever their names and locations.
class KernelSet {
public:
  explicit KernelSet(mlir::SymbolTable &symbols) : symbols(symbols) {}

  /// Takes ownership of `kernel`, which is in no module yet. Returns an equal kernel that
  /// is in the set already, or puts this one into the module under its name, with a number
  /// added where the name is taken.
  mlir::func::FuncOp add(mlir::func::FuncOp kernel);

  /// Number of different kernels.
  size_t size() const { return count; }

private:
  mlir::SymbolTable &symbols;
  llvm::DenseMap<mlir::Type, llvm::SmallVector<mlir::func::FuncOp, 1>> bySignature;
  size_t count = 0;
};

} // namespace weft
