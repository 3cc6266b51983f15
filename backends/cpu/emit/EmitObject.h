// From generated functions to machine code.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/emit/CpuTarget.h"

#include <map>
#include <string>
#include <vector>

namespace weft::cpu {

/// Position-independent code without relocations, and where its functions start.
struct CodeImage {
  std::vector<char> bytes;
  std::vector<CompiledProgram::Kernel> kernels;
};

/// What generated functions are made of; must be called before any is generated.
void loadKernelDialects(mlir::MLIRContext &context);

/// Of functions for which code may use others than CpuTarget::features, all that it may use.
using FeaturesOf = std::map<std::string, std::vector<std::string>>;

/// Lowers a module of functions that follow the kernel calling convention to LLVM,
/// optimises it for `target`, and links the object to an image. Consumes the module.
/// Emits a diagnostic at `module` where that fails.
mlir::FailureOr<CodeImage> emitCode(mlir::ModuleOp module, const CpuTarget &target,
                                    const DumpSink &dump, const FeaturesOf &featuresOf = {});

/// Lays out the code and constants of an ELF object as one image and resolves what refers
/// from one to the other. Errors: the object refers to something outside (kernels call
/// nothing), or in a way that a position-independent image cannot hold; the stack frame of a
/// function is not below WEFT_KERNEL_STACK, or of a size that is known only when it runs.
Result<CodeImage> linkImage(llvm::StringRef object);

} // namespace weft::cpu
