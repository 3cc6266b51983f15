// Runs passes and pipelines of the compiler on MLIR text, for tests and exploration. With
// --weft-evaluate it also prints the results of functions.

#include "ir/Weft.h"
#include "ir/reference/EvaluatePass.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::registerTransformsPasses();
  weft::registerWeftPasses();
  weft::registerPipelines();
  weft::registerEvaluatePass();
  mlir::DialectRegistry registry;
  registry.insert<weft::WeftDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Weft pass driver\n", registry));
}
