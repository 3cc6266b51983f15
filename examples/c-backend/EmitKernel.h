// Kernels as functions of C, for the compile side.
#include "backends/Backend.h"

namespace example {

/// Whether every op of the kernel has C.
bool canEmit(mlir::func::FuncOp kernel);
/// The function: it computes row after row, the ops of a row one after the other.
std::string emitKernel(mlir::func::FuncOp kernel);
/// The functions that all kernels call.
extern const char *const prelude;

} // namespace example
