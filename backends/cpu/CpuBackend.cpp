#include "backends/cpu/CpuBackend.h"

#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"
#include "runtime/device/cpu/Prefetch.h"

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
    KernelForms &made = forms.emplace_back();
    made.function = kernel.getName().str();
    made.symbol = isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens;
    made.scratchBytes = scratchBytesOf(kernel, target);
    std::vector<CompiledForm> compiled = formsOf(kernel);
    if (compiled.empty())
      return kernel.emitError("the CPU backend does not take this kernel");
    for (const CompiledForm &form : compiled) {
      auto chosen = schedules.find(form.name());
      Schedule schedule = chosen != schedules.end() ? chosen->second : form.defaultSchedule(target);
      if (failed(form.generate(*module, form.name(), target, schedule)))
        return failure();
      if (auto ahead = form.scheduleAhead(target); ahead && chosen == schedules.end())
        if (failed(form.generate(*module, form.name() + std::string(askingAhead), target, *ahead)))
          return failure();
      bool finishes = form.use == CompiledForm::Use::Finish;
      (finishes ? made.then : made.variants)
          .push_back(
              {form.most(), uint32_t(names.size()), form.grid(schedule), uint8_t(schedule.shared)});
      names.push_back(form.name());
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
    for (KernelForms &form : forms)
      for (std::vector<KernelVariant> *variants : {&form.variants, &form.then})
        for (KernelVariant &variant : *variants)
          variant.kernel = numbers.at(names[variant.kernel]);
    return CompiledProgram{target.architecture,
                           target.processor,
                           target.features,
                           std::move(image->bytes),
                           std::move(image->kernels),
                           std::move(forms),
                           {}};
  }

private:
  const CpuTarget &target;
  const Schedules &schedules;
  OwningOpRef<ModuleOp> module;
  std::vector<KernelForms> forms;
  /// Of the functions in the module. Until they have numbers, variants have places in here.
  std::vector<std::string> names;
};

} // namespace

bool CpuBackend::takes(func::FuncOp kernel) const { return kindOf(kernel) != KernelKind::Unknown; }

Arrangement CpuBackend::weightArrangement(const Storage &storage, bool product) const {
  return tiledArrangement(storage, product);
}

uint64_t CpuBackend::stateBytesPerPosition(Type state) const {
  return kvPagesOf(cast<KvType>(state)).bytesPerPosition();
}

uint64_t CpuBackend::stateRuns(Type state) const { return cast<KvType>(state).getHeads(); }

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

static Result<std::unique_ptr<Backend>> make(const BackendOptions &options) {
  Result<CpuTarget> target = findTarget(options.processor);
  if (!target)
    return failFrom(target);
  return std::make_unique<CpuBackend>(std::move(*target));
}

const BackendPlugin backendPlugin = {
    .name = "cpu",
    .description = "machine code for x86-64 (AVX2, AVX-512) and AArch64, by --cpu",
    .make = make};

} // namespace weft::cpu
