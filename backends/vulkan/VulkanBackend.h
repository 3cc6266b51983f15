// The Vulkan backend: writes kernels as GLSL and compiles them to SPIR-V.
#pragma once

#include "backends/Backend.h"

namespace weft::vulkan {

class VulkanBackend : public Backend {
public:
  llvm::StringRef name() const override { return "vulkan"; }
  bool takes(mlir::func::FuncOp kernel) const override;
  Arrangement weightArrangement(const Storage &storage, bool product) const override;
  uint64_t stateBytesPerPosition(mlir::Type state) const override;
  uint64_t stateRuns(mlir::Type state) const override;
  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override;
};

extern const BackendPlugin backendPlugin;

} // namespace weft::vulkan
