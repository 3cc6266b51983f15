#include "compiler/LowerTargets.h"

#include "backends/Registry.h"
#include "backends/cpu/CpuBackend.h"
#include "backends/cpu/KernelForms.h"
#include "runtime/device/Registry.h"
#include "runtime/device/ProcessorShare.h"
#include "compiler/tune/TuneKernels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace weft {

namespace {

constexpr const char *cpuName = "cpu";

std::vector<mlir::func::FuncOp> kernelsOf(mlir::ModuleOp module, llvm::StringRef device) {
  std::vector<mlir::func::FuncOp> result;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (auto placed = function->getAttrOfType<mlir::StringAttr>(deviceAttrName);
        placed && placed.getValue() == device)
      result.push_back(function);
  return result;
}

} // namespace

std::string fileOf(Phase phase, llvm::StringRef target) {
  return fmt::format("{:02}-{}{}{}.mlir", int(phase), nameOf(phase).str(), target.empty() ? "" : "-",
                     target.str());
}

Result<void> Programs::addBackend(const std::string &name) {
  auto backend = std::make_unique<BackendForms>();
  backend->name = name;
  const std::vector<std::string> one{"native"};
  for (const std::string &processor : name == cpuName ? options.processors : one) {
    Result<std::unique_ptr<Backend>> made = makeBackend(name, {processor});
    if (!made)
      return failFrom(made);
    backend->forms.push_back(std::move(*made));
  }
  backends.push_back(std::move(backend));
  return {};
}

static Result<void> eachOnce(const char *what, const std::vector<std::string> &names) {
  if (names.empty())
    return fail(fmt::format("expected at least one {}, found none", what));
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
    return fail(fmt::format("expected every {} once, found {}", what, fmt::join(names, ",")));
  return {};
}

Result<void> Programs::chooseBackends() {
  if (auto targets = eachOnce("target", options.targets); !targets)
    return targets;
  if (auto processors = eachOnce("processor", options.processors); !processors)
    return processors;
  for (const std::string &target : options.targets)
    if (Result<void> added = addBackend(target); !added)
      return added;
  // What another target does not take falls to the CPU, where it has a backend.
  if (llvm::is_contained(options.targets, cpuName))
    return {};
  Result<void> fallback = addBackend(cpuName);
  return options.processors == std::vector<std::string>{"native"} ? Result<void>() : fallback;
}

std::vector<Programs::BackendForms *> Programs::preferencesOf(const std::string &target) {
  std::vector<BackendForms *> order;
  for (bool own : {true, false})
    for (const auto &backend : backends)
      if ((backend->name == target) == own)
        order.push_back(backend.get());
  return order;
}

Result<void> Programs::lower(mlir::ModuleOp module) {
  if (options.compileTo && *options.compileTo < Phase::Placed)
    return {};
  for (const std::string &target : options.targets)
    if (Result<void> done = lowerFor(target, module); !done)
      return done;
  return {};
}

Result<void> Programs::lowerFor(const std::string &target, mlir::ModuleOp module) {
  PipelineOptions pipeline;
  for (BackendForms *backend : preferencesOf(target)) {
    const Backend &first = *backend->forms.front();
    pipeline.devices.push_back(
        {backend->name, [&first](mlir::func::FuncOp kernel) { return first.takes(kernel); },
         [&first](const Storage &storage, bool product) {
           return first.weightArrangement(storage, product);
         }});
  }
  lowered.push_back({target, module.clone(), {}});
  mlir::ModuleOp copy = *lowered.back().module;
  for (Phase phase : {Phase::Placed, Phase::Planned}) {
    if (options.compileTo && phase > *options.compileTo)
      return {};
    std::string suffix = options.targets.size() > 1 ? target : "";
    report.begin(nameOf(phase).str() + (suffix.empty() ? "" : " for ") + suffix);
    mlir::PassManager passes(copy.getContext());
    addPhase(passes, phase, pipeline);
    if (mlir::failed(passes.run(copy)))
      return firstError.or_("phase '" + nameOf(phase).str() + "' failed");
    if (dumps)
      if (Result<void> dumped = dumps.write(fileOf(phase, suffix), textOf(copy)); !dumped)
        return dumped;
  }
  return findUsers(lowered.back());
}

/// The first is the target itself.
Result<void> Programs::findUsers(Lowered &lowered) {
  size_t all = 0;
  std::vector<std::string> others;
  for (BackendForms *backend : preferencesOf(lowered.target)) {
    std::vector<mlir::func::FuncOp> kernels = kernelsOf(*lowered.module, backend->name);
    all += kernels.size();
    if (kernels.empty() && backend->name != lowered.target)
      continue;
    lowered.users.push_back(backend);
    if (backend->name != lowered.target)
      for (mlir::func::FuncOp kernel : kernels)
        others.push_back(fmt::format("{} ({})", kernel.getName().str(), backend->name));
  }
  if (all != 0 && others.size() == all && options.nothingTaken)
    options.nothingTaken();
  if (all != 0 && others.size() == all)
    return fail(fmt::format("the target '{}' takes none of the {} kernels of this model",
                            lowered.target, all));
  if (others.empty())
    return {};
  std::string line = fmt::format("the target '{}' leaves {} of {} kernels to others: {}",
                                 lowered.target, others.size(), all, fmt::join(others, ", "));
  options.say ? options.say(line) : report.remark(line);
  return {};
}

