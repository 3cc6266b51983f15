// The programs of a compilation: a module lowered for each target, and its code.
#pragma once

#include "backends/Backend.h"
#include "compiler/Compilation.h"
#include "compiler/Dump.h"
#include "compiler/FirstDiagnostic.h"
#include "compiler/Progress.h"
#include "compiler/package/WriteArtifact.h"

#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>
#include <vector>

namespace weft {

/// The dump of a phase: "04-placed.mlir", "04-placed-vulkan.mlir".
std::string fileOf(Phase phase, llvm::StringRef target = "");

/// Used in the order of its functions. What it is given must outlive it.
class Programs {
public:
  Programs(const CompilationOptions &options, ProgressReport &report, const FirstError &firstError,
           const DumpFolder &dumps)
      : options(options), report(report), firstError(firstError), dumps(dumps) {}

  /// Makes the backends of all targets. Errors: an unknown target or processor.
  Result<void> chooseBackends();

  /// Takes copies of `module`, which is in the phase Fused, to Planned or where the options
  /// stop, one for each target. Says on standard error which kernels a target leaves to others.
  Result<void> lower(mlir::ModuleOp module);
  /// Of each target.
  std::vector<mlir::ModuleOp> modules() const;

  /// Compiles all kernels, measuring before where the options ask for that.
  Result<void> generate();
  const std::vector<CompiledTarget> &targets() const { return results; }

private:
  /// A backend, once for each processor where it compiles for such.
  struct BackendForms {
    std::string name;
    std::vector<std::unique_ptr<Backend>> forms;
  };
  /// A target's module, and the backends that have kernels in it.
  struct Lowered {
    std::string target;
    mlir::OwningOpRef<mlir::ModuleOp> module;
    std::vector<BackendForms *> users;
  };

  Result<void> addBackend(const std::string &name);
  std::vector<BackendForms *> preferencesOf(const std::string &target);
  Result<void> lowerFor(const std::string &target, mlir::ModuleOp module);
  Result<void> findUsers(Lowered &lowered);
  Result<void> tune();
  Result<void> generateFor(const Lowered &lowered);
  Result<ProgramPart> compilePart(const Lowered &lowered, const BackendForms &backend, size_t form);

  const CompilationOptions &options;
  ProgressReport &report;
  const FirstError &firstError;
  const DumpFolder &dumps;
  std::vector<std::unique_ptr<BackendForms>> backends;
  std::vector<Lowered> lowered;
  std::vector<KernelTuning> tunings;
  std::vector<CompiledTarget> results;
};

} // namespace weft
