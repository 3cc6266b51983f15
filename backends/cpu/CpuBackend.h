// The CPU backend: kernels through the vector dialect and LLVM to machine code.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/emit/CpuTarget.h"
#include "backends/cpu/Schedule.h"

namespace weft::cpu {

class CpuBackend : public Backend {
public:
  /// Forms of kernels that `schedules` does not name have the default one.
  explicit CpuBackend(CpuTarget target, Schedules schedules = {})
      : target(std::move(target)), schedules(std::move(schedules)) {}

  llvm::StringRef name() const override { return "cpu"; }
  bool takes(mlir::func::FuncOp kernel) const override;
  Arrangement weightArrangement(const Storage &storage, bool product) const override;
  uint64_t stateBytesPerPosition(mlir::Type state) const override;
  uint64_t stateRuns(mlir::Type state) const override;
  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override;

  const CpuTarget &processor() const { return target; }

private:
  CpuTarget target;
  Schedules schedules;
};

/// The target "cpu".
extern const BackendPlugin backendPlugin;

} // namespace weft::cpu
