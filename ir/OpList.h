// The list of ops that a generator supports, defined once.
#pragma once

#include "mlir/IR/Operation.h"
#include "llvm/Support/Casting.h"

#include <utility>

namespace weft {

/// A list of op classes. The check whether an op is in the list and the code that handles each op
/// use the same list, so neither supports an op that the other has forgotten.
template <typename... Ops> struct OpList {
  /// Returns whether `op` is in the list.
  static bool has(mlir::Operation *op) { return llvm::isa<Ops...>(op); }

  /// Calls `body` with `op` cast to its class. `body` needs an overload for every op of the list; a
  /// missing one is a C++ compile error. Returns whether `op` is in the list.
  template <typename Body> static bool visit(mlir::Operation *op, Body &&body) {
    return ((llvm::isa<Ops>(op) && (body(llvm::cast<Ops>(op)), true)) || ...);
  }
};

} // namespace weft
