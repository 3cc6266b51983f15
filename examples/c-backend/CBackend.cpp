// The compile side: kernels as C, compiled to a shared library by the system's compiler.
#include "EmitKernel.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace example {

/// The library that `cc` makes of a C source. The same source gives the same bytes.
static Result<std::vector<char>> compileC(const std::string &source) {
  std::string folder = (std::filesystem::temp_directory_path() / "weft-c-XXXXXX").string();
  if (!::mkdtemp(folder.data()))
    return fail("cannot make a folder '" + folder + "' for the C compiler");
  std::ofstream(folder + "/kernels.c") << source;
  int status = std::system(("cd " + folder +
                            " && cc -std=c11 -O2 -ffp-contract=off -shared -fPIC -s kernels.c "
                            "-o kernels.so -lm 2>errors")
                               .c_str());
  auto contents = [&](const char *name) {
    std::ifstream file(folder + name, std::ios::binary);
    return std::vector<char>(std::istreambuf_iterator<char>(file), {});
  };
  std::vector<char> library = contents("/kernels.so"), errors = contents("/errors");
  std::filesystem::remove_all(folder);
  if (status != 0)
    return fail("cc failed: " + std::string(errors.begin(), llvm::find(errors, '\n')));
  return library;
}

class CBackend : public Backend {
public:
  llvm::StringRef name() const override { return "c"; }
  bool takes(func::FuncOp kernel) const override { // Every op has C, whatever the kernel's role.
    return roleOf(kernel) && llvm::all_of(kernel.getBody().front().without_terminator(),
                                          [](Operation &op) { return Emitter::Ops::has(&op); });
  }
  Arrangement weightArrangement(const Storage &storage, bool) const override {
    return storage.hasSuperBlocks() ? Arrangement{Arrangement::Kind::Tiled, 1, 1} : Arrangement{};
  }
  uint64_t stateBytesPerPosition(Type state) const override {
    auto type = cast<KvType>(state);
    return 2 * sizeof(float) * type.getHeads() * type.getHeadDim();
  }
  uint64_t stateRuns(Type) const override { return 1; } // [position][keys | values]

  FailureOr<CompiledProgram> compile(ArrayRef<func::FuncOp> kernels,
                                     const DumpSink &dump) const override {
    CompiledProgram program;
    program.architecture = llvm::Triple(llvm::sys::getProcessTriple()).getArchName().str();
    program.processor = "cc";
    std::string source = prelude;
    for (func::FuncOp kernel : kernels) {
      source += Emitter().run(kernel);
      // A workgroup is a row; the device finds the function by its name.
      auto symbol = isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens;
      KernelVariant variant{0, uint32_t(program.kernels.size()), schema::Grid(1, 1, symbol)};
      program.forms.push_back({kernel.getName().str(), symbol, {variant}, {}});
      program.kernels.push_back({kernel.getName().str(), 0});
    }
    dump ? dump("kernels.c", source) : void();
    Result<std::vector<char>> library = compileC(source);
    if (!library)
      return emitError(func::FuncOp(kernels.front()).getLoc(), library.error().message);
    program.code = std::move(*library);
    return program;
  }
};

static const BackendPlugin plugin = {
    .name = "c",
    .description = "kernels as C, compiled by the system's cc",
    .make = [](const BackendOptions &) -> Result<std::unique_ptr<Backend>> {
      return std::make_unique<CBackend>();
    }};

} // namespace example

const weft::BackendPlugin *weft_backend_plugin() { return &example::plugin; }
