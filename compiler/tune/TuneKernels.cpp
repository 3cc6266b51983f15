#include "compiler/tune/TuneKernels.h"

#include "runtime/device/cpu/CpuCaches.h"
#include "runtime/device/cpu/RunCommands.h"
#include "compiler/tune/ChooseSchedule.h"
#include "compiler/tune/CompileCandidates.h"
#include "compiler/tune/KernelTrial.h"

#include <cmath>
#include <fmt/format.h>

using namespace mlir;

namespace weft::cpu {

namespace {

/// A prompt: a multiple of every number of tokens that candidates take together, so that
/// none has more left over than another.
constexpr int64_t promptTokens = 336;

/// Long enough for the clock and for the threads to meet.
constexpr double leastSeconds = 5e-4;

/// The comparisons of one form.
class FormTuning {
public:
  FormTuning(const CompiledCandidates &candidates, const CpuBackend &backend, Device &device,
             const TuningOptions &options, double seconds)
      : candidates(candidates), form(candidates.form), backend(backend), device(device),
        options(options), seconds(seconds) {}

  /// Compares and adds what came of it to `tuned`.
  Result<void> run(TunedKernels &tuned);

private:
  Result<void> prepare();
  Result<void> checkBits(const Schedule &schedule, uint32_t function);
  /// Chooses among `schedules`, each with the function `functions` of the same place.
  Result<size_t> compare(const std::vector<Schedule> &schedules,
                         const std::vector<uint32_t> &functions,
                         const std::vector<Parameter> &shown, std::vector<KernelTuning> &tunings);

  const CompiledCandidates &candidates;
  const CompiledForm &form;
  const CpuBackend &backend;
  Device &device;
  const TuningOptions &options;
  const double seconds; // of a comparison
  std::optional<KernelTrial> trial;
  uint64_t bits = 0; // hash of the default's result
  int repeats = 1;
};

} // namespace

/// What came of a comparison, in a line.
static std::string describe(const KernelTuning &tuning) {
  const auto &kept = tuning.candidates.front(), &chosen = tuning.candidates[tuning.chosen];
  std::string text = tuning.kernel + ":";
  for (const KernelSetting &setting : chosen.settings)
    text += fmt::format(" {} {}", setting.name, setting.value);
  if (tuning.chosen == 0)
    return text + ", kept";
  double gain = 1 - double(chosen.again) / double(kept.again);
  return text + fmt::format(", {:.1f}% less time", 100 * gain);
}

static int64_t tokensOf(const CompiledForm &form) { return form.single() ? 1 : promptTokens; }

Result<void> FormTuning::prepare() {
  TrialSizes sizes;
  sizes.tokens = tokensOf(form);
  sizes.weightBytes = std::min(options.weightBytes, 4 * lastLevelCacheBytes());
  if (!form.single())
    sizes.operations = 5'000'000'000;
  auto made = KernelTrial::make(device, backend, form, candidates.image, sizes);
  if (!made)
    return failFrom(made);
  trial.emplace(std::move(*made));
  const Schedule &schedule = candidates.schedules.front();
  auto hash = trial->resultHash(candidates.functions.front(), schedule);
  auto once = trial->run(candidates.functions.front(), schedule, 1);
  if (!hash || !once)
    return hash ? failFrom(once) : failFrom(hash);
  bits = *hash;
  repeats = std::max(1, int(std::ceil(leastSeconds / *once)));
  return {};
}

Result<void> FormTuning::checkBits(const Schedule &schedule, uint32_t function) {
  auto hash = trial->resultHash(function, schedule);
  if (!hash)
    return failFrom(hash);
  if (*hash == bits)
    return {};
  std::string text;
  for (const KernelSetting &setting : settingsOf(schedule, form.parameters()))
    text += fmt::format(" {} {}", setting.name, setting.value);
  return fail(fmt::format("--tune: {} with{} does not give the bits of the default; this is an "
                          "error of the compiler",
                          form.name(), text));
}

Result<size_t> FormTuning::compare(const std::vector<Schedule> &schedules,
                                   const std::vector<uint32_t> &functions,
                                   const std::vector<Parameter> &shown,
                                   std::vector<KernelTuning> &tunings) {
  for (size_t i = 0; i < schedules.size(); ++i)
    if (auto same = checkBits(schedules[i], functions[i]); !same)
      return failFrom(same);
  auto run = [&](size_t i) -> Result<double> {
    if (options.clock)
      return options.clock(form.name(), i);
    return trial->run(functions[i], schedules[i], repeats);
  };
  ChoiceOptions limits;
  limits.seconds = seconds;
  auto choice = choose(schedules.size(), run, limits);
  if (!choice)
    return failFrom(choice);
  auto nanoseconds = [&](double time) {
    return uint64_t(std::ceil(time * 1e9 / double(repeats) / double(trial->dispatches())));
  };
  KernelTuning tuning{form.name(), uint64_t(tokensOf(form)), options.threads, {}, uint32_t(choice->chosen)};
  for (size_t i = 0; i < schedules.size(); ++i)
    tuning.candidates.push_back({settingsOf(schedules[i], shown), nanoseconds(choice->times[i].first),
                                 nanoseconds(choice->times[i].again)});
  tunings.push_back(std::move(tuning));
  return choice->chosen;
}

Result<void> FormTuning::run(TunedKernels &tuned) {
  if (auto prepared = prepare(); !prepared)
    return prepared;
  auto code = compare(candidates.schedules, candidates.functions, form.parameters(), tuned.tunings);
  if (!code)
    return failFrom(code);
  Schedule chosen = candidates.schedules[*code];
  if (options.threads > 1 && trial->groups(chosen) >= leastSharedGroups * options.threads) {
    std::vector<Schedule> shares{chosen};
    addVaried(shares, &Schedule::shared, {0, 2, 8, WEFT_SHARE_WHOLE});
    auto share = compare(shares, std::vector<uint32_t>(shares.size(), candidates.functions[*code]),
                         {{"shared", &Schedule::shared}}, tuned.tunings);
    if (!share)
      return failFrom(share);
    chosen = shares[*share];
  }
  if (chosen != candidates.schedules.front())
    tuned.schedules[form.name()] = chosen;
  return {};
}

Result<TunedKernels> tuneKernels(ArrayRef<func::FuncOp> kernels, const CpuBackend &backend,
                                 Device &device, const TuningOptions &options) {
  std::vector<CompiledForm> forms;
  for (func::FuncOp kernel : kernels)
    for (const CompiledForm &form : formsOf(kernel))
      if (form.candidates(backend.processor()).size() > 1)
        forms.push_back(form);
  auto tell = [&](double share, const std::string &line) {
    if (options.progress)
      options.progress(share, line);
  };
  auto compiled = compileCandidates(forms, backend.processor(), options.threads,
                                    [&](double share) { tell(share / 2, ""); });
  if (!compiled)
    return failFrom(compiled);
  TunedKernels tuned;
  // Two comparisons of each, and the second series that some of them need.
  double seconds = options.seconds / double(std::max<size_t>(1, forms.size())) / 3;
  for (const auto &[number, candidates] : llvm::enumerate(*compiled)) {
    size_t before = tuned.tunings.size();
    if (auto ran = FormTuning(candidates, backend, device, options, seconds).run(tuned); !ran)
      return failFrom(ran);
    for (size_t i = before; i < tuned.tunings.size(); ++i)
      tell(0.5 + double(number + 1) / double(2 * forms.size()), describe(tuned.tunings[i]));
  }
  return tuned;
}

} // namespace weft::cpu
