// The ops that a generator knows, said once.
#pragma once

#include "mlir/IR/Operation.h"
#include "llvm/Support/Casting.h"

#include <utility>

namespace weft {

/// Some op classes. What asks whether an op is one of them and what does something with each
/// read the same list, so that neither knows an op that the other has forgotten.
template <typename... Ops> struct OpList {
  static bool has(mlir::Operation *op) { return llvm::isa<Ops...>(op); }

  /// Calls `body` with `op` as its class, for which it needs an overload or a case: one that is
  /// missing is an error of the C++ compiler. Returns whether `op` is in the list.
  template <typename Body> static bool visit(mlir::Operation *op, Body &&body) {
    return ((llvm::isa<Ops>(op) && (body(llvm::cast<Ops>(op)), true)) || ...);
  }
};

} // namespace weft
