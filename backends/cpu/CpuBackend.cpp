#include "backends/cpu/CpuBackend.h"

#include "backends/cpu/AttentionKernel.h"
#include "backends/cpu/EmitObject.h"
#include "backends/cpu/ProductKernel.h"
#include "backends/cpu/RowKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft::cpu {

namespace {

enum class Form { Rows, Product, Attention, Unknown };

Form formOf(func::FuncOp kernel) {
  auto ops = kernel.getBody().front().without_terminator();
  auto holds = [&](auto test) { return llvm::any_of(ops, test); };
  if (holds([](Operation &op) { return isa<LinearOp>(op); })) {
    bool known = llvm::all_of(ops, [](Operation &op) {
      return isa<LinearOp, ColumnsOp>(op) || op.hasTrait<trait::Elementwise>();
    });
    return known ? Form::Product : Form::Unknown;
  }
  if (holds([](Operation &op) { return isa<AttendOp>(op); })) {
    bool known = llvm::all_of(ops, [](Operation &op) { return isa<AttendOp, ColumnsOp>(op); });
    return known ? Form::Attention : Form::Unknown;
  }
  return llvm::all_of(ops, [](Operation &op) { return RowKernel::takes(&op); }) ? Form::Rows
                                                                               : Form::Unknown;
}

/// Generates the kernels of one program and gathers what is known of each.
class ProgramBuilder {
public:
  ProgramBuilder(const CpuTarget &target, MLIRContext *context) : target(target) {
    context->loadDialect<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect,
                         math::MathDialect, scf::SCFDialect, vector::VectorDialect>();
    module = ModuleOp::create(UnknownLoc::get(context));
  }

  LogicalResult add(func::FuncOp kernel) {
    forms.push_back({kernel.getName().str(), symbolOf(kernel), {}});
    switch (formOf(kernel)) {
    case Form::Rows: {
      KernelBuilder k(*module, kernel.getName(), target, kernel.getLoc());
      if (failed(RowKernel(k, kernel).generate()))
        return failure();
      k.finish();
      variant(kernel.getName(), 0, grid(1, forms.back().symbol, 1));
      return success();
    }
    case Form::Product: {
      auto product = *kernel.getOps<LinearOp>().begin();
      int64_t width = product.getResult().getType().getDimSize(1);
      auto tiles = grid(llvm::divideCeil(width, ProductKernel::tileRows), schema::Symbol::One, 1);
      for (bool single : {true, false}) {
        std::string name = kernel.getName().str() + (single ? "_1" : "_n");
        KernelBuilder k(*module, name, target, kernel.getLoc());
        if (failed(ProductKernel(k, kernel).generate(single)))
          return failure();
        k.finish();
        variant(name, single, tiles);
      }
      return success();
    }
    case Form::Attention: {
      KernelBuilder k(*module, kernel.getName(), target, kernel.getLoc());
      AttentionKernel(k, kernel).generate();
      k.finish();
      auto attend = *kernel.getOps<AttendOp>().begin();
      KvType state = attend.getState().getType();
      int64_t tokens = AttentionKernel::tokensPerGroup(attend.getHeads(), state);
      variant(kernel.getName(), 0, grid(state.getHeads(), schema::Symbol::Tokens, tokens));
      return success();
    }
    case Form::Unknown:
      return kernel.emitError("the CPU backend does not take this kernel");
    }
    llvm_unreachable("a form");
  }

  FailureOr<CompiledProgram> finish(const DumpSink &dump) {
    FailureOr<CodeImage> image = emitCode(*module, target, dump);
    if (failed(image))
      return failure();
    llvm::StringMap<uint32_t> numbers;
    for (auto [number, kernel] : llvm::enumerate(image->kernels))
      numbers[kernel.name] = number;
    for (auto [form, names] : llvm::zip(forms, variantNames))
      for (auto [variant, name] : llvm::zip(form.variants, names))
        variant.kernel = numbers.at(name);
    return CompiledProgram{target.architecture,       target.processor,          target.features,
                           std::move(image->bytes),   std::move(image->kernels), std::move(forms)};
  }

private:
  static schema::Symbol symbolOf(func::FuncOp kernel) {
    for (Value result : kernel.getBody().front().getTerminator()->getOperands())
      if (rowSymbolOf(result) == RowSymbol::Rows)
        return schema::Symbol::Rows;
    return schema::Symbol::Tokens;
  }

  static schema::Grid grid(uint64_t count, schema::Symbol symbol, uint64_t tile) {
    return schema::Grid(count, tile, symbol);
  }

  void variant(StringRef name, uint64_t most, const schema::Grid &grid) {
    variantNames.resize(forms.size());
    variantNames.back().push_back(name.str());
    forms.back().variants.push_back({most, 0, grid});
  }

  const CpuTarget &target;
  OwningOpRef<ModuleOp> module;
  std::vector<KernelForms> forms;
  std::vector<std::vector<std::string>> variantNames; // of each form
};

} // namespace

bool CpuBackend::takes(func::FuncOp kernel) const { return formOf(kernel) != Form::Unknown; }

Arrangement CpuBackend::weightArrangement(bool blocks) const {
  return {Arrangement::Kind::Tiled, unsigned(ProductKernel::tileRows),
          blocks ? ProductKernel::blockDepth : 1};
}

uint64_t CpuBackend::stateBytesPerPosition(Type state) const {
  return KvLayout(cast<KvType>(state)).bytesPerPosition();
}

FailureOr<CompiledProgram> CpuBackend::compile(ArrayRef<func::FuncOp> kernels,
                                               const DumpSink &dump) const {
  if (kernels.empty())
    return CompiledProgram{target.architecture, target.processor, target.features, {}, {}, {}};
  ProgramBuilder builder(target, kernels.front()->getContext());
  for (func::FuncOp kernel : kernels)
    if (failed(builder.add(kernel)))
      return failure();
  return builder.finish(dump);
}

} // namespace weft::cpu
