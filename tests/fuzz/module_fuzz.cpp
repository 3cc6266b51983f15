// Any text as a module in the weft dialect (.mlir): no crash, an error where it is refused, and
// what VerifyEntry accepts goes through all phases of the compiler: each verifies what the one
// before it made. MLIR itself has no sanitizers here, what it calls of ours has.
#include "Fuzz.h"
#include "models/Family.h"
#include "passes/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include <memory>

using namespace weft;
using namespace weft::fuzz;

namespace {

/// A context with what weftc loads, and the number of errors in it.
struct Compiler {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  size_t errors = 0;

  Compiler() {
    context.loadDialect<WeftDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect>();
    context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
      return mlir::success();
    });
  }

  /// False, with an error told, where the phase refuses the module.
  bool run(mlir::ModuleOp module, Phase phase, const PipelineOptions &options) {
    mlir::PassManager passes(&context);
    addPhase(passes, phase, options);
    const size_t before = errors;
    const bool done = mlir::succeeded(passes.run(module));
    require(done || errors > before);
    return done;
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A context keeps every type and attribute, so that it is made anew now and then.
  static std::unique_ptr<Compiler> compiler;
  static unsigned inputs = 0;
  if (inputs++ % 256 == 0) {
    compiler.reset();
    compiler = std::make_unique<Compiler>();
  }
  mlir::ParserConfig config(&compiler->context);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      llvm::StringRef(reinterpret_cast<const char *>(data), size), config, "input.mlir");
  if (!module)
    return 0;
  auto info = readModelInfo(*module);
  if (!info)
    requireOneLine(info.error());
  PipelineOptions options;
  if (size % 2 == 1)
    options.weights.emplace();
  for (Phase phase : allPhases)
    if (!compiler->run(*module, phase, options))
      break;
  return 0;
}
