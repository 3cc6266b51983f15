#include "passes/Pipelines.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace weft;

StringRef weft::nameOf(Phase phase) {
  switch (phase) {
  case Phase::Import:
    return "import";
  case Phase::Canonical:
    return "canonical";
  case Phase::Quantized:
    return "quantized";
  case Phase::Fused:
    return "fused";
  case Phase::Placed:
    return "placed";
  case Phase::Planned:
    return "planned";
  }
  llvm_unreachable("a phase");
}

static std::unique_ptr<Pass> placeKernels(const PipelineOptions &options) {
  return options.devices.empty() ? createPlaceKernels() : createPlaceKernels(options.devices);
}

void weft::addPhase(OpPassManager &manager, Phase phase, const PipelineOptions &options) {
  manager.addPass(createVerifyEntry());
  switch (phase) {
  case Phase::Import:
    return;
  case Phase::Canonical:
    manager.addPass(createCanonicalizerPass());
    manager.addPass(createCSEPass());
    manager.addPass(createSymbolDCEPass());
    return;
  case Phase::Quantized:
    if (options.weights)
      manager.addPass(createQuantizeWeights(*options.weights));
    manager.addPass(createQuantizeInputs());
    return;
  case Phase::Fused:
    manager.addPass(createMergeProducts());
    manager.addPass(createFormKernels());
    return;
  case Phase::Placed:
    manager.addPass(placeKernels(options));
    manager.addPass(createArrangeWeights(options.devices));
    return;
  case Phase::Planned:
    manager.addPass(createPlanMemory());
    return;
  }
}

namespace {

enum class WeightsOption { Dense, Q8, Q4, Q4S };

/// The options of all phases, for the command line of weft-opt.
struct CommandLine : public PassPipelineOptions<CommandLine> {
  Option<WeightsOption> weights{
      *this, "weights", llvm::cl::desc("How to store matrices"),
      llvm::cl::init(WeightsOption::Dense),
      llvm::cl::values(
          clEnumValN(WeightsOption::Dense, "dense", "as the model stores them"),
          clEnumValN(WeightsOption::Q8, "q8", "blocks of 8-bit integers"),
          clEnumValN(WeightsOption::Q4, "q4", "blocks of 4-bit integers"),
          clEnumValN(WeightsOption::Q4S, "q4s", "blocks of 4-bit integers with 8-bit scales"))};
  ListOption<std::string> devices{*this, "devices",
                                  llvm::cl::desc("Devices in order of preference")};

  PipelineOptions options() const {
    PipelineOptions result;
    if (weights != WeightsOption::Dense) {
      result.weights.emplace();
      result.weights->format = weights == WeightsOption::Q8   ? WeightFormat::Q8
                               : weights == WeightsOption::Q4 ? WeightFormat::Q4
                                                              : WeightFormat::Q4S;
    }
    for (const std::string &name : devices)
      result.devices.push_back({name, [](func::FuncOp) { return true; }});
    return result;
  }
};

} // namespace

void weft::registerPipelines() {
  for (Phase phase : allPhases) {
    if (phase == Phase::Import)
      continue;
    std::string name = ("weft-" + nameOf(phase)).str();
    std::string description = ("Runs the phase '" + nameOf(phase) + "'").str();
    PassPipelineRegistration<CommandLine>(name, description,
                                          [phase](OpPassManager &manager, const CommandLine &line) {
                                            addPhase(manager, phase, line.options());
                                          });
  }
  PassPipelineRegistration<CommandLine>("weft-compile", "Runs all phases in order",
                                        [](OpPassManager &manager, const CommandLine &line) {
                                          for (Phase phase : allPhases)
                                            addPhase(manager, phase, line.options());
                                        });
}
