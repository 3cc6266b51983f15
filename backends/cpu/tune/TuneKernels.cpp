#include "backends/cpu/tune/TuneKernels.h"

#include "backends/cpu/tune/CompileCandidates.h"
#include "backends/cpu/tune/FormTrial.h"
#include "runtime/device/cpu/CpuCaches.h"
#include "runtime/device/cpu/RunCommands.h"

#include <cmath>

using namespace mlir;

namespace weft::cpu {

namespace {

/// A prompt: a multiple of every number of tokens that candidates take together, so that
/// none has more left over than another.
constexpr int64_t promptTokens = 336;

/// Long enough for the clock and for the threads to meet.
constexpr double leastSeconds = 5e-4;

/// A trial of a form with some schedules, each with its function.
class ScheduleTrial final : public KernelTrial {
public:
  ScheduleTrial(FormTrial &trial, const CompiledForm &form, std::vector<Schedule> schedules,
                std::vector<uint32_t> functions, std::vector<Parameter> shown, int64_t tokens,
                int repeats)
      : trial(trial), form(form), schedules(std::move(schedules)), functions(std::move(functions)),
        shown(std::move(shown)), tokensOfRun(tokens), repeats(repeats) {}

  std::string kernel() const override { return form.name(); }
  uint64_t tokens() const override { return uint64_t(tokensOfRun); }
  uint64_t dispatches() const override { return uint64_t(repeats) * trial.dispatches(); }
  std::vector<std::vector<KernelSetting>> candidates() const override {
    std::vector<std::vector<KernelSetting>> result;
    for (const Schedule &schedule : schedules)
      result.push_back(settingsOf(schedule, shown));
    return result;
  }
  Result<double> run(size_t candidate) override {
    return trial.run(functions[candidate], schedules[candidate], repeats);
  }
  Result<uint64_t> resultHash(size_t candidate) override {
    return trial.resultHash(functions[candidate], schedules[candidate]);
  }

private:
  FormTrial &trial;
  const CompiledForm &form;
  const std::vector<Schedule> schedules;
  const std::vector<uint32_t> functions;
  const std::vector<Parameter> shown;
  const int64_t tokensOfRun;
  const int repeats;
};

} // namespace

/// Chooses the schedule of one form, which is number `number` of `count`.
static Result<Schedule> tuneForm(const CompiledCandidates &candidates, const CpuBackend &backend,
                                 const TuningRequest &request, size_t number, size_t count) {
  const CompiledForm &form = candidates.form;
  TrialSizes sizes;
  sizes.tokens = form.single() ? 1 : promptTokens;
  sizes.weightBytes = std::min(request.weightBytes, 4 * lastLevelCacheBytes());
  if (!form.single())
    sizes.operations = 5'000'000'000;
  auto trial = FormTrial::make(request.device, backend, form, candidates.image, sizes);
  if (!trial)
    return failFrom(trial);
  // The first run touches the memory.
  Result<double> once = 0;
  for (int i = 0; i < 2 && once; ++i)
    once = trial->run(candidates.functions.front(), candidates.schedules.front(), 1);
  if (!once)
    return failFrom(once);
  const int repeats = std::max(1, int(std::ceil(leastSeconds / *once)));
  auto choose = [&](const std::vector<Schedule> &schedules, const std::vector<uint32_t> &functions,
                    const std::vector<Parameter> &shown) {
    ScheduleTrial trialOfThese(*trial, form, schedules, functions, shown, sizes.tokens, repeats);
    return request.choose(trialOfThese, number, count);
  };
  auto code = choose(candidates.schedules, candidates.functions, form.parameters());
  if (!code)
    return failFrom(code);
  Schedule chosen = candidates.schedules[*code];
  if (request.threads == 1 || trial->groups(chosen) < leastSharedGroups * request.threads)
    return chosen;
  std::vector<Schedule> shares{chosen};
  addVaried(shares, &Schedule::shared, {0, 2, 8, WEFT_SHARE_WHOLE});
  auto share = choose(shares, std::vector<uint32_t>(shares.size(), candidates.functions[*code]),
                      {{"shared", &Schedule::shared}});
  if (!share)
    return failFrom(share);
  return shares[*share];
}

Result<Schedules> tuneKernels(const CpuBackend &backend, const TuningRequest &request) {
  std::vector<CompiledForm> forms;
  for (func::FuncOp kernel : request.kernels)
    for (const CompiledForm &form : formsOf(kernel))
      if (form.candidates(backend.processor()).size() > 1)
        forms.push_back(form);
  auto compiled = compileCandidates(forms, backend.processor(), request.threads, [&](double share) {
    if (request.compiled)
      request.compiled(share);
  });
  if (!compiled)
    return failFrom(compiled);
  Schedules schedules;
  for (const auto &[number, candidates] : llvm::enumerate(*compiled)) {
    auto chosen = tuneForm(candidates, backend, request, number, forms.size());
    if (!chosen)
      return failFrom(chosen);
    if (*chosen != candidates.schedules.front())
      schedules[candidates.form.name()] = *chosen;
  }
  return schedules;
}

} // namespace weft::cpu
