#include "compiler/tune/TuneTarget.h"

#include "compiler/tune/ChooseCandidate.h"

#include <cmath>
#include <fmt/format.h>

namespace weft::tune {

static std::string textOf(const std::vector<KernelSetting> &settings) {
  std::string text;
  for (const KernelSetting &setting : settings)
    text += fmt::format(" {} {}", setting.name, setting.value);
  return text;
}

/// What came of a comparison, in a line.
static std::string describe(const KernelTuning &tuning) {
  const auto &kept = tuning.candidates.front(), &chosen = tuning.candidates[tuning.chosen];
  std::string text = tuning.kernel + ":" + textOf(chosen.settings);
  if (tuning.chosen == 0)
    return text + ", kept";
  double gain = 1 - double(chosen.again) / double(kept.again);
  return text + fmt::format(", {:.1f}% less time", 100 * gain);
}

static Result<void> checkBits(KernelTrial &trial) {
  auto expected = trial.resultHash(0);
  if (!expected)
    return failFrom(expected);
  const auto candidates = trial.candidates();
  for (size_t i = 1; i < candidates.size(); ++i) {
    auto hash = trial.resultHash(i);
    if (!hash)
      return failFrom(hash);
    if (*hash != *expected)
      return fail(fmt::format("--tune: {} with{} does not give the bits of the default; this is an "
                              "error of the compiler",
                              trial.kernel(), textOf(candidates[i])));
  }
  return {};
}

/// Measures for about `seconds`.
static Result<KernelTuning> compare(KernelTrial &trial, const TuningOptions &options,
                                    double seconds) {
  if (auto same = checkBits(trial); !same)
    return failFrom(same);
  const auto candidates = trial.candidates();
  auto run = [&](size_t i) -> Result<double> {
    return options.clock ? Result<double>(options.clock(trial.kernel(), i)) : trial.run(i);
  };
  ChoiceOptions limits;
  limits.seconds = seconds;
  auto choice = choose(candidates.size(), run, limits);
  if (!choice)
    return failFrom(choice);
  auto nanoseconds = [&](double time) {
    return uint64_t(std::ceil(time * 1e9 / double(trial.dispatches())));
  };
  KernelTuning tuning{
      trial.kernel(), trial.tokens(), options.threads, {}, uint32_t(choice->chosen)};
  for (size_t i = 0; i < candidates.size(); ++i)
    tuning.candidates.push_back(
        {candidates[i], nanoseconds(choice->times[i].first), nanoseconds(choice->times[i].again)});
  return tuning;
}

Result<TunedTarget> tuneTarget(llvm::ArrayRef<mlir::func::FuncOp> kernels, const Backend &backend,
                               Device &device, const TuningOptions &options) {
  TunedTarget tuned;
  auto tell = [&](double share, const std::string &line) {
    if (options.progress)
      options.progress(share, line);
  };
  TuningRequest request{kernels, device, options.threads, options.weightBytes, {}, {}};
  request.compiled = [&](double share) { tell(share / 2, ""); };
  request.choose = [&](KernelTrial &trial, size_t number, size_t count) -> Result<size_t> {
    // Two comparisons of each, and the second series that some of them need.
    auto tuning = compare(trial, options, options.seconds / double(count) / 3);
    if (!tuning)
      return failFrom(tuning);
    tell(0.5 + double(number + 1) / double(2 * count), describe(*tuning));
    tuned.tunings.push_back(std::move(*tuning));
    return tuned.tunings.back().chosen;
  };
  auto made = backend.tune(request);
  if (!made)
    return failFrom(made);
  tuned.backend = std::move(*made);
  return tuned;
}

} // namespace weft::tune
