#include "backends/cpu/CpuBackend.h"

#include "backends/cpu/EmitObject.h"
#include "backends/cpu/KernelForms.h"
#include "backends/cpu/KvLayout.h"
#include "backends/cpu/ProductKernel.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft::cpu {

namespace {

/// Generates the kernels of one program and gathers what is known of each.
class ProgramBuilder {
public:
  ProgramBuilder(const CpuTarget &target, const Schedules &schedules, MLIRContext *context)
      : target(target), schedules(schedules) {
    loadKernelDialects(*context);
    module = ModuleOp::create(UnknownLoc::get(context));
  }

  LogicalResult add(func::FuncOp kernel) {
    forms.push_back({kernel.getName().str(),
                     isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens, {}});
    variantNames.emplace_back();
    std::vector<CompiledForm> compiled = formsOf(kernel);
    if (compiled.empty())
      return kernel.emitError("the CPU backend does not take this kernel");
    for (const CompiledForm &form : compiled) {
      auto chosen = schedules.find(form.name());
      Schedule schedule =
          chosen != schedules.end() ? chosen->second : form.defaultSchedule(target);
      if (failed(form.generate(*module, form.name(), target, schedule)))
        return failure();
      variantNames.back().push_back(form.name());
      forms.back().variants.push_back(
          {form.single, 0, form.grid(schedule), uint8_t(schedule.shared)});
    }
    return success();
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
                           std::move(image->bytes),   std::move(image->kernels), std::move(forms), {}};
  }

private:
  const CpuTarget &target;
  const Schedules &schedules;
  OwningOpRef<ModuleOp> module;
  std::vector<KernelForms> forms;
  std::vector<std::vector<std::string>> variantNames; // of each form
};

} // namespace

bool CpuBackend::takes(func::FuncOp kernel) const { return kindOf(kernel) != KernelKind::Unknown; }

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
    return CompiledProgram{target.architecture, target.processor, target.features, {}, {}, {}, {}};
  ProgramBuilder builder(target, schedules, kernels.front()->getContext());
  for (func::FuncOp kernel : kernels)
    if (failed(builder.add(kernel)))
      return failure();
  return builder.finish(dump);
}

} // namespace weft::cpu
