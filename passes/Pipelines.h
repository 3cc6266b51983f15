// The phases of a compilation, in order. Each is a short pipeline of passes; between two of
// them the module can be dumped, and read again by weft-opt.
#pragma once

#include "passes/Passes.h"

#include "mlir/Pass/PassManager.h"

#include <optional>
#include <vector>

namespace weft {

enum class Phase { Import, Canonical, Quantized, Fused, Placed, Planned };

inline constexpr Phase allPhases[] = {Phase::Import, Phase::Canonical, Phase::Quantized,
                                      Phase::Fused,  Phase::Placed,    Phase::Planned};

/// "import", "canonical", ...: the name of the phase's dump.
llvm::StringRef nameOf(Phase phase);

struct PipelineOptions {
  /// How to store matrices that the checkpoint stores dense; none: as they are.
  std::optional<QuantizeWeightsOptions> weights;
  /// In order of preference. Empty: a device "cpu" that takes every kernel.
  std::vector<DeviceChoice> devices;
};

/// Adds VerifyEntry, and the passes that lead from the phase before to `phase`; none for Import.
void addPhase(mlir::OpPassManager &manager, Phase phase, const PipelineOptions &options);

/// Registers `weft-canonical` ... `weft-planned`, each one phase, and `weft-compile`, all of
/// them, for weft-opt.
void registerPipelines();

} // namespace weft
