// Turns MLIR's diagnostics into the one line of an error.
#pragma once

#include "ir/Weft.h"
#include "runtime/base/Error.h"

#include "mlir/IR/Diagnostics.h"

#include <fmt/format.h>

#include <string>

namespace weft {

/// Collects the diagnostics of a context while it lives, and stores the first error as one line.
class FirstError {
public:
  explicit FirstError(mlir::MLIRContext &context)
      : handler(&context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error || !message.empty())
            return mlir::success();
          std::string place = nameOf(diagnostic.getLocation());
          if (place.empty())
            if (auto file = mlir::dyn_cast<mlir::FileLineColLoc>(diagnostic.getLocation()))
              place = fmt::format("{}:{}:{}", file.getFilename().str(), file.getLine(),
                                  file.getColumn());
          message = (place.empty() ? "" : place + ": ") + diagnostic.str();
          return mlir::success();
        }) {}

  /// Returns the first error, or `otherwise` if there was none.
  tl::unexpected<Error> or_(std::string_view otherwise) const {
    return fail(message.empty() ? std::string(otherwise) : message);
  }

private:
  std::string message;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace weft
