// The programs of a compilation: the module lowered for each target, and its code.
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

/// Returns the file name of the dump of a phase: "04-placed.mlir", "04-placed-vulkan.mlir".
std::string fileOf(Phase phase, llvm::StringRef target = "");

/// Lowers and compiles a module for all targets. Call its functions in the order of their
/// declaration. The constructor's arguments must outlive it.
class Programs {
public:
  Programs(const CompilationOptions &options, ProgressReport &report, const FirstError &firstError,
           const DumpFolder &dumps)
      : options(options), report(report), firstError(firstError), dumps(dumps) {}

  /// Makes the backends of all targets. Errors: an unknown target or processor.
  Result<void> chooseBackends();

  /// Lowers a copy of `module`, which is in phase Fused, for each target, to phase Planned or to
  /// the phase at which the options stop. Reports which kernels a target leaves to others. Errors:
  /// those of the passes.
  Result<void> lower(mlir::ModuleOp module);
  /// Returns the lowered module of each target.
  std::vector<mlir::ModuleOp> modules() const;

  /// Compiles all kernels, after tuning them if the options ask for that. Errors: those of the
  /// backends and of tuning.
  Result<void> generate();
  const std::vector<CompiledTarget> &targets() const { return results; }

private:
  /// A backend; if it compiles for processors, an instance for each of them.
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
