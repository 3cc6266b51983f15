// Where the compiler writes what it has on the way.
#pragma once

#include "runtime/base/Error.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace weft {

/// Writes a whole file, or nothing.
Result<void> writeText(const std::string &path, llvm::StringRef text);

/// A module with the locations of its ops.
std::string textOf(mlir::ModuleOp module);

/// The folder of --dump-ir; with no path it writes nothing.
class DumpFolder {
public:
  explicit DumpFolder(std::string path) : path(std::move(path)) {}

  explicit operator bool() const { return !path.empty(); }
  /// Makes the folder.
  Result<void> make() const;
  Result<void> write(const std::string &file, llvm::StringRef text) const;

private:
  std::string path;
};

} // namespace weft
