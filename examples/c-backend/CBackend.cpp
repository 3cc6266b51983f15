// The compile side: kernels as C, compiled to a shared library by the system's compiler.

#include "EmitKernel.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace weft;

namespace example {

/// The library that `cc` makes of a C source.
static Result<std::vector<char>> compileC(const std::string &source) {
  llvm::ErrorOr<std::string> cc = llvm::sys::findProgramByName("cc");
  if (!cc)
    return fail("the target c needs a C compiler: expected a program 'cc', found none");
  llvm::SmallString<128> input, output, errors;
  for (auto [path, suffix] : {std::pair(&input, "c"), {&output, "so"}, {&errors, "txt"}})
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("weft-c", suffix, *path))
      return fail("cannot make a temporary file: " + error.message());
  llvm::FileRemover removeInput(input), removeOutput(output), removeErrors(errors);
  std::error_code error;
  llvm::raw_fd_ostream(input, error) << source;
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, std::nullopt, llvm::StringRef(errors)};
  // No clock and no path of this machine gets into the library: the same input gives the same bytes.
  llvm::StringRef arguments[] = {*cc, "-std=c11", "-O2", "-ffp-contract=off", "-fno-ident", "-shared", "-fPIC",
                                 "-s", "-x", "c", input, "-o", output, "-lm"};
  if (llvm::sys::ExecuteAndWait(*cc, arguments, std::nullopt, redirects, /*seconds=*/300) != 0) {
    auto said = llvm::MemoryBuffer::getFile(errors);
    return fail("cc failed: " + (said ? (*said)->getBuffer().split('\n').first.str() : ""));
  }
  auto library = llvm::MemoryBuffer::getFile(output);
  if (!library)
    return fail("cannot read what cc wrote: " + library.getError().message());
  return std::vector<char>((*library)->getBufferStart(), (*library)->getBufferEnd());
}

class CBackend : public Backend {
public:
  llvm::StringRef name() const override { return "c"; }
  bool takes(mlir::func::FuncOp kernel) const override { return canEmit(kernel); }

  Arrangement weightArrangement(const Storage &storage, bool) const override {
    return storage.hasSuperBlocks() ? Arrangement{Arrangement::Kind::Tiled, 1, 1} : Arrangement{};
  }

  uint64_t stateBytesPerPosition(mlir::Type state) const override {
    auto type = mlir::cast<KvType>(state);
    return 2 * sizeof(float) * type.getHeads() * type.getHeadDim();
  }

  mlir::FailureOr<CompiledProgram> compile(llvm::ArrayRef<mlir::func::FuncOp> kernels,
                                           const DumpSink &dump) const override {
    CompiledProgram program;
    program.architecture = llvm::Triple(llvm::sys::getProcessTriple()).getArchName().str();
    program.processor = "cc";
    std::string source = prelude;
    for (mlir::func::FuncOp kernel : kernels) {
      source += emitKernel(kernel);
      // A workgroup is a row; the device finds the function by its name.
      auto symbol = isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens;
      KernelVariant variant{0, uint32_t(program.kernels.size()), schema::Grid(1, 1, symbol)};
      program.forms.push_back({kernel.getName().str(), symbol, {variant}});
      program.kernels.push_back({kernel.getName().str(), 0});
    }
    if (dump)
      dump("kernels.c", source);
    Result<std::vector<char>> library = compileC(source);
    if (!library)
      return mlir::emitError(mlir::func::FuncOp(kernels.front()).getLoc(), library.error().message);
    program.code = std::move(*library);
    return program;
  }

private:
  static bool isOverRows(mlir::func::FuncOp kernel) {
    return llvm::any_of(kernel.getBody().front().getTerminator()->getOperands(), [](mlir::Value value) {
      return mlir::isa<mlir::RankedTensorType>(value.getType()) && rowSymbolOf(value) == RowSymbol::Rows;
    });
  }
};

static const BackendPlugin plugin = {
    .name = "c",
    .description = "kernels as C, compiled by the system's cc",
    .make = [](const BackendOptions &) -> Result<std::unique_ptr<Backend>> { return std::make_unique<CBackend>(); }};

} // namespace example

const weft::BackendPlugin *weft_backend_plugin() { return &example::plugin; }
