// Compiles generated functions to machine code.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/emit/CpuTarget.h"

#include <map>
#include <string>
#include <vector>

namespace weft::cpu {

/// Position-independent code without relocations, and the offsets of its functions.
struct CodeImage {
  std::vector<char> bytes;
  std::vector<CompiledProgram::Kernel> kernels;
};

/// Loads the dialects of generated functions. Must be called before any function is generated.
void loadKernelDialects(mlir::MLIRContext &context);

/// The features that a function may use, by its name, for functions that may use others than
/// CpuTarget::features.
using FeaturesOf = std::map<std::string, std::vector<std::string>>;

/// Lowers a module of functions that follow the kernel calling convention to LLVM, optimises it for
/// `target`, and links the object to an image. Consumes the module. On failure it emits a
/// diagnostic at `module`.
mlir::FailureOr<CodeImage> emitCode(mlir::ModuleOp module, const CpuTarget &target,
                                    const DumpSink &dump, const FeaturesOf &featuresOf = {});

/// Lays out the code and constants of an ELF object as one image and resolves the references
/// between them. Errors: the object refers to something outside (kernels call nothing), or in a way
/// that a position-independent image does not support; a stack frame is not below
/// WEFT_KERNEL_STACK, or its size is known only at run time.
Result<CodeImage> linkImage(llvm::StringRef object);

} // namespace weft::cpu
