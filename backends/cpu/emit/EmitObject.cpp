#include "backends/cpu/emit/EmitObject.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;

namespace weft::cpu {

void loadKernelDialects(MLIRContext &context) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                      scf::SCFDialect, vector::VectorDialect>();
}

static LogicalResult lowerToLLVMDialect(ModuleOp module) {
  PassManager passes(module.getContext());
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertVectorToLLVMPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  passes.addPass(createCanonicalizerPass());
  return passes.run(module);
}

/// What every function of a kernel module says of itself.
static void setAttributes(llvm::Module &module, const CpuTarget &target,
                          const FeaturesOf &featuresOf) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (auto found = featuresOf.find(function.getName().str()); found != featuresOf.end())
      function.addFnAttr("target-features", "+" + llvm::join(found->second, ",+"));
    function.addFnAttr(llvm::Attribute::NoUnwind);
    // No idiom of a loop may become a call of memset or memcpy.
    function.addFnAttr("no-builtins");
    function.addFnAttr("min-legal-vector-width", std::to_string(32 * target.lanes));
    function.addFnAttr("prefer-vector-width", std::to_string(32 * target.lanes));
    function.addFnAttr("frame-pointer", "none");
    function.setUWTableKind(llvm::UWTableKind::None);
    // Reads through pointers that the dispatch holds never alias what it writes to itself.
    function.addParamAttr(0, llvm::Attribute::NoAlias);
    function.addParamAttr(0, llvm::Attribute::ReadOnly);
  }
}

static void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  // Kernels are vectorised and unrolled where that pays; a second guess only costs time.
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

template <typename Output>
static LogicalResult generate(llvm::Module &module, llvm::TargetMachine &machine,
                              llvm::CodeGenFileType type, Output &text) {
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return failure();
  passes.run(module);
  return success();
}

FailureOr<CodeImage> emitCode(ModuleOp module, const CpuTarget &target, const DumpSink &dump,
                              const FeaturesOf &featuresOf) {
  auto print = [](auto &printed) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    printed.print(stream, nullptr);
    return text;
  };
  if (dump)
    for (auto function : module.getOps<func::FuncOp>()) {
      std::string text;
      llvm::raw_string_ostream stream(text);
      function.print(stream);
      dump((function.getName() + ".mlir").str(), text);
    }
  Location loc = module.getLoc();
  if (failed(lowerToLLVMDialect(module)))
    return emitError(loc, "the kernels could not be lowered to LLVM");

  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, "kernels");
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  if (!llvmModule || !machine)
    return emitError(loc, "no LLVM code generator for ") << target.architecture;
  llvmModule->setTargetTriple(machine->getTargetTriple());
  llvmModule->setDataLayout(machine->createDataLayout());
  llvmModule->setPICLevel(llvm::PICLevel::SmallPIC);
  setAttributes(*llvmModule, target, featuresOf);
  optimise(*llvmModule, *machine);

  llvm::SmallString<0> object;
  if (dump) {
    dump("kernels.ll", print(*llvmModule));
    llvm::SmallString<0> assembly;
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*llvmModule);
    if (succeeded(generate(*copy, *machine, llvm::CodeGenFileType::AssemblyFile, assembly)))
      dump("kernels.s", assembly);
  }
  if (failed(generate(*llvmModule, *machine, llvm::CodeGenFileType::ObjectFile, object)))
    return emitError(loc, "no object code for ") << target.architecture;
  Result<CodeImage> image = linkImage(object);
  if (!image)
    return emitError(loc, image.error().message);
  return std::move(*image);
}

} // namespace weft::cpu
