// The CPU backend: kernels through the vector dialect and LLVM to machine code.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/CpuTarget.h"

namespace weft::cpu {

class CpuBackend : public Backend {
public:
  explicit CpuBackend(CpuTarget target) : target(std::move(target)) {}

  llvm::StringRef name() const override { return "cpu"; }
  bool takes(mlir::func::FuncOp kernel) const override;
  Arrangement weightArrangement(bool blocks) const override;
  uint64_t stateBytesPerPosition(mlir::Type state) const override;
  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override;

private:
  CpuTarget target;
};

} // namespace weft::cpu
