#include "backends/cpu/CpuBackend.h"

#include "backends/cpu/KernelForms.h"
#include "backends/cpu/emit/EmitObject.h"
#include "backends/cpu/product/ProductKernel.h"
#include "backends/cpu/tune/TuneKernels.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft::cpu {

namespace {

/// Generates the kernels of one program and gathers what is known of each.
class ProgramBuilder {
public:
  ProgramBuilder(const CpuTarget &target, const ScheduleOf &scheduleOf, MLIRContext *context)
      : target(target), scheduleOf(scheduleOf) {
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
      auto variant = addVariant(form);
      if (failed(variant))
        return failure();
      (form.use == CompiledForm::Use::Finish ? made.then : made.variants)
          .push_back(std::move(*variant));
    }
    return success();
  }

  FailureOr<CompiledProgram> finish(const DumpSink &dump) {
    FailureOr<CodeImage> image = emitCode(*module, target, dump, featuresOf);
    if (failed(image))
      return failure();
    llvm::StringMap<uint32_t> numbers;
    for (auto [number, kernel] : llvm::enumerate(image->kernels))
      numbers[kernel.name] = number;
    for (KernelForms &form : forms)
      for (std::vector<KernelVariant> *variants : {&form.variants, &form.then})
        for (KernelVariant &variant : *variants) {
          variant.kernel = numbers.at(names[variant.kernel]);
          for (KernelAlternative &alternative : variant.alternatives)
            alternative.kernel = numbers.at(names[alternative.kernel]);
        }
    return CompiledProgram{target.architecture,
                           target.processor,
                           target.features,
                           std::move(image->bytes),
                           std::move(image->kernels),
                           std::move(forms),
                           {}};
  }

private:
  /// Adds a function and returns its place in `names`.
  FailureOr<uint32_t> addFunction(const CompiledForm &form, const std::string &name,
                                  const CpuTarget &processor, const Schedule &schedule) {
    if (failed(form.generate(*module, name, processor, schedule)))
      return failure();
    names.push_back(name);
    return uint32_t(names.size() - 1);
  }

  FailureOr<KernelVariant> addVariant(const CompiledForm &form) {
    std::optional<Schedule> given = scheduleOf ? scheduleOf(form, target) : std::nullopt;
    Schedule schedule = given.value_or(form.defaultSchedule(target));
    auto function = addFunction(form, form.name(), target, schedule);
    if (failed(function))
      return failure();
    KernelVariant variant{
        form.most(), *function, form.grid(schedule), uint8_t(schedule.shared), {}};
    for (const Alternative &alternative :
         given ? std::vector<Alternative>() : form.alternatives(target)) {
      const std::string name = form.name() + alternative.suffix;
      const std::vector<std::string> &features = alternative.target.features;
      auto other = addFunction(form, name, alternative.target, alternative.schedule);
      if (failed(other))
        return failure();
      KernelAlternative made{*other, {}, alternative.favoredBy};
      llvm::copy_if(features, std::back_inserter(made.features), [&](const std::string &feature) {
        return !llvm::is_contained(target.features, feature);
      });
      if (!made.features.empty())
        featuresOf[name] = features;
      variant.alternatives.push_back(std::move(made));
    }
    return variant;
  }

  const CpuTarget &target;
  const ScheduleOf &scheduleOf;
  OwningOpRef<ModuleOp> module;
  std::vector<KernelForms> forms;
  FeaturesOf featuresOf;
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
  ProgramBuilder builder(target, scheduleOf, kernels.front()->getContext());
  for (func::FuncOp kernel : kernels)
    if (failed(builder.add(kernel)))
      return failure();
  return builder.finish(dump);
}

Result<std::unique_ptr<Backend>> CpuBackend::tune(const TuningRequest &request) const {
  Result<Schedules> tuned = tuneKernels(*this, request);
  if (!tuned)
    return failFrom(tuned);
  // All other forms keep the default, which was measured too.
  auto scheduleOf = [schedules = std::move(*tuned)](const CompiledForm &form,
                                                    const CpuTarget &target) {
    auto found = schedules.find(form.name());
    return std::optional(found == schedules.end() ? form.defaultSchedule(target) : found->second);
  };
  return std::make_unique<CpuBackend>(target, std::move(scheduleOf));
}

Schedule CpuBackend::scheduleFor(const CompiledForm &form) const {
  std::optional<Schedule> given = scheduleOf ? scheduleOf(form, target) : std::nullopt;
  return given.value_or(form.defaultSchedule(target));
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
    .make = make,
    .hasProcessors = true};

} // namespace weft::cpu