std::vector<mlir::ModuleOp> Programs::modules() const {
  std::vector<mlir::ModuleOp> result;
  for (const Lowered &one : lowered)
    result.push_back(*one.module);
  return result;
}

/// Replaces the backend of the CPU by one that compiles as measured.
Result<void> Programs::tune() {
  if (!options.tune)
    return {};
  report.begin("tune");
  Result<std::unique_ptr<Device>> device = makeDevice(cpuName, options.threads);
  if (!device)
    return failFrom(device);
  cpu::TuningOptions tuning;
  tuning.threads = options.threads ? options.threads : availableProcessors();
  mlir::ModuleOp module = *lowered.front().module;
  for (auto parameter : module.getOps<ParameterOp>())
    tuning.weightBytes += bytesOf(parameter.getTensorType());
  tuning.progress = [&](double share, const std::string &line) {
    if (!line.empty())
      report.note(line);
    report.update(share);
  };
  Result<cpu::CpuTarget> processor = cpu::findTarget(options.processors.front());
  if (!processor)
    return failFrom(processor);
  Result<cpu::TunedKernels> tuned = cpu::tuneKernels(
      kernelsOf(module, cpuName), cpu::CpuBackend(*processor), **device, tuning);
  if (!tuned)
    return firstError.or_(tuned.error().message);
  tunings = std::move(tuned->tunings);
  processor->isOfAnyMaker = false; // it was measured on this one
  backends.front()->forms.front() =
      std::make_unique<cpu::CpuBackend>(*processor, std::move(tuned->schedules));
  return {};
}

/// The same with schedules that the caller made.
void Programs::takeSchedules() {
  if (!options.schedule)
    return;
  for (const auto &backend : backends)
    for (size_t i = 0; backend->name == cpuName && i < backend->forms.size(); ++i) {
      Result<cpu::CpuTarget> target = cpu::findTarget(options.processors[i]);
      assert(target && "a processor that a backend was made for");
      cpu::Schedules schedules;
      for (const Lowered &one : lowered)
        for (mlir::func::FuncOp kernel : kernelsOf(*one.module, cpuName))
          for (const cpu::CompiledForm &form : cpu::formsOf(kernel))
            schedules[form.name()] = options.schedule(form, *target);
      backend->forms[i] = std::make_unique<cpu::CpuBackend>(*target, std::move(schedules));
    }
}

Result<void> Programs::generate() {
  if (Result<void> tuned = tune(); !tuned)
    return tuned;
  report.begin("code");
  takeSchedules();
  for (const Lowered &one : lowered)
    if (Result<void> done = generateFor(one); !done)
      return done;
  results.front().parts.front().program.tunings = std::move(tunings);
  return {};
}

/// One program, or one for each processor where the CPU has a part in it.
Result<void> Programs::generateFor(const Lowered &lowered) {
  size_t programs = 1;
  for (const BackendForms *user : lowered.users)
    programs = std::max(programs, user->forms.size());
  for (size_t i = 0; i < programs; ++i) {
    CompiledTarget target{*lowered.module, {}};
    for (const BackendForms *user : lowered.users) {
      auto part = compilePart(lowered, *user, user->forms.size() == 1 ? 0 : i);
      if (!part)
        return failFrom(part);
      target.parts.push_back(std::move(*part));
    }
    results.push_back(std::move(target));
  }
  return {};
}

Result<ProgramPart> Programs::compilePart(const Lowered &lowered, const BackendForms &backend,
                                          size_t form) {
  std::string prefix;
  if (options.targets.size() > 1)
    prefix = lowered.target + "-";
  if (backend.name != lowered.target)
    prefix += backend.name + "-";
  if (backend.forms.size() > 1)
    prefix += options.processors[form] + "-";
  std::optional<Error> dumpError;
  DumpSink sink;
  if (dumps)
    sink = [&](llvm::StringRef file, llvm::StringRef text) {
      if (Result<void> wrote = dumps.write(prefix + file.str(), text); !wrote && !dumpError)
        dumpError = wrote.error();
    };
  auto program = backend.forms[form]->compile(kernelsOf(*lowered.module, backend.name), sink);
  if (mlir::failed(program))
    return firstError.or_("the kernels could not be compiled");
  if (dumpError)
    return tl::unexpected(*dumpError);
  return ProgramPart{backend.forms[form].get(), std::move(*program)};
}

} // namespace weft
