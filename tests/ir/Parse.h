// Modules from text, and the diagnostics they give.
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <string>

namespace weft::test {

/// A context with the dialects of the compiler. Keeps the diagnostics instead of printing.
class Context {
public:
  Context() {
    context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
    context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
      diagnostics += diagnostic.str() + "\n";
      for (mlir::Diagnostic &note : diagnostic.getNotes())
        diagnostics += note.str() + "\n";
      return mlir::success();
    });
  }

  /// The verified module, or null.
  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    diagnostics.clear();
    return mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&context));
  }

  mlir::MLIRContext context;
  std::string diagnostics;
};

} // namespace weft::test
