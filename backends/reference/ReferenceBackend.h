// The compile side of the target "reference": the code of a kernel is its MLIR bytecode.
#pragma once

#include "backends/Backend.h"

namespace weft {

class ReferenceBackend : public Backend {
public:
  llvm::StringRef name() const override { return "reference"; }
  bool takes(mlir::func::FuncOp) const override { return true; }
  Arrangement weightArrangement(const Storage &storage, bool product) const override;
  /// Keys and values are stored as f32, which represents every value of the state's storage
  /// exactly.
  uint64_t stateBytesPerPosition(mlir::Type state) const override;
  uint64_t stateRuns(mlir::Type) const override { return 1; }
  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override;
};

} // namespace weft
