#include "backends/reference/ReferenceBackend.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace weft {

/// Places in source files are no part of a program.
static void dropLocations(ModuleOp module) {
  Location unknown = UnknownLoc::get(module.getContext());
  module.walk([&](Operation *op) {
    op->setLoc(unknown);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          argument.setLoc(unknown);
  });
}

/// In rows, the numbers of super-blocks are scattered over bits.
Arrangement ReferenceBackend::weightArrangement(const Storage &storage, bool) const {
  return storage.hasSuperBlocks() ? Arrangement{Arrangement::Kind::Tiled, 1, 1} : Arrangement{};
}

uint64_t ReferenceBackend::stateBytesPerPosition(Type state) const {
  auto type = cast<KvType>(state);
  return 2 * sizeof(float) * type.getHeads() * type.getHeadDim();
}

FailureOr<CompiledProgram> ReferenceBackend::compile(ArrayRef<func::FuncOp> kernels,
                                                     const DumpSink &) const {
  CompiledProgram program;
  program.architecture = "weft";
  program.processor = "reference";
  if (kernels.empty())
    return program;
  func::FuncOp first = kernels.front();
  OwningOpRef<ModuleOp> module = ModuleOp::create(first.getLoc());
  for (func::FuncOp kernel : kernels) {
    auto number = uint32_t(program.kernels.size());
    module->push_back(kernel.clone());
    std::string name = kernel.getName().str();
    program.kernels.push_back({name, 0});
    program.forms.push_back({name,
                             isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens,
                             {{0, number, schema::Grid(1, 1, schema::Symbol::One)}},
                             {}});
  }
  dropLocations(*module);
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(*module, stream)))
    return first.emitError("the kernels could not be written as bytecode");
  program.code.assign(bytes.begin(), bytes.end());
  return program;
}

} // namespace weft
