// The passes of the compiler (Passes.td describes each; Pipelines.h puts them in order).
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// How QuantizeWeights stores a matrix.
enum class WeightFormat {
  Q8,  // blocks of 32 codes of 8 bits
  Q4,  // blocks of 32 codes of 4 bits with levels; tables and logits as Q8
  Q4S, // blocks of 32 codes of 4 bits with levels and scales of 8 bits, 4.25 bits a weight
};
/// "q8", "q4", "q4s".
llvm::StringRef nameOf(WeightFormat format);

/// A device that kernels may be placed on. Its functions are pure.
struct DeviceChoice {
  std::string name;
  /// Whether the device can run the kernel.
  std::function<bool(mlir::func::FuncOp kernel)> takes;
  /// How it reads a matrix that is stored as `storage`, of those that products (`product`) and
  /// embeddings, or embeddings alone, read; nothing: as the options of ArrangeWeights say.
  std::function<Arrangement(const Storage &storage, bool product)> arrange = {};
};

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

/// PlaceKernels with devices that look at the kernels.
std::unique_ptr<mlir::Pass> createPlaceKernels(std::vector<DeviceChoice> devices);
/// ArrangeWeights as the devices of the kernels want it.
std::unique_ptr<mlir::Pass> createArrangeWeights(std::vector<DeviceChoice> devices);

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

/// Attribute of a kernel: the name of its device.
inline constexpr llvm::StringLiteral deviceAttrName = "weft.device";
/// Attribute of an entry point: the size of its arena, a `#weft.size`.
inline constexpr llvm::StringLiteral arenaAttrName = "weft.arena";

} // namespace weft
