#include "compiler/Dump.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

namespace weft {

Result<void> writeText(const std::string &path, llvm::StringRef text) {
  std::error_code error;
  llvm::ToolOutputFile file(path, error, llvm::sys::fs::OF_Text);
  if (!error) {
    file.os() << text;
    file.os().flush();
    error = file.os().error();
    file.os().clear_error();
  }
  if (error)
    return fail("cannot write '" + path + "': " + error.message());
  file.keep();
  return {};
}

std::string textOf(mlir::ModuleOp module) {
  std::string result;
  llvm::raw_string_ostream stream(result);
  module.print(stream, mlir::OpPrintingFlags().enableDebugInfo());
  return result;
}

Result<void> DumpFolder::make() const {
  if (!path.empty())
    if (std::error_code error = llvm::sys::fs::create_directories(path))
      return fail("cannot make the folder '" + path + "': " + error.message());
  return {};
}

Result<void> DumpFolder::write(const std::string &file, llvm::StringRef text) const {
  return path.empty() ? Result<void>() : writeText(path + "/" + file, text);
}

} // namespace weft
