// The phases of a compilation, in order. Each is a short pipeline of passes. Between two phases,
// the module can be dumped and read again by weft-opt.
#pragma once

#include "passes/Passes.h"

#include "mlir/Pass/PassManager.h"

#include <optional>
#include <vector>

namespace weft {

enum class Phase { Import, Canonical, Quantized, Fused, Placed, Planned };

inline constexpr Phase allPhases[] = {Phase::Import, Phase::Canonical, Phase::Quantized,
                                      Phase::Fused,  Phase::Placed,    Phase::Planned};

/// Returns the name of the phase, which is also the name of its dump: "import", "canonical", ...
llvm::StringRef nameOf(Phase phase);

struct PipelineOptions {
  /// The format for matrices that the checkpoint stores dense; none: they are not changed.
  std::optional<QuantizeWeightsOptions> weights;
  /// The devices in order of preference. Empty: a device "cpu" that supports every kernel.
  std::vector<DeviceChoice> devices;
};

/// Adds to `manager` VerifyEntry and the passes of `phase`, which expect a module after the
/// previous phase; adds nothing for Import.
void addPhase(mlir::OpPassManager &manager, Phase phase, const PipelineOptions &options);

/// Registers for weft-opt the pipelines `weft-canonical` ... `weft-planned`, one per phase, and
/// `weft-compile`, which runs all of them.
void registerPipelines();

} // namespace weft
