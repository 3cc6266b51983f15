// Writes the compiler's intermediate results.
#pragma once

#include "runtime/base/Error.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace weft {

/// Writes a whole file, or nothing. Errors: the file cannot be written.
Result<void> writeText(const std::string &path, llvm::StringRef text);

/// Returns the text of a module with the locations of its ops.
std::string textOf(mlir::ModuleOp module);

/// The folder of --dump-ir. If its path is empty, nothing is written.
class DumpFolder {
public:
  explicit DumpFolder(std::string path) : path(std::move(path)) {}

  explicit operator bool() const { return !path.empty(); }
  /// Creates the folder. Errors: it cannot be created.
  Result<void> make() const;
  Result<void> write(const std::string &file, llvm::StringRef text) const;

private:
  std::string path;
};

} // namespace weft
