#include "compiler/tune/ChooseCandidate.h"

#include <algorithm>

namespace weft::tune {

static double median(std::vector<double> values) {
  auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Medians of `candidates`, in their order.
static Result<std::vector<double>> measure(const std::vector<size_t> &candidates,
                                           const TimedRun &run, const ChoiceOptions &options) {
  std::vector<std::vector<double>> times(candidates.size());
  double spent = 0;
  for (int round = 0; round < options.mostRounds; ++round) {
    if (round >= options.fewestRounds && spent >= options.seconds)
      break;
    for (size_t i = 0; i < candidates.size(); ++i) {
      size_t next = (i + size_t(round)) % candidates.size();
      Result<double> seconds = run(candidates[next]);
      if (!seconds)
        return failFrom(seconds);
      times[next].push_back(*seconds);
      spent += *seconds;
    }
  }
  std::vector<double> medians;
  for (std::vector<double> &each : times)
    medians.push_back(median(std::move(each)));
  return medians;
}

Result<Choice> choose(size_t count, const TimedRun &run, const ChoiceOptions &options) {
  Choice choice;
  choice.times.resize(count);
  if (count < 2)
    return choice;
  std::vector<size_t> all(count);
  for (size_t i = 0; i < count; ++i)
    all[i] = i;
  auto medians = measure(all, run, options);
  if (!medians)
    return failFrom(medians);
  for (size_t i = 0; i < count; ++i)
    choice.times[i].first = (*medians)[i];
  auto leads = [&](double time, double other) { return time < other * (1 - options.leastGain); };
  size_t best = std::min_element(medians->begin(), medians->end()) - medians->begin();
  if (!leads((*medians)[best], medians->front()))
    return choice;
  auto again = measure({0, best}, run, options);
  if (!again)
    return failFrom(again);
  choice.times.front().again = again->front();
  choice.times[best].again = again->back();
  if (leads(again->back(), again->front()))
    choice.chosen = best;
  return choice;
}

} // namespace weft::tune
