// The passes of the compiler. Passes.td describes each; Pipelines.h puts them in order.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// The formats of QuantizeWeights.
enum class WeightFormat {
  Q8,  // blocks of 32 8-bit codes
  Q4,  // blocks of 32 4-bit codes with levels; embedding tables and output matrix as Q8
  Q4S, // blocks of 32 4-bit codes with levels and 8-bit scales, 4.25 bits a weight
};
/// Returns the name of the format: "q8", "q4", "q4s".
llvm::StringRef nameOf(WeightFormat format);

/// A device on which kernels may be placed. Its functions are pure.
struct DeviceChoice {
  std::string name;
  /// Returns whether the device can run the kernel.
  std::function<bool(mlir::func::FuncOp kernel)> takes;
  /// Returns the arrangement in which the device reads a matrix stored as `storage`. `product` is
  /// true if any matrix product reads it, false if only embeddings do. If empty, the options of
  /// ArrangeWeights apply.
  std::function<Arrangement(const Storage &storage, bool product)> arrange = {};
};

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

/// Makes PlaceKernels with devices that decide for each kernel.
std::unique_ptr<mlir::Pass> createPlaceKernels(std::vector<DeviceChoice> devices);
/// Makes ArrangeWeights with the arrangements that the kernels' devices need.
std::unique_ptr<mlir::Pass> createArrangeWeights(std::vector<DeviceChoice> devices);

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

/// The name of the attribute of a kernel's device, a string.
inline constexpr llvm::StringLiteral deviceAttrName = "weft.device";
/// The name of the attribute of an entry point's arena size, a `#weft.size`.
inline constexpr llvm::StringLiteral arenaAttrName = "weft.arena";

} // namespace weft
