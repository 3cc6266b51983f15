// The CPU backend: compiles kernels to machine code through the vector dialect and LLVM.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/Schedule.h"
#include "backends/cpu/emit/CpuTarget.h"

#include <functional>
#include <optional>

namespace weft::cpu {

struct CompiledForm; // backends/cpu/KernelForms.h

/// Returns the schedule with which to compile a variant; none for the default schedule and its
/// alternatives.
using ScheduleOf =
    std::function<std::optional<Schedule>(const CompiledForm &form, const CpuTarget &target)>;

class CpuBackend : public Backend {
public:
  explicit CpuBackend(CpuTarget target, ScheduleOf scheduleOf = nullptr)
      : target(std::move(target)), scheduleOf(std::move(scheduleOf)) {}

  llvm::StringRef name() const override { return "cpu"; }
  bool takes(mlir::func::FuncOp kernel) const override;
  Arrangement weightArrangement(const Storage &storage, bool product) const override;
  uint64_t stateBytesPerPosition(mlir::Type state) const override;
  uint64_t stateRuns(mlir::Type state) const override;
  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override;
  bool canTune() const override { return true; }
  Result<std::unique_ptr<Backend>> tune(const TuningRequest &request) const override;

  const CpuTarget &processor() const { return target; }
  /// Returns the schedule with which `form` itself, not its alternatives, is compiled.
  Schedule scheduleFor(const CompiledForm &form) const;

private:
  CpuTarget target;
  ScheduleOf scheduleOf;
};

/// The target "cpu".
extern const BackendPlugin backendPlugin;

} // namespace weft::cpu
